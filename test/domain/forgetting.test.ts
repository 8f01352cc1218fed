import { describe, expect, it } from 'vitest';
import type { ForgetDecision } from '../../domain/decision.js';
import { forgettingRole, refuseForgetting } from '../../domain/forgetting.js';
import { daysBefore, dueAt, dueParts, RETENTION } from '../../domain/retention.js';
import { signBody } from '../../store/signing.js';
import { testKeys } from '../store/support.js';

const NOW = '2026-06-01T12:00:00.000Z';
const ring = testKeys();
const key = ring.signing('decision');
const keys = [{ ...ring.verifying('decision'), holder: { kind: 'console' as const } }];
const deciders = [
  { personId: 'p-lead', roles: ['lead'], subjectId: 's-lead' },
  { personId: 'p-responder', roles: ['responder'] },
];
const people = { keys, deciders, subjectIds: ['s-a', 's-b'] };
const body = (change: Partial<ForgetDecision> = {}): ForgetDecision => ({
  ...{ type: 'forget', verb: 'erase_case', caseId: 'case-s-a', personId: 'p-lead', role: 'lead', nonce: 'n-1' },
  ...{ at: NOW, expiresAt: '2026-06-01T12:05:00.000Z' },
  ...change,
});
const refused = (change: Partial<ForgetDecision> = {}, by = key, subjectIds = people.subjectIds) =>
  refuseForgetting(signBody(body(change), by), { ...people, subjectIds }, NOW);

describe('a decision on forgetting', () => {
  it('counts when a lead signed it, in time', () => {
    for (const verb of ['erase_case', 'erase_person'] as const) expect(refused({ verb })).toBeUndefined();
    for (const verb of ['hold', 'lift'] as const) expect(refused({ verb, note: 'note.1' })).toBeUndefined();
  });
  it('a hold may be set by a responder too, and nothing else', () => {
    const responder = { personId: 'p-responder', role: 'responder', note: 'note.1' };
    expect(refused({ ...responder, verb: 'hold' })).toBeUndefined();
    for (const verb of ['lift', 'erase_case', 'erase_person'] as const)
      expect(refused({ ...responder, verb })).toBe('NOT_AUTHORISED');
    expect(refused({ ...responder, role: 'lead' })).toBe('NOT_AUTHORISED');
    expect(forgettingRole('hold', ['counsel', 'lead'])).toBe('lead');
    expect(forgettingRole('lift', ['responder'])).toBeUndefined();
  });
  it('does not count of whom the case is about, under any of their ids', () => {
    expect(refused({}, key, ['s-a', 's-lead'])).toBe('NOT_AUTHORISED');
  });
  it('does not count without words for a hold, or after its time, or from the future', () => {
    for (const verb of ['hold', 'lift'] as const) {
      expect(refused({ verb })).toBe('TASK_INCOMPLETE');
      expect(refused({ verb, note: '' })).toBe('TASK_INCOMPLETE');
    }
    expect(refused({ expiresAt: NOW })).toBe('DECISION_EXPIRED');
    expect(refused({ at: '2026-06-01T13:00:00.000Z', expiresAt: '2026-06-01T14:00:00.000Z' })).toBe('DECISION_EXPIRED');
  });
  it('does not count by another key, changed, or of another form', () => {
    expect(refused({}, testKeys().signing('decision'))).toBe('SIGNATURE');
    const signed = signBody(body(), key);
    expect(refuseForgetting({ ...signed, body: body({ caseId: 'case-s-b' }) }, people, NOW)).toBe('SIGNATURE');
    for (const odd of [undefined, null, {}, { body: {} }, { body: { ...body(), more: 1 } }])
      expect(refuseForgetting(odd as never, people, NOW)).toBe('MESSAGE');
  });
});

describe('retention', () => {
  const closed = '2026-01-01T00:00:00.000Z';
  const policy = { ...RETENTION, evidenceDays: 10, dossierDays: 20, caseDays: 30 };
  it('is due in its order, to the day, and once', () => {
    expect(dueAt(closed, policy, 'dossier')).toBe('2026-01-21T00:00:00.000Z');
    expect(dueParts(closed, [], policy, '2026-01-10T23:59:59.999Z')).toEqual([]);
    expect(dueParts(closed, [], policy, '2026-01-11T00:00:00.000Z')).toEqual(['evidence']);
    expect(dueParts(closed, ['evidence'], policy, '2026-01-21T00:00:00.000Z')).toEqual(['dossier']);
    expect(dueParts(closed, ['evidence', 'dossier'], policy, '2026-01-31T00:00:00.000Z')).toEqual(['row']);
    expect(dueParts(closed, [], policy, '2027-01-01T00:00:00.000Z')).toEqual(['evidence', 'dossier', 'row']);
    expect(daysBefore('2026-01-31T00:00:00.000Z', 30)).toBe(closed);
  });
});
