import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ActionResult, VendorWrite } from '../../domain/plan.js';
import { recordOf, sameWrite, type Begun, type StepNote } from '../../domain/step-record.js';

const write = fc.record<VendorWrite>({
  platform: fc.constantFrom('slack', 'google'),
  operation: fc.constantFrom('users.deactivate', 'sessions.end'),
  targetId: fc.constantFrom('U1', 'U2'),
});
/** What is written at a vendor of one step: the act's or the undo's. */
const announcements = fc.array(
  fc.record({ kind: fc.constantFrom('intended', 'refuted', 'undo_intended', 'undo_refuted'), content: write }),
);
const listed = (notes: readonly StepNote[], intended: string, refuted: string): Record<string, number> => {
  const count: Record<string, number> = {};
  for (const { kind, content } of notes) {
    const key = JSON.stringify(content);
    if (kind === intended) count[key] = (count[key] ?? 0) + 1;
    else if (kind === refuted && (count[key] ?? 0) > 0) count[key] = (count[key] ?? 0) - 1;
  }
  return count;
};
const counted = (writes: readonly VendorWrite[]): Record<string, number> => {
  const count: Record<string, number> = {};
  for (const one of writes) count[JSON.stringify(one)] = (count[JSON.stringify(one)] ?? 0) + 1;
  return count;
};
const present = (count: Record<string, number>) => Object.fromEntries(Object.entries(count).filter(([, n]) => n > 0));

describe('the record of a step', () => {
  it('lists what was announced and not refuted, the act’s and the undo’s apart, in order', () => {
    fc.assert(
      fc.property(announcements, (notes) => {
        const { intended, revertIntended } = recordOf(notes);
        expect(counted(intended)).toEqual(present(listed(notes, 'intended', 'refuted')));
        expect(counted(revertIntended)).toEqual(present(listed(notes, 'undo_intended', 'undo_refuted')));
        const order = notes.filter((n) => n.kind === 'intended').map((n) => n.content);
        let from = 0;
        for (const one of intended) {
          from = order.findIndex((w, i) => i >= from && sameWrite(w, one)) + 1;
          expect(from).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('has each other note where it belongs', () => {
    const begun = { at: 'a' } as Begun;
    const result = { text: 'done' } as ActionResult;
    const released = { text: 'undone' } as ActionResult;
    const reverting = { at: 'r', allowedBy: ['k'] };
    expect(
      recordOf([
        { kind: 'begun', content: begun },
        { kind: 'finished', content: result },
        { kind: 'reverting', content: reverting },
        { kind: 'released', content: released },
      ]),
    ).toEqual({ begun, result, reverting, released, intended: [], revertIntended: [] });
  });

  it.each([{ platform: 'google' }, { operation: 'sessions.end' }, { targetId: 'U2' }] as const)(
    'takes a write for another that differs by %o',
    (change) => {
      const one: VendorWrite = { platform: 'slack', operation: 'users.deactivate', targetId: 'U1' };
      expect(sameWrite(one, { ...one })).toBe(true);
      expect(sameWrite(one, { ...one, ...change })).toBe(false);
    },
  );
});
