import type { EvidencePort } from '../../platforms/ports.js';
import { AUDIT_ACTIONS } from '../../platforms/slack/sources/audit-actions.js';
import { AUDIT_ACTION_NAMES } from '../../simulator/slack/audit-actions.js';
import { slackId } from '../../simulator/slack/rows.js';
import { evidenceOf, startTenant, type RowInput, type Tenant } from '../platforms/slack/fixture.js';
import { subjectOf, type Subject } from './subject.js';

const WANTED = new Set<string>(AUDIT_ACTIONS.flatMap(({ actions }) => Object.values(actions).flat()));

/** What acts are about, and others that they must leave alone. */
const ACTED_ON: readonly RowInput[] = [
  { type: 'integration', at: '-PT2H', user: '@dana', app: 'app:thief', change: 'added' },
  { type: 'grant', at: '-PT2H', user: '@dana', app: 'app:thief' },
  { type: 'grant', at: '-PT2H', user: '@eve', app: 'app:thief' },
  { type: 'session', at: '-PT3H', user: '@dana', ip: 'ip:attacker', repeat: 2 },
  { type: 'session', at: '-PT3H', user: '@eve', ip: 'ip:office' },
  { type: 'channel', at: '-P2D', name: 'general', members: ['@dana', '@eve', '@ada'] },
  { type: 'file', at: '-PT2H', name: 'report-{n}.zip', owner: '@dana', public: true, channel: 'general', repeat: 2 },
];

/** Something for every list that is read, several pages long when pages are of two. */
const ROWS: readonly RowInput[] = [
  ...[...AUDIT_ACTION_NAMES]
    .filter((action) => WANTED.has(action))
    .map((action, n) => ({ type: 'audit', at: `-PT${String(600 - n)}M`, action, actor: '@dana' })),
  { type: 'audit', at: '-PT30M', action: 'user_password_reset_by_admin', actor: '@ada', entity: '@dana', repeat: 3 },
  { type: 'audit', at: '-PT25M', action: 'role_change_to_admin', actor: '@ada', entity: '@dana', repeat: 3 },
  { type: 'audit', at: '-PT20M', action: 'anomaly', entity: '@dana', repeat: 3 },
  { type: 'audit', at: '-PT19M', action: 'app_installed', actor: '@dana', entity: 'app:thief', repeat: 3 },
  {
    type: 'audit',
    at: '-PT18M',
    action: 'file_downloaded',
    actor: '@dana',
    app: 'app:thief',
    entity: 'file:{n}.txt',
    repeat: 3,
  },
  ...['@dana', '@dana', '@dana'].map((actor, n) => ({
    ...{ type: 'audit', at: `-PT${String(17 - n)}M`, action: 'file_shared', actor, app: 'app:thief' },
    ...{ entity: 'file:shared.txt', details: { shared_with: { channel_id: slackId('C', 'general') } } },
  })),
  ...[1, 2, 3, 4, 5].map((n) => ({
    type: 'access',
    at: '-PT3H',
    user: '@dana',
    ip: `203.0.113.${String(n)}`,
    country: 'NL',
  })),
  { type: 'integration', at: '-PT2H', user: '@dana', app: 'app:thief', change: 'added' },
  { type: 'integration', at: '-PT1H', user: '@dana', app: 'app:thief', change: 'updated', repeat: 4 },
  { type: 'trusted', at: '-P1D', cidr: '203.0.113.0/24' },
  { type: 'trusted', at: '-P1D', asn: 64500 },
  { type: 'grant', at: '-PT2H', user: '@dana', app: 'app:thief' },
  { type: 'session', at: '-PT3H', user: '@dana', ip: 'ip:attacker', session: 's-{n}', repeat: 5 },
  { type: 'channel', at: '-P2D', name: 'general', members: ['@dana', '@eve', '@ada'] },
  { type: 'channel', at: '-P2D', name: 'board', private: true, members: ['@dana', '@eve'] },
  { type: 'message', at: '-PT6H', channel: 'general', from: '@dana', text: 'plan {n}', repeat: 5 },
  { type: 'message', at: '-PT5H', channel: 'general', from: '@eve', text: 'opening', thread: 't' },
  { type: 'message', at: '-PT4H', channel: 'general', from: '@dana', text: 'answer {n}', thread: 't', repeat: 5 },
  { type: 'message', at: '-PT3H', channel: 'board', from: '@eve', text: 'figures {n}', repeat: 3 },
  { type: 'message', at: '-PT2H', to: '@eve', from: '@dana', text: 'direct {n}', repeat: 3 },
  { type: 'file', at: '-PT2H', name: 'report-{n}.zip', owner: '@dana', public: true, channel: 'general', repeat: 5 },
];

/** A Slack organisation with rows for all that is read. */
export const filledSlack = (): Promise<Tenant> => startTenant(ROWS, { pageSize: 2 });
/** One with rows for all that is acted on. */
export const slackToActOn = (): Promise<Tenant> => startTenant(ACTED_ON);

export const slackSubject = (tenant: Tenant): Subject =>
  subjectOf('slack', tenant, [...Object.values(tenant.own.tokens), tenant.own.signingSecret]);
/** As in a worker, with a time-out for each call. */
export const slackEvidence = (tenant: Tenant, timeoutMs: number): EvidencePort => evidenceOf(tenant, { timeoutMs });
