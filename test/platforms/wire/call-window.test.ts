import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { QuellError } from '../../../domain/errors.js';
import { CallWindow, WORTH_WAITING_MS } from '../../../platforms/wire/call-window.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

interface Asked {
  readonly at: number;
  /** When it went and reached the vendor, or that it was refused and told to come again after so many milliseconds. */
  outcome?: { readonly went: number; readonly arrived: number } | { readonly again: number; readonly refused: number };
}

/** @param travel milliseconds to the vendor, and the same back */
function ask(window: CallWindow, signal?: AbortSignal, travel = 0): Asked {
  const asked: Asked = { at: performance.now() };
  window.turn(signal).then(
    (answered) => {
      const sent = performance.now();
      asked.outcome = { went: sent, arrived: sent + travel };
      if (travel === 0) answered();
      else setTimeout(answered, 2 * travel);
    },
    (error: unknown) => {
      if (error instanceof QuellError)
        asked.outcome = { again: error.retryAfterMs ?? Number.NaN, refused: performance.now() };
    },
  );
  return asked;
}
const went = (all: readonly Asked[]): number[] =>
  all.flatMap(({ outcome }) => (outcome && 'went' in outcome ? [outcome.went] : []));
const arrived = (all: readonly Asked[]): number[] =>
  all.flatMap(({ outcome }) => (outcome && 'went' in outcome ? [outcome.arrived] : []));
const refused = (all: readonly Asked[]): number[] =>
  all.flatMap(({ outcome }) => (outcome && 'again' in outcome ? [outcome.again] : []));

/** No span of so many milliseconds, wherever it begins, holds more than so many. */
function mostIn(times: readonly number[], spanMs: number): number {
  return Math.max(0, ...times.map((from) => times.filter((t) => t >= from && t < from + spanMs).length));
}

