import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EvidenceEvent } from '../../domain/evidence.js';
import type { Explanation } from '../../domain/explanations.js';
import { after, DAY, event, HOUR, MINUTE } from './fixtures.js';
import { explain, judge, outcomeOf, type Judged } from './judge.js';
import {
  ABROAD,
  CARRIER,
  CHROME,
  days,
  FLAT,
  FIREFOX,
  FRIEND,
  HOTEL,
  NEWER_CHROME,
  OFFICE,
  ordinaryMonths,
  PHONE,
  RENTED,
  SCRIPT,
  takes,
} from './ordinary.js';

/** What a decision comes to, without the words. */
const told = ({ escalation, acts }: Judged): object => ({
  ...{ decision: escalation.decision, verdict: escalation.verdict, attack: escalation.attack },
  ...{ ranking: escalation.ranking, next: escalation.next },
  acts: acts.map((a) => [a.kind, a.platform, a.target]),
});
const at = (id: string, kind: EvidenceEvent['kind'], hours: number, given: Partial<EvidenceEvent>): EvidenceEvent =>
  event({ id, kind, at: after(hours * HOUR), ...given });
const app = { id: 'A1', scopes: ['https://graph.microsoft.com/Chat.Read.All'] };

/** Things that may be in a log, each with ids of its own. */
const SCENES: Readonly<Record<string, readonly EvidenceEvent[]>> = {
  thief: takes(ABROAD, 60, 10 * HOUR, 'thief'),
  script: takes(SCRIPT, 30, -3 * DAY, 'script'),
  stranger: takes(FRIEND, 30, 11 * HOUR, 'stranger'),
  rented: takes(RENTED, 0, 12 * HOUR, 'rented'),
  own: takes(OFFICE, 80, 13 * HOUR, 'own'),
  share: [at('share', 'share', 14, { ...OFFICE, externalRecipients: ['x@example.net'] })],
  thiefShare: [
    at('thief-share', 'share', 10.8, { ...ABROAD, sessionId: 'thief-s', target: { type: 'link', id: 'T-thief-1' } }),
  ],
  export: [at('export', 'export', 15, OFFICE)],
  consent: [at('consent', 'app_grant', 9, { ...OFFICE, app })],
  calls: Array.from({ length: 30 }, (_, i) => at(`call-${i}`, 'api_activity', 9.5 + i / 60, { app, count: 40 })),
  spray: Array.from({ length: 30 }, (_, i) =>
    at(`spray-${i}`, 'sign_in_failed', 8 + i / 60, { ip: `203.0.113.${100 + i}`, outcome: 'failure' }),
  ),
  control: [at('control', 'config_change', 16, { ...ABROAD, weakens: 'federation' })],
  factor: [at('factor', 'credential_change', 10.7, { ...ABROAD, target: { type: 'auth_method', id: 'M9' } })],
  alert: [at('alert', 'platform_alert', 10.1, { ...ABROAD, reasons: ['anomalousToken'] })],
  rule: [at('rule', 'mail_rule', 0, { labels: ['state'], target: { type: 'setting', id: 'R1' } })],
  mail: [at('mail', 'security_notice', 10.2, { dkim: 'pass' })],
};
const PAST = ordinaryMonths({}, 30);
const logs = fc.subarray(Object.keys(SCENES)).map((names) => names.flatMap((name) => SCENES[name] ?? []));
const said = fc.record({
  contact: fc.constantFrom('not_contacted' as const, 'me' as const, 'not_me' as const, 'silent' as const),
  contactIsSafe: fc.boolean(),
});

