import { describe, expect, it } from 'vitest';
import { defeatedAttempts, protectionAsked } from '../../domain/attempts.js';
import { closingOf } from '../../domain/closing.js';
import type { EvidenceEvent } from '../../domain/evidence.js';
import { historyOf } from '../../domain/history.js';
import { viewOf } from '../../domain/indicators/index.js';
import { isStopped, stepsOnTheWay } from '../../domain/stopped-sign-ins.js';
import { event, HOUR, MINUTE, after, input } from './fixtures.js';
import { explain, judge } from './judge.js';
import { ABROAD, CARRIER, days, FRIEND, HOTEL, PHONE, OFFICE, ordinaryMonths, RENTED } from './ordinary.js';

const stopped = (at: number, place: Partial<EvidenceEvent>): EvidenceEvent =>
  event({ kind: 'sign_in_stopped', outcome: 'blocked', logSource: 'user_access', at: after(at), ...place });
const refused = (at: number, place: Partial<EvidenceEvent>): EvidenceEvent =>
  event({ ...stopped(at, place), kind: 'sign_in_failed', outcome: 'failure', labels: ['knows_first'] });
const signIn = (at: number, place: Partial<EvidenceEvent>): EvidenceEvent =>
  event({ kind: 'sign_in', logSource: 'user_access', at: after(at), sessionId: `s-${at}`, ...place });
const today = days({ from: 0, to: 0, place: OFFICE, name: 'today' });
const past = [...ordinaryMonths(), ...today];
const attemptsIn = (rows: readonly EvidenceEvent[]) =>
  defeatedAttempts(viewOf(input(rows)).episodes, input(rows).focusFrom, () => false);
const closes = (rows: readonly EvidenceEvent[]) => {
  const { escalation } = judge(rows);
  return closingOf({ plans: [], tasks: [], verdict: escalation.verdict, escalation });
};

describe('a thief who has the password', () => {
  it.each([
    ['is stopped at the factor', stopped(10 * HOUR, ABROAD)],
    ['is stopped at a rented machine of the person’s country', stopped(10 * HOUR, { ...RENTED, country: 'DE' })],
    ['is stopped with a script', stopped(10 * HOUR, { ...HOTEL, userAgent: 'python-requests/2.31' })],
    ['is refused by the person', refused(10 * HOUR, ABROAD)],
  ])('and %s is told of, once tried', (_, attempt) => {
    const rows = [...past, attempt];
    const judged = judge(rows);
    expect(judged.findings.filter((f) => f.attack.includes('T1621'))).toMatchObject([
      { kind: 'unusual_sign_in', events: [attempt.id], ownSession: false, inSession: false },
    ]);
    expect(judged.escalation.decision, explain(judged)).toBe('close');
    expect(closes(rows)).toBe('attempt_defeated');
    expect(attemptsIn(rows)).toMatchObject([{ count: 1, knewFirst: 1, addresses: [attempt.ip] }]);
    expect(protectionAsked(attemptsIn(rows))).toMatch(/1 of them had the password or a token.*new password/);
  });

  it('who looks like the person on a journey shows by the device that is missing', () => {
    const devices = past.map((e) => (e.kind === 'sign_in' ? { ...e, deviceId: 'laptop' } : e));
    expect(attemptsIn([...past, stopped(10 * HOUR, HOTEL)])).toEqual([]);
    expect(attemptsIn([...devices, stopped(10 * HOUR, HOTEL)])).toMatchObject([{ knewFirst: 1 }]);
  });

  it('is not hidden by a network that the person’s own sign-ins come from too, nor is who was refused in it', () => {
    const shared = { ...ABROAD, asn: OFFICE.asn ?? 0, userAgent: 'python-requests/2.31' };
    const own = [signIn(10 * HOUR + 10 * MINUTE, OFFICE)];
    for (const attempt of [stopped(10 * HOUR, shared), refused(10 * HOUR, shared)]) {
      expect(judge([...past, ...own, attempt]).findings.filter((f) => f.attack.includes('T1621'))).toHaveLength(1);
      expect(closes([...past, ...own, attempt])).toBe('attempt_defeated');
    }
  });

  it('is not hidden by the person, who is asked and gets in at the same minute', () => {
    const attempt = stopped(10 * HOUR, ABROAD);
    const own = [stopped(10 * HOUR, OFFICE), signIn(10 * HOUR + MINUTE, OFFICE)];
    expect(closes([...past, ...own, attempt])).toBe('attempt_defeated');
    expect(attemptsIn([...past, ...own, attempt])).toMatchObject([{ count: 1, addresses: [ABROAD.ip] }]);
  });

  it('and gets in after all is judged by the access, as without the question', () => {
    const access = [signIn(10 * HOUR + MINUTE, ABROAD)];
    const { ranking: _, ...without } = judge([...past, ...access]).escalation;
    expect(judge([...past, stopped(10 * HOUR, ABROAD), ...access]).escalation).toMatchObject(without);
  });
});