describe('a window of calls', () => {
  it('lets the whole number go at once, and the next as soon as the first is old enough', async () => {
    const window = new CallWindow('audit', 3, 2);
    const asked = [1, 2, 3, 4].map(() => ask(window));
    await vi.advanceTimersByTimeAsync(1_999);
    expect(went(asked)).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(100);
    expect(went(asked)).toHaveLength(4);
  });

  it('refuses, before anything is sent, what would wait too long, and says when to come again', async () => {
    const window = new CallWindow('audit', 1, 60);
    (await window.turn())();
    await expect(window.turn()).rejects.toMatchObject({ code: 'VENDOR_BUSY', retryable: true });
    const second = ask(window);
    await vi.advanceTimersByTimeAsync(0);
    // One was told the next minute already, so this one is told the minute after.
    expect(second.outcome).toMatchObject({ again: expect.closeTo(120_000, -3) });
  });

  it('holds Retry-After for everybody: those who wait too, and those who come', async () => {
    const window = new CallWindow('audit', 2, 1);
    const asked = [1, 2, 3].map(() => ask(window));
    await vi.advanceTimersByTimeAsync(10);
    window.silence(30_000);
    asked.push(ask(window));
    await vi.advanceTimersByTimeAsync(10);
    expect(went(asked)).toHaveLength(2);
    expect(refused(asked)).toEqual([30_000, 30_000]);
    await vi.advanceTimersByTimeAsync(29_990);
    const after = ask(window);
    await vi.advanceTimersByTimeAsync(0);
    expect(after.outcome).toHaveProperty('went');
  });

  it('counts a call from when it can have reached the vendor: while it is not answered, for a second', async () => {
    const window = new CallWindow('risk', 1, 2);
    const answered = await window.turn();
    const next = ask(window);
    await vi.advanceTimersByTimeAsync(600);
    answered();
    await vi.advanceTimersByTimeAsync(1_990);
    expect(next.outcome).toBeUndefined();
    await vi.advanceTimersByTimeAsync(20);
    expect(next.outcome).toHaveProperty('went');

    const lost = new CallWindow('risk', 1, 2);
    await lost.turn();
    const other = ask(lost);
    await vi.advanceTimersByTimeAsync(2_990);
    expect(other.outcome).toBeUndefined();
    await vi.advanceTimersByTimeAsync(20);
    expect(other.outcome).toHaveProperty('went');
  });

  it('is silent for one span when the vendor gives no time', async () => {
    const window = new CallWindow('risk', 1, 1);
    window.silence();
    const asked = ask(window);
    await vi.advanceTimersByTimeAsync(999);
    expect(asked.outcome).toBeUndefined();
    await vi.advanceTimersByTimeAsync(100);
    expect(asked.outcome).toHaveProperty('went');
  });

  it('lets a caller leave while it waits, and the others move up', async () => {
    const window = new CallWindow('audit', 1, 2);
    const controller = new AbortController();
    (await window.turn())();
    const leaving = window.turn(controller.signal).catch((error: unknown) => error);
    const staying = ask(window);
    await vi.advanceTimersByTimeAsync(100);
    const reason = new Error('cancelled');
    controller.abort(reason);
    expect(await leaving).toBe(reason);
    await vi.advanceTimersByTimeAsync(2_100);
    expect(staying.outcome).toHaveProperty('went');
    await expect(window.turn(controller.signal)).rejects.toBe(reason);
  });

  it('keeps no process alive', async () => {
    vi.useRealTimers();
    const window = new CallWindow('audit', 1, 3);
    await window.turn();
    const timers = (): number => process.getActiveResourcesInfo().filter((r) => r === 'Timeout').length;
    const before = timers();
    const controller = new AbortController();
    const waiting = window.turn(controller.signal).catch(() => undefined);
    expect(timers()).toBe(before);
    controller.abort();
    await waiting;
  });

  const limit = fc.record({ calls: fc.integer({ min: 1, max: 20 }), seconds: fc.integer({ min: 1, max: 60 }) });
  const events = fc.array(
    fc.record({
      after: fc.integer({ min: 0, max: 4_000 }),
      what: fc.constantFrom('call', 'call', 'call', 'call', 'call', 'silence', 'leave'),
      ms: fc.integer({ min: 0, max: 20_000 }),
      travel: fc.integer({ min: 0, max: 1_000 }),
    }),
    { maxLength: 120 },
  );

  it('never exceeds the limit in any span, keeps every silence and the order of coming, and lets nobody wait long', async () => {
    await fc.assert(
      fc.asyncProperty(limit, events, async ({ calls, seconds }, all) => {
        const window = new CallWindow('any', calls, seconds);
        const asked: Asked[] = [];
        const leaving: AbortController[] = [];
        const left = new Set<Asked>();
        const silences: { from: number; until: number }[] = [];
        for (const { after, what, ms, travel } of all) {
          await vi.advanceTimersByTimeAsync(after);
          const at = performance.now();
          if (what === 'silence') {
            window.silence(ms);
            silences.push({ from: at, until: at + ms });
          } else if (what === 'leave') {
            leaving.at(-1)?.abort(new Error('left'));
            const last = asked.at(-1);
            if (last && !last.outcome) left.add(last);
          } else {
            const controller = new AbortController();
            leaving.push(controller);
            asked.push(ask(window, controller.signal, travel));
          }
        }
        await vi.advanceTimersByTimeAsync(WORTH_WAITING_MS + 3_000);

        const times = went(asked);
        expect(mostIn(arrived(asked), seconds * 1_000)).toBeLessThanOrEqual(calls);
        for (const { from, until } of silences) expect(times.filter((t) => t > from && t < until)).toEqual([]);
        expect(times).toEqual([...times].sort((a, b) => a - b));
        for (const one of asked) {
          if (left.has(one)) continue;
          expect(one.outcome).toBeDefined();
          if (one.outcome && 'went' in one.outcome)
            expect(one.outcome.went - one.at).toBeLessThanOrEqual(WORTH_WAITING_MS + 1_100);
          else if (one.outcome) expect(one.outcome.again).toBeGreaterThan(0);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('starves nobody: whoever comes again when told gets through, and the limit is used up', async () => {
    await fc.assert(
      fc.asyncProperty(limit, fc.integer({ min: 1, max: 60 }), async ({ calls, seconds }, callers) => {
        const window = new CallWindow('any', calls, seconds);
        const times: number[] = [];
        const from = performance.now();
        const done = Array.from({ length: callers }, async () => {
          for (let tries = 1; ; tries++) {
            try {
              (await window.turn())();
              times.push(performance.now());
              return tries;
            } catch (error) {
              await new Promise((resolve) => setTimeout(resolve, (error as QuellError).retryAfterMs));
            }
          }
        });
        await vi.advanceTimersByTimeAsync(callers * (seconds + 1) * 1_000);
        const tries = await Promise.all(done);
        expect(Math.max(...tries)).toBeLessThanOrEqual(3);
        // As many spans as the limit needs, and a second for each time that calls under way were told of.
        const spans = Math.ceil(callers / calls) - 1;
        expect(Math.max(...times) - from).toBeLessThanOrEqual(spans * seconds * 1_000 + 3 * 1_100);
      }),
      { numRuns: 60 },
    );
  });
});
