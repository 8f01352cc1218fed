import type { ActTarget } from '../../domain/act-target.js';
import type { ActionKind } from '../../domain/acts/index.js';
import type { AnswerForm, EvidencePort } from '../../platforms/ports.js';
import { resolveTarget } from '../../platforms/resolve.js';
import { parseBlockAction } from '../../platforms/slack/block-actions.js';
import type { OPERATIONS } from '../../platforms/slack/methods.js';
import { say } from '../../platforms/slack/respond.js';
import { pressRequest } from '../../simulator/slack/interactivity.js';
import { containmentOf, evidenceOf, readAll, talkOf, type RowInput, type Tenant } from '../platforms/slack/fixture.js';
import { resolving } from '../support/resolving.js';
import type { Drive, Drives } from './drives.js';

/** What the drives need to be in the organisation. */
export const DRIVEN_ROWS: readonly RowInput[] = [
  { type: 'audit', at: '-PT4H', action: 'user_login', actor: '@dana', ip: 'ip:attacker' },
  { type: 'access', at: '-PT3H', user: '@dana', ip: 'ip:attacker' },
  { type: 'integration', at: '-PT2H', user: '@dana', app: 'app:thief', change: 'added' },
  { type: 'session', at: '-PT3H', user: '@dana', ip: 'ip:attacker', session: 'stolen' },
  { type: 'session', at: '-PT2H', user: '@dana', ip: 'ip:office', session: 'own' },
  { type: 'trusted', at: '-P1D', cidr: '203.0.113.0/24' },
  { type: 'channel', at: '-P2D', name: 'general', members: ['@dana', '@eve'] },
  { type: 'message', at: '-PT5H', channel: 'general', from: '@eve', text: 'opening', thread: 't' },
  { type: 'message', at: '-PT4H', channel: 'general', from: '@dana', text: 'answer', thread: 't' },
  { type: 'file', at: '-PT2H', name: 'report.zip', owner: '@dana', public: true, channel: 'general' },
];

export const FORM: AnswerForm = {
  title: 'Was this you?',
  text: 'Your answer helps.',
  answer: { label: 'Was it you?', options: [{ id: 'me', label: 'Yes' }] },
  words: { label: 'Anything else?' },
  submit: 'Send',
  cancel: 'Cancel',
};

type TargetOf = (tenant: Tenant) => ActTarget;
const account: TargetOf = (tenant) => ({ type: 'account', accountId: tenant.id('dana') });
const sessions: TargetOf = (tenant) => ({ type: 'sessions', accountId: tenant.id('dana'), sessionIds: [] });
const thief = ({ world }: Tenant): string => world.appId('thief');
const app: TargetOf = (tenant) => ({ type: 'app', appId: thief(tenant), accountId: tenant.id('dana') });
const stolen: TargetOf = (tenant) => {
  const [session] = tenant.simulator.state.liveSessions(tenant.id('dana'));
  return { type: 'sessions', accountId: tenant.id('dana'), sessionIds: [String(session?.id)] };
};
const file: TargetOf = (tenant) => {
  const found = tenant.simulator.state.files.find((f) => f.public && f.owner === tenant.id('dana'));
  return { type: 'link', fileId: found?.id ?? '', accountId: tenant.id('dana') };
};

const reading =
  (source: string): Drive<Tenant> =>
  (tenant) =>
    readAll(tenant, source, tenant.query('dana', { readContent: true }));

const looking =
  (look: (directory: EvidencePort['directory'], tenant: Tenant) => Promise<unknown>): Drive<Tenant> =>
  (tenant) =>
    look(evidenceOf(tenant, { identityProvider: 'microsoft' }).directory, tenant);

const finding =
  (target: TargetOf): Drive<Tenant> =>
  (tenant) =>
    resolveTarget(containmentOf(tenant), target(tenant));

