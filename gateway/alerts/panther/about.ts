import type { AboutFormat } from '../kit/parser.js';

export const about: AboutFormat = {
  name: 'panther',
  product: 'Panther',
  sends: 'alert destination "custom webhook"',
  auth: ['bearer', 'url-secret'],
  shape: '`alertContext`, or `alertId` with `createdAt` and `severity`',
  identity: '`alertId`; of policies `id` and `createdAt`',
  subjects:
    'who acted, of `alertContext`: `actor` as object, text or list, `actor.user`, `actor-email`, `actor_user`, `actor_upn` and `actor_id`, `actors`, `initiatedBy.user`, `UserId`, `userStates[]`, the accounts of `evidence[]` by their roles; when nobody did, `user`, `users`, `user_email`, `email`, `username`; the same in `udm` and `p_udm`. Names are the same however they are written',
  states: 'always new',
  setUp:
    'Set the header `Authorization: Bearer <secret>` on the destination. The packaged rules for Slack, Google and Microsoft 365 need nothing else; in your own return the actor from `alert_context()`, for example `{"actor": event.get("actor"), "ip_address": …, "p_log_type": event.get("p_log_type")}`.',
  nobodyWithout: ['alertContext.actor-email'],
};
