import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { jsonOf } from '../../domain/json.js';
import { interactionOf } from './interaction.js';
import { paragraphs, plain } from './text.js';

/** Slack sends it back with the form. */
export const CALLBACK_ID = 'quell_answer';

/** Travels with the form, unseen by the person. */
export interface Hidden {
  readonly value: string;
  readonly replyTo?: string | undefined;
}
const hidden: z.ZodType<Hidden> = z.object({ value: z.string(), replyTo: z.string().optional() });

/** A form that was sent. `userId` is who sent it; whether that is who was asked is for the caller to check. */
export interface SentForm {
  readonly userId: string;
  readonly answer: string;
  readonly words?: string;
  /** The value of the button that opened it. */
  readonly value: string;
  readonly responseUrl?: string;
}

const shape = z.looseObject({
  type: z.literal('view_submission'),
  user: z.looseObject({ id: z.string() }),
  view: z.looseObject({
    callback_id: z.literal(CALLBACK_ID),
    private_metadata: z.string(),
    state: z.looseObject({
      values: z.looseObject({
        answer: z.looseObject({ answer: z.looseObject({ selected_option: z.looseObject({ value: z.string() }) }) }),
        words: z.looseObject({ words: z.looseObject({ value: z.string().nullish() }) }).nullish(),
      }),
    }),
  }),
});

/** The form in a verified callback body; undefined for any other interaction. Throws ALERT_FORMAT for what is no interaction at all. */
export function parseSentForm(rawBody: string): SentForm | undefined {
  const { data } = shape.safeParse(interactionOf(rawBody));
  if (!data) return undefined;
  const carried = hidden.safeParse(jsonOf(data.view.private_metadata)).data;
  if (!carried) throw new QuellError('ALERT_FORMAT', 'a form of ours without what it carries');
  const { answer, words } = data.view.state.values;
  const text = words?.words.value?.trim();
  return {
    userId: data.user.id,
    answer: answer.answer.selected_option.value,
    ...(text ? { words: text } : {}),
    value: carried.value,
    ...(carried.replyTo === undefined ? {} : { responseUrl: carried.replyTo }),
  };
}

/** Answer to the request that brought the form: the form shows `text` in its place. */
export function formShows(title: string, text: string): object {
  const view = { type: 'modal', title: plain(title, 24), close: plain('Close', 24), blocks: paragraphs(text) };
  return { response_action: 'update', view };
}