describe('a person who is asked for the factor', () => {
  const prompts = Array.from({ length: 100 }, (_, i) => 8 * HOUR + i * 5 * MINUTE);

  it.each([
    ['at the office', OFFICE, OFFICE],
    ['at a hotel', HOTEL, HOTEL],
    ['by IPv6 and comes by IPv4', { ...HOTEL, ip: '2001:db8:7::1' }, HOTEL],
    ['on the way', { ...CARRIER, ip: '198.51.100.250' }, CARRIER],
  ])('a hundred times %s, and each time gets in, ends as without the questions', (_, asked, comes) => {
    const signIns = prompts.map((at) => signIn(at + MINUTE / 2, comes));
    const without = judge([...past, ...signIns]);
    const judged = judge([...past, ...prompts.map((at) => stopped(at, asked)), ...signIns]);
    expect(judged.findings).toEqual(without.findings);
    expect(judged.lines).toEqual(without.lines);
    expect(judged.escalation).toEqual(without.escalation);
  });

  it('and gives up on a journey, with the program as ever, tried nothing on anybody', () => {
    const rows = [...past, stopped(10 * HOUR, HOTEL), stopped(11 * HOUR, HOTEL)];
    expect(judge(rows).findings.filter((f) => f.attack.includes('T1621'))).toEqual([]);
    expect(attemptsIn(rows)).toEqual([]);
    expect(closes(rows)).toBe('no_incident');
  });

  it('and gives up with a new phone on the way, tried nothing on anybody', () => {
    const rows = [...past, stopped(10 * HOUR, { ...FRIEND, userAgent: PHONE.replace('iPhone', 'iPad') })];
    expect(attemptsIn(rows)).toEqual([]);
    expect(closes(rows)).toBe('no_incident');
  });

  it('is known for nothing by it: a place where nobody got in vouches for none', () => {
    const often = Array.from({ length: 60 }, (_, i) => stopped(-i * 24 * HOUR, ABROAD));
    expect(historyOf([...past, ...often]).has('address', ABROAD.ip ?? '')).toBe(false);
  });
});

describe('a step on the way in', () => {
  it('is one where somebody gets in at the place at any time, or in the network around the time', () => {
    const isStep = stepsOnTheWay([signIn(0, HOTEL), stopped(0, HOTEL)]);
    const near = { ...HOTEL, ip: '203.0.113.81' };
    expect(isStep(stopped(500 * HOUR, HOTEL))).toBe(true);
    expect([-31, -30, 0, 30, 31].map((m) => isStep(stopped(m * MINUTE, near)))).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
    expect(isStep(refused(0, near))).toBe(false);
    expect(isStep(stopped(0, ABROAD))).toBe(false);
    expect(isStep(stopped(0, {}))).toBe(true);
  });

  it('is found in rows of any order', () => {
    const near = { ...HOTEL, ip: '203.0.113.81' };
    const entries = [300, 0, 200, 100].map((h) => signIn(h * HOUR, HOTEL));
    const isStep = stepsOnTheWay([...entries, stopped(0, near)]);
    expect([0, 100, 200, 300, 150].map((h) => isStep(stopped(h * HOUR, near)))).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
  });

  it('is no sign-in that failed, no other stopped one and no app’s call', () => {
    const elsewhere = [stopped(1, ABROAD), refused(2, ABROAD), event({ ...signIn(3, ABROAD), outcome: 'failure' })];
    const app = event({ kind: 'api_activity', at: after(4), app: { id: 'A1' }, ...ABROAD });
    expect(stepsOnTheWay([...elsewhere, app])(stopped(0, ABROAD))).toBe(false);
  });

  it('is told from a wrong password', () => {
    expect([stopped(0, OFFICE), refused(0, OFFICE)].map(isStopped)).toEqual([true, true]);
    expect(isStopped(event({ kind: 'sign_in_failed', outcome: 'failure' }))).toBe(false);
  });
});
