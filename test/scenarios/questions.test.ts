import { expect, it } from 'vitest';
import type { Question, QuestionAnswer } from '../../domain/finding.js';
import type { Platform } from '../../simulator/core/platforms.js';
import { loadScenario, type Row, type Scenario } from '../../simulator/core/scenario.js';
import { randomTwin } from '../support/twin.js';
import { Judge } from './support/judge.js';
import { readScenario, type Read } from './support/stage.js';
import { tenantRows, type TenantRow } from './support/tenant-rows.js';

const DAY_MS = 86_400_000;
type Said = Readonly<Record<Question, QuestionAnswer['answer']>>;
const YES: Said = { login_pattern: 'yes', frequent_users: 'no', volume_increase: 'yes', platform_alerts: 'no' };

/** What each story means for the four questions; nobody has an earlier incident. */
const ANSWERS: Readonly<Record<string, Said>> = {
  'alert-storm': { ...YES, login_pattern: 'no', volume_increase: 'unknown' },
  'benign-traveller': { ...YES, volume_increase: 'no', platform_alerts: 'yes' },
  'google-oauth-app': { ...YES, login_pattern: 'no' }, // the app comes by its token
  'late-log': YES,
  'silent-subject': { ...YES, platform_alerts: 'yes' },
  'slack-takeover': { ...YES, platform_alerts: 'yes' },
  'teams-insider': { ...YES, login_pattern: 'no' }, // from the own desk, at an odd hour
  'vip-two-approvals': YES,
};

/** Numbers that no scenario has by itself, at random: attempts that failed, and everyday messages in both directions. */
function everyday({ people, subject }: Scenario, seed: number): readonly Row[] {
  const me = `@${subject}`;
  const [failed, sent, received] = [1 + (seed % 4), 1 + (seed % 5), 1 + (seed % 7)];
  const rows: Readonly<Record<Platform, readonly object[]>> = {
    slack: [
      { type: 'channel', name: 'desk', private: true, members: [me, '@ann'], at: '-P50D' },
      { type: 'audit', action: 'user_login_failed', actor: me, ip: 'ip:office', repeat: failed },
      { type: 'message', channel: 'desk', from: me, text: 'Done.', repeat: sent },
      { type: 'message', channel: 'desk', from: '@ann', text: 'Thanks!', repeat: received },
    ],
    microsoft: [
      { type: 'sign_in', user: me, ip: 'ip:office', result: 'failure', repeat: failed },
      { type: 'message', chat: 'desk', from: me, to: ['@ann'], text: 'Done.', repeat: sent },
      { type: 'message', chat: 'desk', from: '@ann', to: [me], text: 'Thanks!', repeat: received },
    ],
    google: [
      { type: 'login', user: me, event: 'login_failure', ip: 'ip:office', repeat: failed },
      { type: 'message', space: 'desk', from: me, to: ['@ivy'], text: 'Done.', repeat: sent },
      { type: 'message', space: 'desk', from: '@ivy', to: [me], text: 'Thanks!', repeat: received },
    ],
  };
  return (people[subject]?.accounts ?? []).flatMap((tenant) =>
    rows[tenant].map(
      (row) => ({ at: '-PT5H', repeat: 1, every: 'PT3M', ...row, tenant, decisive: false }) as unknown as Row,
    ),
  );
}

const SENT = /^(message|audit (file_public_link_created|SharingSet))$/;
const RECEIVED = /^(audit (file_downloaded|FileDownloaded|MessagesListed)|chat conversation_read)$/;

/** How many items a row of the tenant moved in a direction, as a person would count them. */
function items(row: TenantRow, direction: 'sent' | 'received', me: string): number {
  const isMine = row.who === me;
  if (direction === 'sent') {
    // A file is put there, and perhaps shared as well.
    if (row.is === 'file')
      return isMine ? 1 + Number(row.fields['public'] === true || row.fields['shared'] === 'external') : 0;
    return Number(isMine && SENT.test(row.is));
  }
  if (row.is === 'message') return Number(!isMine);
  if (!isMine || !RECEIVED.test(row.is)) return 0;
  return typeof row.fields['messages'] === 'number' ? row.fields['messages'] : 1;
}

/** The most within a day since a day before the alert, by trying every row as the last of its day. */
function busiestDay({ world, scenario, alerts }: Read, platform: string, direction: 'sent' | 'received'): number {
  const me = world.nativeId(platform, scenario.subject);
  const since = Math.min(...alerts.map((a) => Date.parse(a.occurredAt))) - DAY_MS;
  const rows = tenantRows(world).filter((r) => r.platform === platform && r.at >= since);
  const until = (end: number): number =>
    rows.filter((r) => r.at <= end && r.at >= end - DAY_MS).reduce((n, r) => n + items(r, direction, me), 0);
  return Math.max(0, ...rows.map((r) => until(r.at)));
}

/** Sign-ins and failed ones of the subject on all platforms. */
function attempts({ world, scenario }: Read): readonly [number, number] {
  const mine = tenantRows(world).filter((r) => r.who === world.nativeId(r.platform, scenario.subject));
  const count = (is: (row: TenantRow) => boolean): number => mine.filter(is).length;
  return [
    count((r) => /^(audit user_login|login)$/.test(r.is) || (r.is === 'sign_in' && r.fields['result'] === undefined)),
    count((r) => /^(audit user_login_failed|login login_failure)$/.test(r.is) || r.fields['result'] === 'failure'),
  ];
}

it.each(Object.keys(ANSWERS))(
  '%s: the four questions, with numbers that the rows of the tenants have',
  async (name) => {
    const seed = 51 + Object.keys(ANSWERS).indexOf(name);
    const extra = everyday(loadScenario(name), seed);
    const read = await readScenario(name, {
      change: (s) => ({ ...randomTwin(s, seed), rows: [...randomTwin(s, seed).rows, ...extra] }),
      hoursAgo: seed % 12,
    });
    const { questions } = (await new Judge(read).judge()).dossier;
    expect(Object.fromEntries(questions.map((q) => [q.question, q.answer]))).toEqual(ANSWERS[name]);
    for (const q of questions) expect(q.why).not.toBe('');

    const measured = (question: Question, wanted: string): number | undefined =>
      questions.find((q) => q.question === question)?.measures.find((m) => m.name === wanted)?.value;
    const [signIns, failed] = attempts(read);
    expect([measured('login_pattern', 'sign-ins'), measured('login_pattern', 'failed sign-ins')]).toEqual([
      signIns,
      failed,
    ]);
    expect(failed).toBeGreaterThan(0);
    for (const { platform } of read.subject.accounts)
      for (const direction of ['sent', 'received'] as const) {
        const counted = busiestDay(read, platform, direction);
        expect(counted, `${direction} on ${platform}`).toBeGreaterThan(0);
        expect(measured('volume_increase', `items ${direction} on ${platform}`), `${direction} on ${platform}`).toBe(
          counted,
        );
      }
  },
);