/** One act, from what is there before it to what undoes it, as far as a drive asks for. */
const acting =
  (kind: ActionKind, target: TargetOf, how: 'captured' | 'applied' | 'undone'): Drive<Tenant> =>
  async (tenant) => {
    const act = resolving(containmentOf(tenant), kind);
    const context = { since: tenant.world.startedAt.toISOString(), idempotencyKey: 'drive' };
    const aim = target(tenant);
    const before = await act.capture(aim);
    if (how === 'captured') return;
    const writes = await act.apply(aim, context);
    if (writes.length === 0) throw new Error(`${kind} had nothing to do`);
    if (how === 'undone' && (await act.revert(aim, before)).length === 0)
      throw new Error(`${kind} could not be undone`);
  };

async function send(tenant: Tenant): Promise<string> {
  const [talk] = talkOf(tenant).talk;
  if (!talk) throw new Error('no way to talk');
  const buttons = [{ id: 'me', label: 'Yes', value: 'answer' }];
  const message = { key: 'drive', title: 'Was this you?', text: 'Please answer.', buttons };
  return (await talk.send(tenant.id('dana'), message)).messageId;
}

async function answer(tenant: Tenant): Promise<void> {
  const ts = (await send(tenant)).split('/')[1] ?? '';
  const { body } = pressRequest(tenant.simulator.state, 'dana', ts, 'me');
  const responseUrl = parseBlockAction(body)?.responseUrl ?? '';
  await say(tenant.settings({}).wire, responseUrl, { text: 'Thank you.', replace: true });
}

async function openForm(tenant: Tenant): Promise<void> {
  const [talk] = talkOf(tenant).talk;
  const trigger = tenant.simulator.state.modals.trigger(tenant.id('dana'));
  const opened = await talk?.openForm?.({ trigger, value: 'answer', form: FORM, otherwise: 'Too late.' });
  if (opened?.opened !== true) throw new Error('the form was not opened');
}

/** Each operation of Slack's table, called by the product's own code. */
export const slackDrives: Drives<keyof typeof OPERATIONS, Tenant> = {
  authTest: finding(account),
  auditLogs: reading('slack.audit_logs.access'),
  accessLogs: reading('slack.access_logs'),
  integrationLogs: reading('slack.integration_logs'),
  trustedNetworks: reading('slack.trusted_networks'),
  sessionList: reading('slack.sessions'),
  authPolicyEntities: looking((directory, tenant) => directory.lookup({ nativeId: tenant.id('dana') })),
  usersInfo: looking((directory, tenant) => directory.lookup({ nativeId: tenant.id('dana') })),
  usersLookupByEmail: looking((directory) => directory.lookup({ email: 'dana@example.com' })),
  usersList: looking((directory) => directory.list(undefined)),
  usersConversations: reading('slack.messages'),
  conversationsInfo: reading('slack.files'),
  conversationsHistory: reading('slack.messages'),
  conversationsReplies: reading('slack.messages'),
  filesList: reading('slack.files'),

  installs: finding(app),
  scimUser: acting('disable_account', account, 'captured'),
  scimPatchUser: acting('disable_account', account, 'applied'),
  sessionReset: acting('end_sessions', sessions, 'applied'),
  sessionInvalidate: acting('end_sessions', stolen, 'applied'),
  appsRestricted: acting('remove_app', app, 'captured'),
  appsApproved: acting('remove_app', app, 'captured'),
  appRestrict: acting('remove_app', app, 'applied'),
  appUninstall: acting('remove_app', app, 'applied'),
  appClearResolution: acting('remove_app', app, 'undone'),
  appApprove: async (tenant) => {
    const known = tenant.simulator.state.apps.find((a) => a.id === thief(tenant));
    if (known) known.resolution = 'approved';
    await acting('remove_app', app, 'undone')(tenant);
  },
  fileInfo: acting('revoke_share', file, 'captured'),
  fileRevokePublicUrl: acting('revoke_share', file, 'applied'),
  fileSharePublicUrl: acting('revoke_share', file, 'undone'),
  fileDelete: acting('remove_file', file, 'applied'),

  openDm: send,
  dmHistory: send,
  postMessage: send,
  openView: openForm,
  respond: answer,
};
