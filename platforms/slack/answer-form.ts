import type { ViewsOpenArguments } from '@slack/web-api';
import { z } from 'zod';
import { MAX_WORDS } from '../../domain/contact.js';
import type { CallOptions, FormPress } from '../ports.js';
import type { SlackClient } from './client.js';
import { OPERATIONS } from './methods.js';
import { say } from './respond.js';
import { CALLBACK_ID, type Hidden } from './sent-form.js';
import type { SlackSettings } from './settings.js';
import { paragraphs, plain } from './text.js';

/** Slack's codes for a trigger whose three seconds are over: the method reference and the guide spell them differently. */
const TOO_LATE = ['expired_trigger_id', 'trigger_expired', 'invalid_trigger_id'];
/** A trigger opens one form: one that was used before has opened ours, and its reply was lost. */
const OPEN_ALREADY = ['exchanged_trigger_id', 'trigger_exchanged'];

/**
 * Opens the answer form (a modal) for who pressed. A press that is too old gets `press.otherwise` in its conversation instead, for them alone;
 * `opened` is false then. No scope; Slack takes a trigger once, for three seconds (docs.slack.dev, views.open).
 */
export async function openAnswerForm(
  client: SlackClient,
  { wire }: Pick<SlackSettings, 'wire'>,
  press: FormPress,
  { signal }: CallOptions = {},
): Promise<{ readonly opened: boolean }> {
  const answers = Object.fromEntries([
    ...TOO_LATE.map((code) => [code, { late: true }] as const),
    ...OPEN_ALREADY.map((code) => [code, {}] as const),
  ]);
  const args = { trigger_id: press.trigger, view: viewOf(press) };
  const { late } = await client.call(OPERATIONS.openView, args, z.looseObject({ late: z.boolean().optional() }), {
    signal,
    answers,
  });
  if (late !== true) return { opened: true };
  if (press.replyTo !== undefined) await say(wire, press.replyTo, { text: press.otherwise, replace: false });
  return { opened: false };
}

function viewOf({ form, value, replyTo }: FormPress): ViewsOpenArguments['view'] {
  return {
    type: 'modal',
    callback_id: CALLBACK_ID,
    private_metadata: JSON.stringify({ value, replyTo } satisfies Hidden),
    title: plain(form.title, 24),
    submit: plain(form.submit, 24),
    close: plain(form.cancel, 24),
    blocks: [
      ...paragraphs(form.text),
      {
        type: 'input',
        block_id: 'answer',
        label: plain(form.answer.label, 2000),
        element: {
          type: 'radio_buttons',
          action_id: 'answer',
          options: form.answer.options.map(({ id, label }) => ({ text: plain(label, 75), value: id })),
        },
      },
      {
        type: 'input',
        block_id: 'words',
        optional: true,
        label: plain(form.words.label, 2000),
        element: { type: 'plain_text_input', action_id: 'words', multiline: true, max_length: MAX_WORDS },
      },
    ],
  };
}
