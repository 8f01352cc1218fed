import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { raiseAlerts } from '../../cli/demo/alerts.js';
import type { House } from '../../cli/demo/house.js';
import { PlayedPeople } from '../../cli/demo/people.js';
import { playToEnd } from '../../cli/demo/play.js';
import { differences } from '../../cli/demo/promise.js';
import { Watch } from '../../cli/demo/watch.js';
import type { CaseState } from '../../domain/case.js';
import type { Scenario } from '../../simulator/core/scenario.js';
import type { ReceivedMessage } from '../../simulator/core/server.js';
import { houseOn, withState } from '../support/house.js';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const SCENARIO = 'slack-takeover';
/** People have hours: none of their waits may end while the house is down. */
const PACE = { lag: 1200, people: 2 };

/** The people of the scenario answer and approve, and leave their tasks. */
const leavingTasks = (scenario: Scenario): Scenario => ({ ...scenario, plays: { ...scenario.plays, tasks: 'late' } });

/** The plans have acted, and the case goes no further without people. */
const waitsForTasks = (state: CaseState): boolean =>
  state.stage === 'disclosure' &&
  state.tasks.some((t) => t.kind === 'significance' && t.status === 'open') &&
  state.plans.some((p) => p.purpose === 'containment') &&
  state.plans.every((p) => p.status === 'holding');

async function untilTasks(house: House): Promise<CaseState> {
  const watch = new Watch(house.client, () => undefined);
  const people = new PlayedPeople(house.scenario, house.client, house.files.vault, house.messagesTo, () => undefined);
  for (;;) {
    const [state] = await watch.look();
    if (state && waitsForTasks(state)) return state;
    if (state) await people.act(state);
    await sleep(500);
  }
}

const mailboxesOf = (house: House): readonly (readonly ReceivedMessage[])[] =>
  Object.keys(house.scenario.people).map((person) => house.messagesTo(person));
const tenantsOf = async (house: House): Promise<unknown> => ({
  journal: house.world.journal,
  subject: await Promise.all(['slack', 'microsoft'].map((p) => house.inspect(p, `@${house.scenario.subject}`))),
});

test('a house that was stopped in the middle of a case goes on with it to the promised end', async () => {
  await withState(async (state) => {
    const before = await houseOn(state, { scenario: SCENARIO, pace: PACE, change: leavingTasks }, async (house) => {
      expect(house.resumed).toBe(false);
      await raiseAlerts(house, () => undefined);
      const open = await untilTasks(house);
      expect(await house.inspect('slack', `@${house.scenario.subject}`)).toMatchObject({ active: false });
      return { open, tenants: await tenantsOf(house), mailboxes: mailboxesOf(house) };
    });

    await houseOn(state, { scenario: SCENARIO, pace: PACE }, async (house) => {
      expect(house.resumed).toBe(true);
      expect(await tenantsOf(house)).toEqual(before.tenants);
      // The case goes on at once, and may have written more by now.
      const mailboxes = mailboxesOf(house).map((mails, n) => mails.slice(0, before.mailboxes[n]?.length));
      expect(mailboxes).toEqual(before.mailboxes);
      expect(before.mailboxes.flat().length).toBeGreaterThan(0);
      expect(house.world.journal.length).toBeGreaterThan(0);
      const [now, ...others] = await new Watch(house.client, () => undefined).look();
      expect(others).toEqual([]);
      const { caseId, openedAt, stage, timeline, plans } = before.open;
      expect(now).toMatchObject({ caseId, openedAt, stage, plans: plans.map(({ planId }) => ({ planId })) });
      expect(now?.timeline.slice(0, timeline.length)).toEqual(timeline);

      const run = await playToEnd(house);
      expect(await differences(house.scenario.promise, run.outcome)).toEqual([]);
    });
  });
});

interface Started {
  readonly output: () => string;
  readonly code: Promise<number | null>;
  until(text: string): Promise<void>;
  interrupt(): void;
}

/** `npm start`, without its set-up, as a terminal has it: a Ctrl-C goes to the whole group. */
function start(state: string, ...args: readonly string[]): Started {
  const child = spawn(process.execPath, ['--import', 'tsx', join(ROOT, 'cli/demo/main.ts'), ...args], {
    cwd: ROOT,
    env: { ...process.env, QUELL_STATE: state, NO_COLOR: '1', FORCE_COLOR: undefined, TEMPORAL_ADDRESS: undefined },
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let ended = false;
  void code.then(() => (ended = true));
  return {
    output: () => output,
    code,
    until: async (text) => {
      while (!output.includes(text)) {
        if (ended) throw new Error(`ended without saying "${text}":\n${output}`);
        await sleep(100);
      }
    },
    interrupt: () => void process.kill(-(child.pid ?? 0), 'SIGINT'),
  };
}

/** Process ids of all workers that a folder ever had, from their logs. */
function workersOf(state: string): readonly number[] {
  const logs = readdirSync(join(state, 'logs')).map((name) => readFileSync(join(state, 'logs', name), 'utf8'));
  return [...new Set(logs.flatMap((text) => [...text.matchAll(/"pid":(\d+)/g)].map((m) => Number(m[1]))))];
}
const serverNote = (state: string): string => join(state, 'temporal', 'temporal.db.pid');

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('Ctrl-C stops all of it at any time, and the next start tells the case so far and where it waits', async () => {
  await withState(async (state) => {
    const early = start(state);
    await early.until('starting workers');
    early.interrupt();
    expect(await early.code).toBe(130);
    expect(early.output()).not.toMatch(/^ +at /m);
    expect(workersOf(state).filter(isAlive)).toEqual([]);
    expect(existsSync(serverNote(state))).toBe(false);

    // Nothing was raised yet, so it is now.
    const first = start(state);
    await first.until('waits for the subject');
    expect(first.output()).toMatch(/Console +http:\/\/127\.0\.0\.1:\d+ +sign in as/);
    expect(first.output()).toMatch(/Temporal UI +http:\/\/127\.0\.0\.1:\d+/);
    expect(first.output()).toContain('Alert raised at the intake');
    const link = /http:\/\/\S+\/answers\/\S+/.exec(first.output())?.[0];
    const processes = [...workersOf(state), Number(readFileSync(serverNote(state), 'utf8'))];
    expect(processes.filter(isAlive)).toHaveLength(9);

    const second = start(state);
    expect(await second.code).toBe(1);
    expect(second.output()).toContain('belongs to a demo that runs');

    first.interrupt();
    first.interrupt();
    expect(await first.code).toBe(0);
    expect(first.output()).not.toMatch(/^ +at /m);
    expect(processes.filter(isAlive)).toEqual([]);

    const third = start(state);
    await third.until('waits for the subject');
    const told = third.output();
    expect(told).toContain('Going on with the run');
    expect(told).not.toContain('Alert raised');
    expect(told).toContain('Opened by 1 alert(s)');
    expect(link).toBeDefined();
    expect(told).toContain(link);
    third.interrupt();
    expect(await third.code).toBe(0);
    expect(workersOf(state).filter(isAlive)).toEqual([]);
  });
});
