import { z } from 'zod';
import { interactionOf } from './interaction.js';

/** A press of a button, as Slack tells it. `userId` is who pressed; whether that is who was asked is for the caller to check. */
export interface BlockAction {
  readonly userId: string;
  readonly actionId: string;
  readonly value: string;
  /** Slack's time of the press, seconds with fraction; the same press delivered again has the same. */
  readonly actionTs: string;
  /** `<channel>/<ts>` of the message, as `send` gave it. */
  readonly messageId?: string;
  readonly appId?: string;
  /** Where an answer to the press is posted, see `say`. */
  readonly responseUrl?: string;
  /** Opens one form within three seconds, see `openAnswerForm`. */
  readonly triggerId?: string;
}

const shape = z.looseObject({
  type: z.literal('block_actions'),
  user: z.looseObject({ id: z.string() }),
  api_app_id: z.string().nullish(),
  response_url: z.string().nullish(),
  trigger_id: z.string().nullish(),
  container: z.looseObject({ message_ts: z.string().nullish(), channel_id: z.string().nullish() }).nullish(),
  actions: z.array(z.looseObject({ action_id: z.string(), value: z.string().nullish(), action_ts: z.string() })).min(1),
});

/**
 * The press in a verified callback body. Undefined for what is no press of an answer: other interactions,
 * and link buttons, which have no value. Throws ALERT_FORMAT for what is no interaction at all. `ssl_check` gets no shortcut.
 */
export function parseBlockAction(rawBody: string): BlockAction | undefined {
  const { data } = shape.safeParse(interactionOf(rawBody));
  const action = data?.actions[0];
  if (!data || !action || !action.value) return undefined;
  const { channel_id, message_ts } = data.container ?? {};
  return {
    userId: data.user.id,
    actionId: action.action_id,
    value: action.value,
    actionTs: action.action_ts,
    ...(channel_id && message_ts ? { messageId: `${channel_id}/${message_ts}` } : {}),
    ...(data.api_app_id ? { appId: data.api_app_id } : {}),
    ...(data.response_url ? { responseUrl: data.response_url } : {}),
    ...(data.trigger_id ? { triggerId: data.trigger_id } : {}),
  };
}
