import { describe, expect, it } from 'vitest';
import { closingOf } from '../../domain/closing.js';
import type { EvidenceEvent } from '../../domain/evidence.js';
import { tracesOfFindings } from '../../domain/incident-links.js';
import type { SubjectFacts } from '../../domain/subject.js';
import { after, DAY, defaultPolicy, event, HOUR, MINUTE } from './fixtures.js';
import { explain, judge, outcomeOf, type Given, type Judged } from './judge.js';
import {
  ABROAD,
  CARRIER,
  CHROME,
  days,
  FIREFOX,
  FLAT,
  FRIEND,
  HOTEL,
  NEWER_CHROME,
  OFFICE,
  ordinaryMonths,
  RENTED,
  SCRIPT,
  takes,
} from './ordinary.js';

const PAST = ordinaryMonths();
const ofPast = (rows: readonly EvidenceEvent[], given: Given = {}): Judged => judge([...PAST, ...rows], given);
/** A person has the question or the case goes on: it is not put aside. */
const isNoticed = (j: Judged): void => expect(j.escalation.decision, explain(j)).not.toBe('close');
const isAttack = (j: Judged, verdict = 'compromised'): void =>
  expect(outcomeOf(j), explain(j)).toBe(`escalate ${verdict}`);
/** Nobody is troubled, and nothing is proposed against anybody. */
function isHarmless(j: Judged): void {
  expect(j.escalation.decision, explain(j)).not.toBe('escalate');
  expect(['benign', 'false_positive'], explain(j)).toContain(j.escalation.verdict);
  expect(j.acts).toEqual([]);
}
/** At most a question: no plan against a person. */
function isNoPlan(j: Judged): void {
  expect(j.escalation.decision, explain(j)).not.toBe('escalate');
  expect(j.acts).toEqual([]);
}
const file = (id: string, name: string): NonNullable<EvidenceEvent['target']> => ({ type: 'file', id, name });
const share = (given: Partial<EvidenceEvent>): EvidenceEvent =>
  event({ id: 'share', kind: 'share', at: after(11 * HOUR), externalRecipients: ['x@example.net'], ...given });

describe('1. the window', () => {
  it.each([0, 1, 3, 6, 20])('a foreign sign-in and ninety files %d days before the alert', (ago) => {
    isAttack(ofPast(takes(ABROAD, 90, -ago * DAY + 10 * HOUR)));
  });
  it('fifteen files a day for three weeks from a context that appeared newly', () => {
    isNoticed(ofPast(days({ from: 21, to: 0, place: { ...FRIEND, userAgent: FIREFOX }, files: 15, name: 'slow' })));
  });
});

describe('2. the baseline is not poisoned', () => {
  it.each([1, 3, 5, 9])('by an address that the thief has used for %d days', (ago) => {
    isAttack(ofPast([...days({ from: ago, place: ABROAD, files: 5, name: 'thief' }), ...takes(ABROAD)]));
  });
});

describe('3. what the vendor says of the access', () => {
  it.each(['session_fingerprint', 'anomalousToken', 'suspicious_login'])(
    '%s, from the same country with the same program',
    (reason) => {
      const quiet = ofPast(takes(FRIEND));
      const told = ofPast(takes({ ...FRIEND, reasons: [reason] }));
      isNoticed(told);
      expect(told.escalation.attack ?? 0).toBeGreaterThan(quiet.escalation.attack ?? 1);
    },
  );
});

