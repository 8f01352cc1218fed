import { expect, it } from 'vitest';
import { neverBack } from '../../workers/never-back.js';
import { testSessions } from '../gateway/support/played-console.js';

const HOUR = 3_600_000;

it('gives the time, and stands still while the clock is behind', () => {
  let time = 0;
  const clock = neverBack(() => new Date(time));
  const shown = [5, 7, 3, 6, 8].map((t) => {
    time = t;
    return clock().getTime();
  });
  expect(shown).toEqual([5, 7, 7, 7, 8]);
});

it('does not let a session that was over begin again when the clock is set back', async () => {
  let time = Date.parse('2026-03-02T10:00:00.000Z');
  const clock = neverBack(() => new Date(time));
  const sessions = testSessions(0, () => clock().getTime());
  const cookie = sessions.open('p-1');
  time += 8 * HOUR - 1;
  expect((await sessions.read(cookie))?.personId).toBe('p-1');
  time += 1;
  expect(await sessions.read(cookie)).toBeUndefined();
  time -= HOUR;
  expect(await sessions.read(cookie)).toBeUndefined();
});
