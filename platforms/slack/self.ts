import { z } from 'zod';
import { maybe, someFlag, someText } from '../kit/rows.js';
import type { SlackClient } from './client.js';
import { OPERATIONS } from './methods.js';

/** Whose token it is, and of which organisation. */
export const self = z.looseObject({
  user_id: z.string().min(1),
  team_id: someText,
  enterprise_id: someText,
  is_enterprise_install: someFlag,
  bot_id: someText,
  /** From the header `x-oauth-scopes`. */
  response_metadata: maybe(z.looseObject({ scopes: maybe(z.array(z.string())) })),
});
export type Self = z.infer<typeof self>;

/** `auth.test`, which any token may ask about itself. */
export const readSelf = (client: SlackClient, signal?: AbortSignal): Promise<Self> =>
  client.call(OPERATIONS.authTest, {}, self, { signal });
