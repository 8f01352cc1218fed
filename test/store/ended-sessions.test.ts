import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { EndedSessions } from '../../store/ended-sessions.js';

const dirs: string[] = [];
const folder = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'quell-ended-'));
  dirs.push(dir);
  return join(dir, 'ended');
};
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

it('knows what was ended, in another process and after a restart too', async () => {
  const dir = folder();
  const session = { id: 'one', until: Date.now() + 60_000 };
  expect(await new EndedSessions(dir).has(session)).toBe(false);
  await new EndedSessions(dir).end(session);
  expect(await new EndedSessions(dir).has(session)).toBe(true);
  expect(await new EndedSessions(dir).has({ ...session, id: 'two' })).toBe(false);
});

it('keeps each until it would have ended by itself, and no more than it may', async () => {
  const dir = folder();
  let now = 1_000;
  const ended = new EndedSessions(dir, () => now, 2);
  await ended.end({ id: 'a', until: 2_000 });
  await ended.end({ id: 'b', until: 3_000 });
  await expect(ended.end({ id: 'c', until: 3_000 })).rejects.toMatchObject({ code: 'STORE' });
  now = 2_000;
  await ended.end({ id: 'c', until: 3_000 });
  expect(readdirSync(dir).sort()).toEqual(['3000.b', '3000.c']);
});

it('takes no id that leads elsewhere', async () => {
  await expect(new EndedSessions(folder()).has({ id: '/../../x', until: 1 })).rejects.toMatchObject({ code: 'STORE' });
});