describe('4. apps are actors', () => {
  const app = { id: 'A1', name: 'Reader', scopes: ['https://graph.microsoft.com/Chat.Read.All'] };
  const grant = (daysAgo: number, given: Partial<EvidenceEvent> = {}): EvidenceEvent =>
    event({ kind: 'app_grant', at: after(-daysAgo * DAY + 9 * HOUR), ...OFFICE, app, ...given });
  const reads = (actor = 'U1'): readonly EvidenceEvent[] =>
    Array.from({ length: 40 }, (_, i) =>
      event({ kind: 'api_activity', at: after(10 * HOUR + i * MINUTE), actor, app, count: 50 }),
    );
  it('one that the person let in yesterday and that collects is removed', () => {
    const j = ofPast([grant(1), ...reads()]);
    isAttack(j);
    expect(j.acts.map((a) => a.kind)).toContain('remove_app');
  });
  it('one that IT approved months ago is a job', () => isHarmless(ofPast([grant(55, { actor: 'ADMIN' }), ...reads()])));
  it('one that nobody allowed is not hidden by the jobs that IT did allow', () => {
    const jobs = [2, 3].flatMap((n) => [
      grant(55, { actor: 'ADMIN', app: { ...app, id: `JOB${n}` } }),
      ...reads().map((e) => ({ ...e, id: `${e.id}-job-${n}`, app: { ...app, id: `JOB${n}` } })),
    ]);
    isAttack(ofPast([grant(1), ...reads(), ...jobs]));
    isAttack(ofPast([...takes(ABROAD), ...jobs]));
    isHarmless(ofPast(jobs));
  });
  it('a known job explains nothing that an app of nobody’s takes', () => {
    const strange = reads().map((e) => ({
      ...e,
      id: `${e.id}-strange`,
      app: { id: 'A9', name: 'Nobody’s' },
      count: 300,
    }));
    const job = [
      grant(55, { actor: 'ADMIN', app: { ...app, id: 'JOB' } }),
      ...reads().map((e) => ({ ...e, id: `${e.id}-job`, app: { ...app, id: 'JOB' } })),
    ];
    const alone = ofPast(strange);
    expect(alone.lines.map((l) => l.code)).toContain('app.collects');
    expect(ofPast([...strange, ...job]).escalation.attack, explain(alone)).toBeGreaterThanOrEqual(
      alone.escalation.attack ?? 1,
    );
  });
  it('as the subject: its grant goes, and no account is touched by its id', () => {
    const subject: SubjectFacts = {
      subjectId: 's-1',
      kind: 'app',
      vip: false,
      authority: 'slack',
      protectedBecause: [],
      readAt: after(0),
      accounts: [{ platform: 'slack', tenant: 'main', nativeId: 'A1' }],
    };
    const j = judge([grant(1, { actor: 'U9' }), ...reads('A1')], { subject });
    isAttack(j);
    expect(j.acts.map((a) => a.kind)).toContain('remove_app');
    for (const { target } of j.acts) expect(target).not.toMatchObject({ type: 'account', accountId: 'A1' });
  });
});

describe('5. an attempt that failed is no compromise', () => {
  const spray = (n: number): readonly EvidenceEvent[] =>
    Array.from({ length: n }, (_, i) =>
      event({
        ...{ kind: 'sign_in_failed', at: after(9 * HOUR + i * MINUTE), outcome: 'failure' },
        ip: `203.0.113.${100 + (i % 50)}`,
      }),
    );
  it('a failed spray and an honest "not me"', () => {
    const j = ofPast(spray(50), { said: { contact: 'not_me' } });
    isHarmless(j);
    const { verdict } = j.escalation;
    expect(closingOf({ plans: [], tasks: [], verdict, escalation: j.escalation })).toBe('attempt_defeated');
  });
  it('brute force over fifty addresses that gets in and collects', () =>
    isAttack(ofPast([...spray(50), ...takes(ABROAD)])));
});

describe('6. one event that is told three times counts once', () => {
  it('as a sign-in’s own row, a risk event and an alert', () => {
    const said = { ...ABROAD, reasons: ['anomalousToken'], sessionId: 'x-s', at: after(10 * HOUR) } as const;
    const once = ofPast(takes({ ...ABROAD, reasons: ['anomalousToken'] }, 5));
    const alert = (id: string): EvidenceEvent => event({ id, kind: 'platform_alert', about: 'x-in', ...said });
    const thrice = ofPast([...takes({ ...ABROAD, reasons: ['anomalousToken'] }, 5), alert('risk'), alert('alert')]);
    expect(thrice.escalation.attack, explain(thrice)).toBeCloseTo(once.escalation.attack ?? 0, 1);
    expect(outcomeOf(thrice)).toBe(outcomeOf(once));
  });
  it('however many of its findings rest on the same rows', () => {
    const j = ofPast(takes(FRIEND, 200));
    const groups = j.lines.map((l) => l.group);
    expect(groups.filter((g) => g.startsWith('collection')).length).toBeGreaterThan(0);
    expect(new Set(groups.filter((g) => g.startsWith('collection unknown'))).size).toBeLessThanOrEqual(1);
  });
});

