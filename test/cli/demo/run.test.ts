import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DemoRun, scenarioOf } from '../../../cli/demo/run.js';

let state: string;
const open: DemoRun[] = [];
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'quell-run-'));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((run) => run.close()));
  rmSync(state, { recursive: true, force: true });
});

async function start(scenario: string, fresh = false): Promise<DemoRun> {
  const run = await DemoRun.open(state, scenario, fresh);
  open.push(run);
  return run;
}

function listen(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)));
}

it('goes on as it began: same start, same addresses, alerts raised once', async () => {
  expect(scenarioOf(state)).toBeUndefined();
  const first = await start('slack-takeover');
  expect(first).toMatchObject({ resumed: false, alerted: false, moved: [] });
  expect(new Set(Object.values(first.ports)).size).toBe(7);
  first.noteAlerted();
  await first.close();
  expect(scenarioOf(state)).toBe('slack-takeover');
  const second = await start('slack-takeover');
  expect(second).toMatchObject({ resumed: true, alerted: true, id: first.id, startedAt: first.startedAt });
  // Somebody else may have taken a port in between; what stayed free is the same.
  for (const [name, port] of Object.entries(first.ports) as [keyof typeof first.ports, number][])
    if (!second.moved.includes(name)) expect(second.ports[name]).toBe(port);
});

it('moves to another port where somebody has its own, and says which', async () => {
  const first = await start('slack-takeover');
  await first.close();
  const squatter = await listen(first.ports.console);
  try {
    const second = await start('slack-takeover');
    expect(second.moved).toContain('console');
    expect(second.ports.console).not.toBe(first.ports.console);
  } finally {
    await new Promise((closed) => squatter.close(closed));
  }
});

it.each([
  ['another scenario', 'teams-insider', false],
  ['a fresh start', 'slack-takeover', true],
])('is set aside by %s, whole, and can be gone on with there', async (_, scenario, fresh) => {
  const first = await start('slack-takeover');
  first.noteAlerted();
  writeFileSync(join(state, 'console-password'), 'secret');
  await first.close();
  const second = await start(scenario, fresh);
  expect(second).toMatchObject({ resumed: false, alerted: false });
  expect(second.id).not.toBe(first.id);
  expect(existsSync(join(state, 'console-password'))).toBe(false);
  const aside = second.setAside ?? '';
  expect(readFileSync(join(aside, 'console-password'), 'utf8')).toBe('secret');
  const again = await DemoRun.open(aside, 'slack-takeover');
  open.push(again);
  expect(again).toMatchObject({ resumed: true, alerted: true, id: first.id });
});

it('has its folder alone', async () => {
  await start('slack-takeover');
  await expect(DemoRun.open(state, 'slack-takeover')).rejects.toMatchObject({ code: 'STORE' });
});

it('refuses a note that it cannot read, and lets go of the folder', async () => {
  writeFileSync(join(state, 'demo.json'), '{"scenario":');
  await expect(DemoRun.open(state, 'slack-takeover')).rejects.toMatchObject({ code: 'STORE' });
  rmSync(join(state, 'demo.json'));
  expect(await start('slack-takeover')).toMatchObject({ resumed: false });
});
