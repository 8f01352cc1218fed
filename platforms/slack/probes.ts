import { z } from 'zod';
import type { SlackClient } from './client.js';
import type { SlackOperation } from './operation.js';
import type { SlackSettings } from './settings.js';

/** Whose token it is. */
export interface Self {
  readonly userId: string;
  readonly enterpriseId: string | undefined;
  readonly ofOrganisation: boolean;
}
interface Probe {
  readonly client: SlackClient;
  readonly operation: SlackOperation;
  readonly who: Self;
  readonly settings: SlackSettings;
  readonly signal: AbortSignal | undefined;
}

const anything = z.looseObject({});
const web =
  (args: (probe: Probe) => Readonly<Record<string, unknown>>, answers: Readonly<Record<string, unknown>> = {}) =>
  (probe: Probe): Promise<unknown> =>
    probe.client.call(probe.operation, args(probe), anything, { signal: probe.signal, answers });
const rest =
  (path: (probe: Probe) => string, query: Readonly<Record<string, string>> = {}) =>
  ({ client, operation, signal, ...probe }: Probe): Promise<unknown> =>
    client.rest(
      operation,
      { method: 'GET', path: path({ client, operation, signal, ...probe }), query, signal, answers: NO_SCIM_2 },
      anything,
    );
/** Where an organisation has SCIM 1.1 alone the token was good all the same. */
const NO_SCIM_2 = { unsupported_version: {} } as const;
/** On Enterprise a call about one workspace names it. */
const team = ({ settings: { plan, teamIds } }: Probe): { readonly team_id?: string } => {
  const [first] = teamIds;
  return (plan ?? 'enterprise') === 'enterprise' && first !== undefined ? { team_id: first } : {};
};

/** Reads that need no particular person or conversation, one row each; the account asked for is the token's own. */
export const PROBES: Readonly<Record<string, (probe: Probe) => Promise<unknown>>> = {
  'audit.logs': rest(() => 'logs', { limit: '1' }),
  'team.accessLogs': web((p) => ({ count: 1, page: 1, ...team(p) })),
  'team.integrationLogs': web((p) => ({ count: 1, page: 1, ...team(p) })),
  'admin.audit.anomaly.allow.getItem': web(() => ({})),
  'admin.users.session.list': web(() => ({ limit: 1 }), { no_active_sessions: {} }),
  'admin.auth.policy.getEntities': web(() => ({ policy_name: 'email_password', entity_type: 'USER', limit: 1 }), {
    policy_not_found: {},
  }),
  'users.info': web(({ who }) => ({ user: who.userId })),
  'users.list': web((p) => ({ limit: 1, ...team(p) })),
  'users.conversations': web((p) => ({
    user: p.who.userId,
    limit: 1,
    types: 'public_channel,private_channel,im,mpim',
    ...team(p),
  })),
  'files.list': web((p) => ({ count: 1, page: 1, ...team(p) })),
  'admin.apps.restricted.list': web(({ who }) => ({ enterprise_id: who.enterpriseId, limit: 1 })),
  'admin.apps.approved.list': web(({ who }) => ({ enterprise_id: who.enterpriseId, limit: 1 })),
  'scim.Users.get': rest(({ who }) => `v2/Users/${encodeURIComponent(who.userId)}`),
};