describe('7. impact alone makes nobody an insider', () => {
  const payroll = (daysAgo: number): readonly EvidenceEvent[] =>
    takes(OFFICE, 0, -daysAgo * DAY + 9 * HOUR, `pay-in-${daysAgo}`).concat(
      Array.from({ length: 60 }, (_, i) =>
        event({
          ...{ id: `pay-${daysAgo}-${i}`, kind: 'file_download', at: after(-daysAgo * DAY + 10 * HOUR + i * 30_000) },
          ...{ ...OFFICE, sessionId: `pay-in-${daysAgo}-s`, target: file(`P${daysAgo}-${i}`, `payroll-${i}.xlsx`) },
        }),
      ),
    );
  it('payroll at the month’s end, as in the months before', () => isNoPlan(ofPast([59, 28, 0].flatMap(payroll))));
  it('what comes every week explains its own rows, and not what a strange session takes', () => {
    const usual = [56, 28, 0].flatMap(payroll);
    const strange = takes(FRIEND, 90, 13 * HOUR);
    const alone = ofPast(strange);
    const both = ofPast([...usual, ...strange]);
    expect(ofPast(usual).lines.map((l) => l.code)).toContain('collection.like');
    expect(alone.lines.map((l) => l.code)).toContain('collection.unknown');
    expect(both.escalation.attack, explain(both)).toBeGreaterThanOrEqual(alone.escalation.attack ?? 1);
  });
  it('a press kit that marketing gives to the press', () => {
    isNoPlan(
      ofPast([
        ...takes(OFFICE, 5),
        share({ ...OFFICE, sessionId: 'x-s', target: { type: 'link', id: 'K', name: 'press-kit.zip' } }),
      ]),
    );
  });
  it('counsel’s export that was asked for: the interview says so', () => {
    const exported = event({
      kind: 'export',
      operation: 'ediscovery_search_exported',
      at: after(10 * HOUR),
      ...OFFICE,
    });
    isHarmless(ofPast([exported], { said: { interview: 'yes' } }));
    expect(ofPast([exported], { said: { interview: 'no' } }).escalation.attack ?? 0).toBeGreaterThan(
      ofPast([exported]).escalation.attack ?? 1,
    );
  });
  it('but a leaver who takes the whole account away and says "me" is no ordinary work', () => {
    const takeout = event({ kind: 'export', operation: 'takeout_initiated', at: after(10 * HOUR), ...OFFICE });
    const kept = event({ ...takeout, id: 'takeout-2', at: after(11 * HOUR) });
    isNoticed(ofPast([takeout, kept], { said: { contact: 'me' } }));
  });
});

