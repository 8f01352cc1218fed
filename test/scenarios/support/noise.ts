import fc from 'fast-check';
import type { Platform } from '../../../simulator/core/platforms.js';
import type { Row, Scenario } from '../../../simulator/core/scenario.js';

/** What other people do all day, as much as they like, and who writes to the subject. */
const OTHERS: Readonly<Record<Platform, (other: string, subject: string, ip: string) => readonly object[]>> = {
  slack: (other, _subject, ip) => [
    { type: 'audit', action: 'user_login', actor: other, ip, session: `${other.slice(1)}-s` },
    {
      type: 'audit',
      action: 'file_downloaded',
      actor: other,
      entity: 'file:salaries.xlsx',
      ip,
      session: `${other.slice(1)}-s`,
    },
    { type: 'audit', action: 'file_public_link_created', actor: other, entity: 'file:flyer.pdf', ip },
    { type: 'audit', action: 'anomaly', actor: other, ip, details: { reason: ['tor'] } },
    { type: 'message', from: other, channel: 'town-hall', text: 'Lunch at https://menu.example.org/today?' },
  ],
  microsoft: (other, subject, ip) => [
    { type: 'sign_in', user: other, ip, country: 'PT', session: `${other.slice(1)}-m` },
    {
      type: 'audit',
      user: other,
      operation: 'FileDownloaded',
      ip,
      session: `${other.slice(1)}-m`,
      file: 'salaries.xlsx',
    },
    { type: 'audit', user: other, operation: 'MessagesListed', ip, chat: 'project', messages: 50 },
    { type: 'risk', user: other, riskType: 'anonymizedIPAddress', ip },
    { type: 'message', chat: 'everyone', from: other, to: [subject], text: 'Lunch at https://menu.example.org/today?' },
  ],
  google: (other, subject, ip) => [
    { type: 'login', user: other, ip, country: 'PT' },
    { type: 'chat', user: other, event: 'conversation_read', space: 'sales' },
    { type: 'drive', user: other, event: 'download', file: 'salaries', ip },
    { type: 'login', user: other, event: 'suspicious_login', ip },
    {
      type: 'message',
      space: 'everyone',
      from: other,
      to: [subject],
      text: 'Lunch at https://menu.example.org/today?',
    },
  ],
};

const minutes = (n: number): string => `-P${Math.floor(n / 1440)}DT${Math.floor(n / 60) % 24}H${n % 60}M`;

/** Somebody else's rows on a platform of the subject, up to sixty in a row, at any time of the last two weeks. */
function ofOthers(scenario: Scenario): fc.Arbitrary<Row> {
  const subject = scenario.people[scenario.subject];
  const choices = (subject?.accounts ?? []).flatMap((platform) =>
    Object.entries(scenario.people)
      .filter(([key, person]) => key !== scenario.subject && person.accounts.includes(platform))
      .flatMap(([key]) =>
        ['ip:office', 'ip:home', 'ip:hotel'].flatMap((ip) =>
          OTHERS[platform](`@${key}`, `@${scenario.subject}`, ip).map((fields) => ({ tenant: platform, ...fields })),
        ),
      ),
  );
  return fc
    .record({
      fields: fc.constantFrom(...choices),
      at: fc.integer({ min: 65, max: 13 * 1440 }),
      repeat: fc.integer({ min: 1, max: 60 }),
      every: fc.constantFrom('PT10S', 'PT45S', 'PT1M'),
    })
    .map(({ fields, at, ...more }) => ({
      ...(fields as Pick<Row, 'tenant' | 'type'>),
      ...more,
      at: minutes(at),
      decisive: false,
    }));
}

/** One more of what the subject does every day, at its usual hour. */
function ofHabits(scenario: Scenario): readonly fc.Arbitrary<Row>[] {
  const habits = scenario.rows.filter((row) => !row.decisive && row.repeat >= 5);
  if (habits.length === 0) return [];
  return [
    fc
      .record({
        row: fc.constantFrom(...habits),
        day: fc.integer({ min: 1, max: 12 }),
        minute: fc.integer({ min: 0, max: 59 }),
      })
      .map(({ row, day, minute }) => ({ ...row, repeat: 1, at: `-P${day}DT${minute}M` })),
  ];
}

/** A channel that the token can read: Slack shows no direct messages. */
const townHall = ({ people }: Scenario): Row => ({
  ...{ tenant: 'slack', type: 'channel', at: '-P60D', repeat: 1, every: 'PT30S', decisive: false },
  ...{
    name: 'town-hall',
    private: true,
    members: Object.keys(people).flatMap((key) => (people[key]?.accounts.includes('slack') ? [`@${key}`] : [])),
  },
});

/** Rows that change nothing about the subject: a scenario with them must end as it does without. */
export const noiseOf = (scenario: Scenario): fc.Arbitrary<readonly Row[]> =>
  fc
    .array(fc.oneof(ofOthers(scenario), ...ofHabits(scenario)), { minLength: 4, maxLength: 12 })
    .map((rows) => [townHall(scenario), ...rows]);