describe('from rows to the decision', () => {
  it('the order of rows changes nothing, nor does a row that is read twice', () => {
    fc.assert(
      fc.property(
        logs.chain((rows) =>
          fc.tuple(
            fc.constant(rows),
            fc.shuffledSubarray([...PAST, ...rows], { minLength: PAST.length + rows.length }),
            fc.subarray([...PAST, ...rows]),
          ),
        ),
        said,
        ([rows, shuffled, again], people) => {
          const once = judge([...PAST, ...rows], { said: people });
          expect(told(judge([...shuffled, ...again], { said: people }))).toEqual(told(once));
        },
      ),
      { numRuns: 25 },
    );
  });

  it('an answer on a way that the suspicion touches never lowers, and silence never raises', () => {
    fc.assert(
      fc.property(logs, (rows) => {
        const all = [...PAST, ...rows];
        const unasked = judge(all);
        const unsafe = judge(all, { said: { contact: 'me', contactIsSafe: false } });
        expect({ ...told(unsafe), next: undefined }).toEqual({ ...told(unasked), next: undefined });
        const silent = judge(all, { said: { contact: 'silent', severity: 'critical' } });
        expect(silent.escalation.attack).toBe(unasked.escalation.attack);
        expect(silent.acts).toEqual(unasked.acts);
        expect(silent.escalation.decision === 'escalate').toBe(unasked.escalation.decision === 'escalate');
      }),
      { numRuns: 20 },
    );
  });

  it('what could not be read is never counted as clean', () => {
    fc.assert(
      fc.property(
        logs,
        said,
        fc.constantFrom(undefined, 'running' as const, 'ended' as const),
        (rows, people, watch) => {
          const gaps = ['entra.sign_ins'];
          const j = judge([...PAST, ...rows], { said: { ...people, gaps, ...(watch === undefined ? {} : { watch }) } });
          expect(['benign', 'false_positive'], explain(j)).not.toContain(j.escalation.verdict);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('an attack is seen, whatever else the person does that day', () => {
    fc.assert(
      fc.property(logs, (rows) => {
        const j = judge([...PAST, ...SCENES['thief']!, ...rows.filter((e) => !e.id.startsWith('thief-'))]);
        expect(outcomeOf(j), explain(j)).toBe('escalate compromised');
        expect(j.acts.map((a) => a.kind)).toContain('end_sessions');
      }),
      { numRuns: 20 },
    );
  });
});

describe('the claims of an alert alone', () => {
  it('cause no act: without a row of our own nothing is escalated and nothing proposed, whatever people say', () => {
    for (const contact of ['not_contacted', 'me', 'not_me', 'unsure', 'silent'] as const)
      for (const severity of ['info', 'critical'] as const)
        for (const rows of [[], PAST]) {
          const j = judge(rows, { said: { contact, severity } });
          expect(j.escalation.decision, explain(j)).not.toBe('escalate');
          expect(j.acts).toEqual([]);
        }
  });

  it('also when the platform itself raised it and mails about it came', () => {
    const rows = [
      at('a1', 'platform_alert', 9, { reasons: ['unexpected_scraping'] }),
      at('a2', 'platform_alert', 10, { reasons: ['anomalousToken'], ip: ABROAD.ip! }),
      ...SCENES['mail']!,
    ];
    for (const contact of ['not_contacted', 'not_me'] as const) {
      const j = judge([...PAST, ...rows], { said: { contact } });
      expect(j.escalation.decision, explain(j)).not.toBe('escalate');
      expect(j.acts).toEqual([]);
    }
  });
});

/** Two months of somebody who changes what people change, and today. */
interface Life {
  readonly managed: boolean;
  readonly files: number;
  readonly hour: number;
  readonly report: boolean;
  readonly updated: number;
  readonly today: 'office' | 'flat' | 'road' | 'hotel' | 'friend';
  readonly takesToday: number;
  readonly moved: boolean;
}
const lives: fc.Arbitrary<Life> = fc.record({
  managed: fc.boolean(),
  files: fc.integer({ min: 0, max: 6 }),
  hour: fc.integer({ min: 6, max: 11 }),
  report: fc.boolean(),
  updated: fc.integer({ min: 0, max: 50 }),
  today: fc.constantFrom('office', 'flat', 'road', 'hotel', 'friend'),
  takesToday: fc.integer({ min: 0, max: 12 }),
  moved: fc.boolean(),
});

function monthsOf(life: Life): readonly EvidenceEvent[] {
  const laptop = life.managed ? { deviceId: 'laptop', deviceKnown: true } : {};
  const [home, newHome] = [
    { ...FLAT, ...laptop },
    { ...FRIEND, ...laptop },
  ];
  const place = {
    office: { ...OFFICE, ...laptop },
    flat: life.moved ? newHome : home,
    road: { ...CARRIER, ip: '198.51.100.249' },
    hotel: life.managed ? { ...HOTEL, ...laptop } : { ...CARRIER, ip: '198.51.100.248', userAgent: PHONE },
    friend: { ...FRIEND, ip: '203.0.113.44', asn: 64_501, ...laptop },
  }[life.today];
  const rows = [
    ...ordinaryMonths(laptop).filter((e) => !life.moved || !e.id.startsWith('flat-')),
    ...days({ from: 60, place: { ...OFFICE, ...laptop }, files: life.files, hour: life.hour, name: 'work' }),
    ...(life.moved ? days({ from: 60, to: 32, place: home, files: 1, hour: 19, name: 'old-home' }) : []),
    ...(life.moved ? days({ from: 31, place: newHome, files: 1, hour: 19, name: 'new-home' }) : []),
    ...(life.report
      ? [56, 49, 42, 35, 28, 21, 14, 7, 0].flatMap((ago) =>
          Array.from({ length: 40 }, (_, i) =>
            event({
              ...{ id: `report-${ago}-${i}`, kind: 'file_download', at: after(-ago * DAY + 10 * HOUR + i * MINUTE) },
              ...{
                ...OFFICE,
                ...laptop,
                sessionId: `report-${ago}`,
                target: { type: 'file', id: `R${i}`, name: `figures-${i}.xlsx` },
              },
            }),
          ),
        )
      : []),
    ...takes(place, life.takesToday, 15 * HOUR, 'today'),
  ];
  const updatedAt = after(-life.updated * DAY);
  return rows.map((e) => (e.userAgent === CHROME && e.at >= updatedAt ? { ...e, userAgent: NEWER_CHROME } : e));
}

describe('ordinary months', () => {
  it('lead to no plan against anybody and no escalation, whatever they answer', () => {
    fc.assert(
      fc.property(
        lives,
        fc.constantFrom('not_contacted' as const, 'me' as const, 'not_me' as const, 'silent' as const),
        (life, contact) => {
          const j = judge(monthsOf(life), { said: { contact } });
          expect(j.escalation.decision, explain(j)).not.toBe('escalate');
          expect(j.acts).toEqual([]);
          if (contact === 'me' || contact === 'not_contacted') expect(j.escalation.decision, explain(j)).toBe('close');
        },
      ),
      { numRuns: 40 },
    );
  });

  it('hide nobody: the same months with a thief in them escalate', () => {
    const MALICIOUS: readonly (Explanation | undefined)[] = ['intruder', 'app', 'insider'];
    fc.assert(
      fc.property(lives, fc.integer({ min: 0, max: 25 }), fc.constantFrom(ABROAD, SCRIPT), (life, ago, place) => {
        const rows = [
          ...monthsOf(life),
          ...takes({ ...place, userAgent: place.userAgent ?? FIREFOX }, 60, -ago * DAY + 3 * HOUR, 'thief'),
        ];
        const j = judge(rows, { said: { contact: 'me' } });
        expect(outcomeOf(j), explain(j)).toBe('escalate compromised');
        expect(MALICIOUS).toContain(j.escalation.ranking?.[0]?.explanation);
      }),
      { numRuns: 25 },
    );
  });
});