describe('8. everyday change locks nobody out', () => {
  const rule = event({
    ...{ id: 'rule', kind: 'mail_rule', at: after(0), labels: ['state'], target: { type: 'setting', id: 'R1' } },
  });
  it.each<[string, readonly EvidenceEvent[], Given?]>([
    ['a browser update', takes({ ...OFFICE, userAgent: NEWER_CHROME }, 5)],
    ['a mail rule that is years old', [...takes(OFFICE, 5), rule]],
    ['an address of the mobile carrier', takes({ ...CARRIER, ip: '198.51.100.249' }, 5)],
    ['a new address of the provider at home', takes({ ...FLAT, ip: '192.0.2.199' }, 5)],
    [
      'a hit on a list that is not sure of it',
      takes(FLAT, 5),
      { indicators: { intelligence: [{ eventId: 'x-in', indicator: FLAT.ip ?? '', list: 'cdn', confidence: 'low' }] } },
    ],
    [
      'a link to an address on a list',
      takes(OFFICE, 5),
      {
        indicators: {
          intelligence: [{ eventId: 'x-1', indicator: '203.0.113.250', list: 'sure', confidence: 'medium' }],
        },
      },
    ],
    ['a managed laptop at a friend’s flat', takes({ ...FRIEND, deviceId: 'L', deviceKnown: true }, 5)],
  ])('%s', (_, rows, given) => {
    isHarmless(ofPast(rows, given));
    // Two hours of silence at night change nothing.
    const silent = ofPast(rows, { ...given, said: { contact: 'silent', severity: 'critical' } });
    expect(silent.escalation.decision, explain(silent)).not.toBe('escalate');
    expect(silent.acts).toEqual([]);
  });
});

describe('8. beside a theft', () => {
  it('the person’s journey with a new device that the directory knows is no aim', () => {
    const known = PAST.map((e) => (e.userAgent === CHROME ? { ...e, deviceId: 'LAPTOP', deviceKnown: true } : e));
    const journey = event({
      ...{ id: 'journey', kind: 'sign_in', at: after(8 * HOUR), ...HOTEL, userAgent: FIREFOX },
      ...{ deviceId: 'TABLET', deviceKnown: true, sessionId: 'x-s' },
    });
    const j = judge([...known, journey, ...takes(SCRIPT, 90, 12 * HOUR)]);
    isAttack(j);
    const blocked = j.acts.flatMap((a) => (a.target.type === 'address' ? [a.target.address] : []));
    expect(blocked, explain(j)).toEqual([SCRIPT.ip]);
  });
});

describe('8. a device that was registered lately', () => {
  it('hides nothing once its session does more than come in', () => {
    const known = PAST.map((e) => (e.userAgent === CHROME ? { ...e, deviceId: 'LAPTOP', deviceKnown: true } : e));
    const there = { ...HOTEL, userAgent: FIREFOX, deviceId: 'EVIL', deviceKnown: true, sessionId: 'x-s' };
    const came = event({ id: 'came', kind: 'sign_in', at: after(8 * HOUR), ...there });
    const scopes = ['https://graph.microsoft.com/Chat.Read.All'];
    const grant = event({
      id: 'grant',
      kind: 'app_grant',
      at: after(9 * HOUR),
      ...there,
      app: { id: 'A1', name: 'Reader', scopes },
    });
    const shown = (rows: readonly EvidenceEvent[]): boolean =>
      judge([...known, ...rows]).findings.some((f) => f.foreignEvents?.includes('came'));
    expect(shown([came])).toBe(false);
    expect(shown([came, grant])).toBe(true);
  });
});

describe('9. weakened controls decide', () => {
  const changes = (place: Partial<EvidenceEvent>): readonly EvidenceEvent[] => [
    ...takes(place, 0),
    ...(['federation', 'legal_hold', 'role', 'dlp'] as const).map((weakens, i) =>
      event({
        ...{
          id: `control-${i}`,
          kind: weakens === 'role' ? 'role_change' : 'config_change',
          operation: `set ${weakens}`,
        },
        ...{ weakens, at: after(10 * HOUR + (i + 1) * MINUTE), sessionId: 'x-s', ...place },
        ...(weakens === 'role' ? { labels: ['role:Global Administrator'] } : {}),
      }),
    ),
    event({ id: 'exported', kind: 'export', at: after(11 * HOUR), sessionId: 'x-s', ...place }),
  ];
  it('an administrator’s account in other hands changes them, then exports', () => isAttack(ofPast(changes(ABROAD))));
  it('the administrator at work on a change that was asked for', () => {
    const own = changes(OFFICE).filter((e) => e.kind !== 'export');
    isHarmless(ofPast(own, { said: { interview: 'yes' } }));
  });
});

