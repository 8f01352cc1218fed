import { CONTAINMENT_METHODS } from './containment-methods.js';
import { EVIDENCE_METHODS } from './evidence-methods.js';
import { read, write, type SlackOperation } from './operation.js';

export type { SlackOperation } from './operation.js';

/**
 * Every operation Quell uses at Slack. Scopes, tiers and plans: docs.slack.dev method reference (2026-08), lower tier where sources differ.
 * The scope `admin` reads the access logs and also writes by SCIM; Slack has no narrower one. So these logs have a token of their own, and
 * the evidence role can go without it: its other tokens cannot write.
 */
export const OPERATIONS = {
  authTest: read({
    name: 'auth.test',
    token: 'admin',
    scopes: [],
    tier: 'special',
    roles: ['evidence', 'containment', 'people'],
    why: 'Whose token this is, and with which scopes: that account is never stopped; and the id of the organisation, which tells strangers apart.',
    serves: ['remove_app', 'protection', 'check', 'directory'],
    limit: { bucket: 'auth.test', calls: 100, seconds: 60, counts: 'app' },
  }),

  ...EVIDENCE_METHODS,
  ...CONTAINMENT_METHODS,

  openDm: write({
    name: 'conversations.open',
    token: 'bot',
    scopes: ['im:write'],
    tier: 3,
    roles: ['people'],
    why: 'The direct conversation with a person.',
    serves: ['talk'],
  }),
  dmHistory: read({
    name: 'conversations.history',
    token: 'bot',
    scopes: ['im:history'],
    tier: 3,
    roles: ['people'],
    why: 'Whether a message was already posted.',
    serves: ['talk'],
  }),
  postMessage: write({
    name: 'chat.postMessage',
    token: 'bot',
    scopes: ['chat:write'],
    tier: 'special',
    roles: ['people'],
    why: 'Asks the person.',
    serves: ['talk'],
    limit: { bucket: 'chat.postMessage', calls: 1, seconds: 1, counts: 'app' },
  }),
  openView: write({
    name: 'views.open',
    token: 'bot',
    scopes: [],
    tier: 4,
    roles: ['people'],
    why: 'The form in which the person answers in their own words.',
    serves: ['talk'],
  }),
  respond: write({
    name: 'response_url',
    api: 'hooks',
    token: 'none',
    scopes: [],
    tier: 'special',
    roles: ['people'],
    why: 'Takes the buttons away after the answer. The address came with the press, and is good for it alone.',
    serves: ['talk'],
    limit: { bucket: 'response_url', calls: 50, seconds: 60, counts: 'app' },
  }),
} as const satisfies Record<string, SlackOperation>;

/** Scopes that a role's token of one kind needs, sorted: what goes into the manifest of its Slack app. */
export function scopesOf(role: SlackOperation['roles'][number], token: SlackOperation['token']): readonly string[] {
  const needed = Object.values(OPERATIONS as Readonly<Record<string, SlackOperation>>).filter(
    (o) => o.token === token && o.roles.includes(role),
  );
  return [...new Set(needed.flatMap((o) => o.scopes))].sort();
}
