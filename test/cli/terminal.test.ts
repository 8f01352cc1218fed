import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Client } from '@temporalio/client';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { registerAlerts } from '../../cli/alerts.js';
import { registerCases } from '../../cli/cases.js';
import { Watch } from '../../cli/demo/watch.js';
import { complain, linesOf, paint, print } from '../../cli/terminal.js';
import type { CaseState } from '../../domain/case.js';
import type { CasePolicy } from '../../domain/policy.js';
import { caseState, PLAN } from '../gateway/support/played-case.js';
import { testKeys } from '../store/support.js';
import { useDatabase } from '../support/database.js';
import { ACTS, HOSTILE } from '../support/hostile.js';
import { message, readerOf, taken, writerOf } from '../support/inbox.js';

const database = useDatabase();
const ROOT = resolve(import.meta.dirname, '../..');
const ESCAPED = HOSTILE.replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

// Colours are decided when they are loaded.
vi.hoisted(() => {
  process.env['FORCE_COLOR'] = '1';
});

/** A case whose every free text is hostile. */
const state: CaseState = {
  ...caseState({} as CasePolicy),
  timeline: [{ at: '2026-03-01T11:00:00.000Z', stage: 'intake', text: HOSTILE }],
};
state.tasks = state.tasks.map((task) => ({ ...task, text: HOSTILE }));
if (state.escalation)
  state.escalation = { ...state.escalation, reasons: [{ code: 'pattern', text: HOSTILE, playbook: '' }] };

vi.mock('../../gateway/case-client.js', async (original) => ({
  ...(await original<object>()),
  connect: () => Promise.resolve({ connection: { close: () => Promise.resolve() } }),
  viewCase: () => Promise.resolve(state),
  viewContainment: () =>
    Promise.resolve({ plan: { body: { ...PLAN, actions: PLAN.actions.map((a) => ({ ...a, reason: HOSTILE })) } } }),
}));

let said = '';
let folder = '';
beforeEach(() => {
  said = '';
  folder = mkdtempSync(join(tmpdir(), 'quell-terminal-'));
  vi.stubEnv('QUELL_STATE', folder);
  vi.stubEnv('QUELL_KEYS', folder);
  vi.stubEnv('QUELL_KEY_PAYLOAD', Buffer.alloc(32, 1).toString('base64url'));
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      said += String(text);
      return true;
    });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

async function quell(register: (program: Command) => void, ...args: readonly string[]): Promise<void> {
  const program = new Command();
  register(program);
  await program.parseAsync(args, { from: 'user' });
}

describe('what is printed', () => {
  it.each([print, complain])('is one line for each argument, and acts on no terminal', (say) => {
    say(HOSTILE, 'next');
    expect(said).toBe(`${ESCAPED}\nnext\n`);
  });

  it('keeps colours of our own, and none that a text brings', () => {
    print(`${paint.red(HOSTILE)} ${paint.bold('ours')} \u001b[32mtheirs\u001b[39m`);
    expect(said).toBe(`\u001b[31m${ESCAPED}\u001b[39m \u001b[1mours\u001b[22m \\u001b[32mtheirs\\u001b[39m\n`);
  });

  it('is JSON that means the same', () => {
    print(...linesOf(JSON.stringify({ name: HOSTILE }, undefined, 2)));
    expect(said).not.toMatch(ACTS);
    expect(JSON.parse(said)).toEqual({ name: HOSTILE });
  });
});

describe('a command', () => {
  it('shows a case with hostile texts, line by line', async () => {
    await quell(registerCases, 'show', state.caseId);
    expect(said).not.toMatch(ACTS);
    expect(said).not.toMatch(/^(2026-01-01 forged|next)/m);
    // Two tasks and what is waited for because of them, one reason, one entry of the timeline, two steps.
    expect(said.split(ESCAPED).length - 1).toBe(8);
  });

  it('shows it as JSON', async () => {
    await quell(registerCases, 'show', state.caseId, '--json');
    expect(said).not.toMatch(ACTS);
    expect((JSON.parse(said) as CaseState).timeline).toEqual(state.timeline);
  });

  it('lists dead letters, each in a line of its own', async () => {
    const keys = testKeys();
    for (const [name, value] of Object.entries(database.env('console'))) vi.stubEnv(name, value);
    const { seq } = await writerOf(database, keys).append(message(1, { source: HOSTILE }));
    const reader = readerOf(database, keys);
    await taken(reader);
    await reader.settle([{ seq, status: 'dead_letter', text: `ALERT_FORMAT: ${HOSTILE}` }]);
    await quell(registerAlerts, 'alert', 'dead-letters');
    expect(said).not.toMatch(ACTS);
    expect(said.trimEnd().split('\n')).toHaveLength(1);
  });

  it('names what is wrong in a file or on its own command line, and acts on no terminal', () => {
    const config = join(folder, 'hostile.yaml');
    writeFileSync(config, JSON.stringify({ [`k${HOSTILE}`]: 1, profile: HOSTILE }));
    const run = (...args: readonly string[]): string => {
      const child = spawnSync(process.execPath, ['bin/quell.mjs', ...args], { cwd: ROOT, encoding: 'utf8' });
      expect(child.status).not.toBe(0);
      return child.stdout + child.stderr;
    };
    for (const text of [
      run('check', '--config', config),
      run('manifest', 'slack', '--config', config),
      run(HOSTILE),
      run('alert', 'send', join(folder, HOSTILE.replaceAll('/', ''))),
    ]) {
      expect(text).toContain('\\u001b[2J');
      expect(text).not.toMatch(ACTS);
    }
  });
});

describe('the demo', () => {
  it('tells a timeline whose texts are hostile, in lines of its own', async () => {
    const client = {
      workflow: {
        list: async function* () {
          yield { workflowId: state.caseId, runId: 'r' };
        },
        getHandle: () => ({ query: () => Promise.resolve(state) }),
      },
    } as unknown as Client;
    await new Watch(client, print).look();
    expect(said).toContain(ESCAPED);
    expect(said.replaceAll(/\u001b\[\d+m/g, '')).not.toMatch(ACTS);
    expect(said.trimEnd().split('\n')).toHaveLength(1);
  });
});