describe('10. what a text holds', () => {
  const message = event({ id: 'x-text', kind: 'message', at: after(10 * HOUR), ...OFFICE });
  const hit = { eventId: 'x-text', fingerprint: 'f', kind: 'password' };
  it('a secret that nobody used is no confirmed leak', () => {
    isNoPlan(ofPast([...takes(OFFICE, 3), message], { indicators: { secrets: [hit] } }));
  });
  it('one whose use was logged escalates, whatever else there is', () => {
    const j = ofPast([...takes(OFFICE, 3), message], { indicators: { secrets: [{ ...hit, confirmed: true }] } });
    expect(j.escalation.decision, explain(j)).toBe('escalate');
    expect(j.escalation.reasons.map((r) => r.code)).toContain('leak.confirmed');
  });
});

describe('11. answers are evidence', () => {
  it('"me" does not close an attack', () => isAttack(ofPast(takes(SCRIPT, 90), { said: { contact: 'me' } })));
  it('"not me" decides nothing without an access that could be somebody else’s', () => {
    isNoPlan(ofPast(takes(OFFICE, 5), { said: { contact: 'not_me' } }));
  });
});

describe('12. the closing words are true', () => {
  it('nothing was written, so nothing was contained', () => {
    const j = ofPast(takes(ABROAD));
    const { verdict } = j.escalation;
    expect(closingOf({ plans: [], tasks: [], verdict, escalation: j.escalation })).toBe('handed_over');
  });
});

describe('13. beyond the subject and beyond the password', () => {
  const thief = { ...ABROAD, sessionId: 'x-s' } as const;
  const factor = event({
    ...{ id: 'factor', kind: 'credential_change', at: after(10.5 * HOUR), ...thief },
    target: { type: 'auth_method', id: 'M9' },
  });
  it('the thief can be followed by address and session, also where nothing was proposed', () => {
    const rows = [...PAST, ...takes(ABROAD, 5)];
    const { findings } = judge(rows);
    const traces = tracesOfFindings(findings, rows, { isProtectedAddress: () => false, apps: [] });
    expect(traces.addresses).toContain(ABROAD.ip);
    expect(traces.sessions.map((s) => s.id)).toContain('x-s');
  });
  it('the second factor that he registered goes, and the way he came by', () => {
    const { acts } = ofPast([...takes(thief, 90), factor]);
    expect(acts.map((a) => a.kind)).toEqual(expect.arrayContaining(['remove_auth_method', 'block_ip', 'end_sessions']));
    expect(acts.find((a) => a.kind === 'remove_auth_method')?.target).toMatchObject({ methodId: 'M9' });
    expect(acts.find((a) => a.kind === 'block_ip')?.target).toMatchObject({ address: ABROAD.ip });
  });
});

describe('14. the product’s own traces', () => {
  it('a password that an administrator reset is no foreign credential change', () => {
    const reset = event({
      id: 'reset',
      kind: 'credential_change',
      actor: 'ADMIN',
      at: after(12 * HOUR),
      ip: '192.0.2.99',
    });
    const j = ofPast([...takes(OFFICE, 3), reset]);
    expect(j.findings.map((f) => f.kind)).not.toContain('credential_change');
    isHarmless(j);
  });
});

describe('15. what was exposed', () => {
  it('API reads count by the number that the log gives, and critical things once each', () => {
    const reads = Array.from({ length: 3 }, (_, i) =>
      event({
        ...{ id: `x-${i}`, kind: 'file_download', at: after(10 * HOUR + i * MINUTE), ...SCRIPT, sessionId: 's' },
        ...{ count: 40, target: file('P1', 'payroll.xlsx') },
      }),
    );
    const j = ofPast(reads);
    const bulk = j.findings.find((f) => f.kind === 'bulk_collection');
    expect(bulk?.measures.map((m) => m.value)).toContain(120);
    expect(j.impact.criticalItems).toBe(1);
  });
});

it('uses the policy as it is shipped', () => {
  expect(defaultPolicy.decision.weights).toEqual({});
  expect(CHROME).not.toBe(NEWER_CHROME);
  expect(RENTED.asName).toContain('Hosting');
});
