import { z } from 'zod';
import type { SlackClient } from './client.js';
import type { SlackOperation } from './operation.js';
import type { SlackSettings } from './settings.js';

/** Whose token it is. */
export interface Who {
  readonly userId: string;
  readonly enterpriseId: string | undefined;
  readonly ofOrganisation: boolean;
}
interface Asked {
  readonly client: SlackClient;
  readonly operation: SlackOperation;
  readonly who: Who;
  readonly settings: SlackSettings;
  readonly signal: AbortSignal | undefined;
  /** The workspace that is asked about, where the read is about one. */
  readonly teamId?: string | undefined;
}
export interface Probe {
  /** On Enterprise a call about one workspace names it, and each has an answer of its own. */
  readonly ofWorkspace: boolean;
  readonly attempt: (asked: Asked) => Promise<unknown>;
}

const anything = z.looseObject({});
type Args = (asked: Asked) => Readonly<Record<string, unknown>>;
const web = (args: Args, answers: Readonly<Record<string, unknown>> = {}): Probe => ({
  ofWorkspace: false,
  attempt: (asked) => asked.client.call(asked.operation, args(asked), anything, { signal: asked.signal, answers }),
});
const inWorkspace = (args: Args): Probe => ({
  ...web((asked) => ({ ...args(asked), team_id: asked.teamId })),
  ofWorkspace: true,
});
const rest = (path: (asked: Asked) => string, query: Readonly<Record<string, string>> = {}): Probe => ({
  ofWorkspace: false,
  attempt: (asked) => {
    const { client, operation, signal } = asked;
    return client.rest(operation, { method: 'GET', path: path(asked), query, signal, answers: NO_SCIM_2 }, anything);
  },
});
/** Where an organisation has SCIM 1.1 alone the token was good all the same. */
const NO_SCIM_2 = { unsupported_version: {} } as const;

/** Reads that need no particular person or conversation, one row each; the account asked for is the token's own. */
export const PROBES: Readonly<Record<string, Probe>> = {
  'audit.logs': rest(() => 'logs', { limit: '1' }),
  'team.accessLogs': inWorkspace(() => ({ count: 1, page: 1 })),
  'team.integrationLogs': inWorkspace(() => ({ count: 1, page: 1 })),
  'admin.audit.anomaly.allow.getItem': web(() => ({})),
  'admin.users.session.list': web(() => ({ limit: 1 }), { no_active_sessions: {} }),
  'admin.auth.policy.getEntities': web(() => ({ policy_name: 'email_password', entity_type: 'USER', limit: 1 }), {
    policy_not_found: {},
  }),
  'users.info': web(({ who }) => ({ user: who.userId })),
  'users.list': inWorkspace(() => ({ limit: 1 })),
  'users.conversations': inWorkspace(({ who }) => ({
    user: who.userId,
    limit: 1,
    types: 'public_channel,private_channel,im,mpim',
  })),
  'files.list': inWorkspace(() => ({ count: 1, page: 1 })),
  'admin.apps.restricted.list': web(({ who }) => ({ enterprise_id: who.enterpriseId, limit: 1 })),
  'admin.apps.approved.list': web(({ who }) => ({ enterprise_id: who.enterpriseId, limit: 1 })),
  'scim.Users.get': rest(({ who }) => `v2/Users/${encodeURIComponent(who.userId)}`),
};
