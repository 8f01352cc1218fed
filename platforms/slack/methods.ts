import type { SlackPlan } from './settings.js';

export interface SlackOperation {
  /** Vendor's method; for SCIM and audit our own words. The same words are in `VendorWrite.operation`. */
  readonly name: string;
  readonly api: 'web' | 'audit' | 'scim';
  readonly token: 'audit' | 'admin' | 'logs' | 'bot';
  /** All of them are needed for what we do with the method. */
  readonly scopes: readonly string[];
  /** Slack's rate tier: calls a minute are at least 1, 20, 50, 100; `special` is per method. */
  readonly tier: 1 | 2 | 3 | 4 | 'special';
  /** Smallest plan that has it. */
  readonly plan: SlackPlan;
  readonly roles: readonly ('evidence' | 'containment' | 'people')[];
  readonly writes: boolean;
  readonly why: string;
}

const read = (o: Omit<SlackOperation, 'writes' | 'api' | 'plan'> & Partial<SlackOperation>): SlackOperation => ({
  api: 'web',
  plan: 'pro',
  writes: false,
  ...o,
});
const write = (
  o: Omit<SlackOperation, 'writes' | 'api' | 'plan' | 'roles'> & Partial<SlackOperation>,
): SlackOperation => ({ api: 'web', plan: 'pro', roles: ['containment'], writes: true, ...o });
const EVIDENCE = ['evidence'] as const;
const CONTAINMENT = ['containment'] as const;
const BOTH = ['evidence', 'containment'] as const;

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
    roles: CONTAINMENT,
    why: 'Whose token this is: that account is never stopped; and the id of the organisation.',
  }),

  auditLogs: read({
    name: 'audit.logs',
    api: 'audit',
    token: 'audit',
    scopes: ['auditlogs:read'],
    tier: 3,
    plan: 'enterprise',
    roles: EVIDENCE,
    why: 'Sign-ins, sessions, files, exports, apps, settings, roles and anomalies of the subject.',
  }),
  accessLogs: read({
    name: 'team.accessLogs',
    token: 'logs',
    scopes: ['admin'],
    tier: 2,
    roles: EVIDENCE,
    why: 'Addresses and clients that called the API as the subject.',
  }),
  integrationLogs: read({
    name: 'team.integrationLogs',
    token: 'logs',
    scopes: ['admin'],
    tier: 2,
    roles: EVIDENCE,
    why: 'Apps that the subject added, and who added an app.',
  }),
  installs: read({
    name: 'team.integrationLogs',
    token: 'admin',
    scopes: ['admin'],
    tier: 2,
    roles: CONTAINMENT,
    why: 'Whether an app is still installed.',
  }),
  sessionList: read({
    name: 'admin.users.session.list',
    token: 'admin',
    scopes: ['admin.users:read'],
    tier: 2,
    plan: 'enterprise',
    roles: BOTH,
    why: 'Live sessions of the subject, before and after they are ended.',
  }),
  authPolicyEntities: read({
    name: 'admin.auth.policy.getEntities',
    token: 'admin',
    scopes: ['admin.users:read'],
    tier: 4,
    plan: 'enterprise',
    roles: EVIDENCE,
    why: 'Who signs in with a Slack password although the organisation uses SSO.',
  }),
  usersInfo: read({
    name: 'users.info',
    token: 'admin',
    scopes: ['users:read', 'users:read.email'],
    tier: 4,
    roles: BOTH,
    why: 'The account as the directory shows it; its roles.',
  }),
  usersLookupByEmail: read({
    name: 'users.lookupByEmail',
    token: 'admin',
    scopes: ['users:read.email'],
    tier: 3,
    roles: EVIDENCE,
    why: 'The account of a mail address.',
  }),
  usersList: read({
    name: 'users.list',
    token: 'admin',
    scopes: ['users:read', 'users:read.email'],
    tier: 2,
    roles: BOTH,
    why: 'Feeds the subject registry; whether another owner remains.',
  }),
  usersConversations: read({
    name: 'users.conversations',
    token: 'admin',
    scopes: ['channels:read', 'groups:read', 'im:read', 'mpim:read'],
    tier: 2,
    roles: EVIDENCE,
    why: 'Conversations the subject is in.',
  }),
  conversationsHistory: read({
    name: 'conversations.history',
    token: 'admin',
    scopes: ['channels:history', 'groups:history', 'im:history', 'mpim:history'],
    tier: 3,
    roles: EVIDENCE,
    why: 'Messages in those conversations.',
  }),
  conversationsReplies: read({
    name: 'conversations.replies',
    token: 'admin',
    scopes: ['channels:history', 'groups:history', 'im:history', 'mpim:history'],
    tier: 3,
    roles: EVIDENCE,
    why: 'Answers in threads.',
  }),
  filesList: read({
    name: 'files.list',
    token: 'admin',
    scopes: ['files:read'],
    tier: 3,
    roles: EVIDENCE,
    why: 'Files the subject uploaded, and which are public.',
  }),

  scimUser: read({
    name: 'scim.Users.get',
    api: 'scim',
    token: 'admin',
    scopes: ['admin'],
    tier: 'special',
    plan: 'business',
    roles: CONTAINMENT,
    why: 'Whether the account is active.',
  }),
  scimPatchUser: write({
    name: 'scim.Users.patch',
    api: 'scim',
    token: 'admin',
    scopes: ['admin'],
    tier: 'special',
    plan: 'business',
    why: 'Deactivates the account and revokes its tokens; reactivates it on release.',
  }),
  sessionReset: write({
    name: 'admin.users.session.reset',
    token: 'admin',
    scopes: ['admin.users:write'],
    tier: 2,
    plan: 'enterprise',
    why: 'Ends all sessions of the account.',
  }),
  appsRestricted: read({
    name: 'admin.apps.restricted.list',
    token: 'admin',
    scopes: ['admin.apps:read'],
    tier: 2,
    plan: 'enterprise',
    roles: CONTAINMENT,
    why: 'Whether the app is barred.',
  }),
  appsApproved: read({
    name: 'admin.apps.approved.list',
    token: 'admin',
    scopes: ['admin.apps:read'],
    tier: 2,
    plan: 'enterprise',
    roles: CONTAINMENT,
    why: 'Whether the app was approved before, for the undo.',
  }),
  appRestrict: write({
    name: 'admin.apps.restrict',
    token: 'admin',
    scopes: ['admin.apps:write'],
    tier: 2,
    plan: 'enterprise',
    why: 'Bars the app from being installed again.',
  }),
  appUninstall: write({
    name: 'admin.apps.uninstall',
    token: 'admin',
    scopes: ['admin.apps:write'],
    tier: 1,
    plan: 'enterprise',
    why: 'Removes the app and its tokens.',
  }),
  appClearResolution: write({
    name: 'admin.apps.clearResolution',
    token: 'admin',
    scopes: ['admin.apps:write'],
    tier: 2,
    plan: 'enterprise',
    why: 'Takes the bar away on release.',
  }),
  appApprove: write({
    name: 'admin.apps.approve',
    token: 'admin',
    scopes: ['admin.apps:write'],
    tier: 2,
    plan: 'enterprise',
    why: 'Approves the app again on release when it was approved before.',
  }),
  fileInfo: read({
    name: 'files.info',
    token: 'admin',
    scopes: ['files:read'],
    tier: 4,
    roles: CONTAINMENT,
    why: 'Whether a file has a public link.',
  }),
  fileRevokePublicUrl: write({
    name: 'files.revokePublicURL',
    token: 'admin',
    scopes: ['files:write'],
    tier: 3,
    why: 'Takes the public link of a file away.',
  }),
  fileSharePublicUrl: write({
    name: 'files.sharedPublicURL',
    token: 'admin',
    scopes: ['files:write'],
    tier: 3,
    why: 'Makes a public link again on release.',
  }),

  openDm: write({
    name: 'conversations.open',
    token: 'bot',
    scopes: ['im:write'],
    tier: 3,
    roles: ['people'],
    why: 'The direct conversation with a person.',
  }),
  dmHistory: read({
    name: 'conversations.history',
    token: 'bot',
    scopes: ['im:history'],
    tier: 3,
    roles: ['people'],
    why: 'Whether a message was already posted.',
  }),
  postMessage: write({
    name: 'chat.postMessage',
    token: 'bot',
    scopes: ['chat:write'],
    tier: 'special',
    roles: ['people'],
    why: 'Asks the person.',
  }),
  updateMessage: write({
    name: 'chat.update',
    token: 'bot',
    scopes: ['chat:write'],
    tier: 3,
    roles: ['people'],
    why: 'Takes the buttons away after the answer.',
  }),
} as const satisfies Record<string, SlackOperation>;

/** Scopes that a role's token of one kind needs, sorted: what goes into the manifest of its Slack app. */
export function scopesOf(role: SlackOperation['roles'][number], token: SlackOperation['token']): readonly string[] {
  const needed = Object.values(OPERATIONS as Readonly<Record<string, SlackOperation>>).filter(
    (o) => o.token === token && o.roles.includes(role),
  );
  return [...new Set(needed.flatMap((o) => o.scopes))].sort();
}
