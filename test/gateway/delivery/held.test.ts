import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Held } from '../../../gateway/delivery/held.js';
import { NewCaseCap } from '../../../gateway/delivery/new-case-cap.js';

describe('messages that are held', () => {
  it('for a retry wait longer with each failure, and a success begins anew', () => {
    let now = 0;
    const held = new Held(() => now);
    const cap = new NewCaseCap(new Map(), () => now);
    const waited: number[] = [];
    for (let i = 0; i < 10; i++) {
      held.failed('case-1');
      held.forRetry(1, 'siem', 'case-1');
      const from = now;
      for (; held.has(1); now += 50) held.release(cap);
      waited.push(now - from);
    }
    expect(waited).toEqual([...waited].sort((a, b) => a - b));
    expect(waited[0]).toBeLessThan(1_000);
    expect(waited.at(-1)).toBeGreaterThanOrEqual(30_000);
    held.succeeded('case-1');
    held.failed('case-1');
    held.forRetry(1, 'siem', 'case-1');
    now += 1_000;
    held.release(cap);
    expect(held.has(1)).toBe(false);
  });

  it('for room are let go oldest first, no more cases than there is room for, and in the end all', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 3 }), {
          minLength: 1,
          maxLength: 30,
        }),
        (bound, messages) => {
          let now = 0;
          const cap = new NewCaseCap(new Map([['siem', bound]]), () => now);
          const held = new Held(() => now);
          const open = new Set<string>();
          const told = new Set<string>();
          const all = messages.flatMap((cases, seq) => cases.map((c) => `${seq}:case-${c}`));
          let waiting = messages.map((cases, seq) => ({ seq, caseIds: cases.map((c) => `case-${c}`) }));
          for (let minute = 0; waiting.length > 0; minute++) {
            expect(minute).toBeLessThan(20);
            const openedBefore = open.size;
            held.release(cap);
            for (const { seq, caseIds } of waiting.filter((m) => !held.has(m.seq))) {
              const closed = caseIds.filter((c) => !open.has(c) && !cap.mayOpen('siem', c));
              for (const c of caseIds.filter((x) => !closed.includes(x))) {
                open.add(c);
                told.add(`${seq}:${c}`);
              }
              if (closed.length > 0) held.forRoom(seq, 'siem', closed);
            }
            expect(open.size - openedBefore).toBeLessThanOrEqual(bound);
            waiting = waiting.filter((m) => held.has(m.seq));
            now += 61_000;
          }
          expect(told).toEqual(new Set(all));
        },
      ),
    );
  });

  it('of one source do not stand in the way of another', () => {
    const cap = new NewCaseCap(
      new Map([
        ['loud', 1],
        ['quiet', 1],
      ]),
      () => 0,
    );
    const held = new Held(() => 0);
    expect(cap.mayOpen('loud', 'case-1')).toBe(true);
    for (let seq = 1; seq < 100; seq++) held.forRoom(seq, 'loud', [`case-${seq + 1}`]);
    held.forRoom(100, 'quiet', ['case-q']);
    held.release(cap);
    expect([held.has(1), held.has(99), held.has(100)]).toEqual([true, true, false]);
    expect(held.view()).toHaveLength(99);
  });
});
