import { describe, expect, it } from 'vitest';
import { parseAlerts } from '../../../gateway/alerts/index.js';
import { CaseBound } from '../../../gateway/delivery/case-bound.js';
import type { InboxItem } from '../../../store/inbox/message.js';

const RECEIVED = '2026-03-01T10:05:00.000Z';
const item = (resent = 0): InboxItem => ({
  ...{ seq: 1, kind: 'alert', source: 'siem', dedupeKey: 'x', receivedAt: RECEIVED },
  ...{ contentType: 'application/json', body: new Uint8Array(), resent },
});
const naming = (n: number) =>
  parseAlerts(
    { id: 'x', subjects: Array.from({ length: n }, (_, i) => ({ email: `person-${i}@example.com` })) },
    { source: 'siem', format: 'quell', receivedAt: RECEIVED },
  )[0]!;
const deps = (max: number, ...cases: readonly { readonly caseId: string; readonly openedAt: string }[]) => ({
  index: {
    running: async (before = '9') => new Set(cases.filter((c) => c.openedAt < before).map((c) => c.caseId)),
  },
  maxCasesPerAlert: async () => max,
});

describe('the bound of cases that one alert opens', () => {
  it('is none for an alert that names no more than it', async () => {
    expect(await CaseBound.of(deps(3), naming(3), item())).toBeUndefined();
    expect(await CaseBound.of(deps(1), naming(1), item())).toBeUndefined();
  });
  it('admits the first, and counts who is left', async () => {
    const bound = (await CaseBound.of(deps(2), naming(4), item()))!;
    expect(['case-a', 'case-b', 'case-c', undefined].map((id) => bound.admits(id))).toEqual([true, true, false, false]);
    expect(bound.left).toBe(2);
    expect(bound.reasonFor(naming(4))).toContain('2 of the 4');
  });
  it('admits a case that ran before, and counts one that this alert opened when it is read again', async () => {
    const ran = { caseId: 'case-ran', openedAt: '2026-03-01T10:04:59.000Z' };
    const own = { caseId: 'case-own', openedAt: '2026-03-01T10:05:01.000Z' };
    const bound = (await CaseBound.of(deps(1, ran, own), naming(3), item()))!;
    expect(['case-own', 'case-new', 'case-ran'].map((id) => bound.admits(id))).toEqual([true, false, true]);
    expect(bound.left).toBe(1);
  });
  it('allows as many more each time that a person sends the message again', async () => {
    const bound = (await CaseBound.of(deps(2), naming(5), item(1)))!;
    expect(['a', 'b', 'c', 'd', 'e'].map((id) => bound.admits(`case-${id}`))).toEqual([true, true, true, true, false]);
    expect(await CaseBound.of(deps(2), naming(5), item(2))).toBeUndefined();
  });
});
