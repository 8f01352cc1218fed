import { z } from 'zod';
import type { SourcePage } from '../../ports.js';
import { maybe, someFlag, someText } from '../../kit/rows.js';
import { isRefusal } from '../errors.js';
import { OPERATIONS } from '../methods.js';
import type { Outside } from './audit-share.js';
import type { SourceContext } from './source.js';

/** A conversation as `users.conversations` and `conversations.info` show it. */
export const conversation = z.looseObject({
  id: z.string().min(1),
  name: someText,
  is_private: someFlag,
  is_im: someFlag,
  is_mpim: someFlag,
  is_ext_shared: someFlag,
  is_pending_ext_shared: someFlag,
});
export type Conversation = z.infer<typeof conversation>;

/** Shared with another organisation, or about to be: who takes the invitation reads all of it. One that workspaces of the organisation share stays inside. */
export const reachesOut = ({ is_ext_shared, is_pending_ext_shared }: Conversation): boolean =>
  is_ext_shared === true || is_pending_ext_shared === true;

/** Asked for one page of a source; Slack answers 50 a minute. */
const MOST = 20;
const info = z.looseObject({ channel: maybe(conversation) });
/** Why a conversation that is not shown to our account stays unknown, and no other is. */
const UNSEEN: Readonly<Record<string, unknown>> = Object.fromEntries(
  [
    'channel_not_found',
    'not_in_channel',
    'is_archived',
    'access_denied',
    'ekm_access_denied',
    'channel_is_limited_access',
  ].map((c) => [c, {}]),
);

/**
 * Which conversations reach out of the organisation (`conversations.info`); those that our account does not see, and those beyond what is
 * asked, are not in it. Where Slack refuses the question itself nothing is known, and that is a gap, not the source's end. Errors: those
 * that may pass.
 */
export async function outsideOf(
  { client }: SourceContext,
  ids: readonly string[],
  signal: AbortSignal | undefined,
): Promise<{ readonly outside: Outside } & Pick<SourcePage, 'gap'>> {
  const outside = new Map<string, boolean>();
  for (const id of [...new Set(ids)].filter((i) => /^[CGD]/.test(i)).slice(0, MOST)) {
    try {
      const args = { channel: id };
      const found = await client.call(OPERATIONS.conversationsInfo, args, info, { signal, answers: UNSEEN });
      if (found.channel?.id === id) outside.set(id, reachesOut(found.channel));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const text = `Whether conversations reach out of the organisation could not be asked. ${error.message}`;
      return { outside, gap: { code: error.code, text } };
    }
  }
  return { outside };
}
