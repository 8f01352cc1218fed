import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { registerAlerts } from '../../cli/alerts.js';
import type { InboxReader } from '../../store/inbox/reader.js';
import { testKeys } from '../store/support.js';
import { useDatabase } from '../support/database.js';
import { emptyInbox, message, readerOf, seqs, taken, writerOf } from '../support/inbox.js';

const database = useDatabase();
const keys = testKeys();
let state = '';
let said = '';
beforeEach(async () => {
  await emptyInbox(database);
  for (const [name, value] of Object.entries(database.env('console'))) vi.stubEnv(name, value);
  state = mkdtempSync(join(tmpdir(), 'quell-cli-'));
  said = '';
  vi.stubEnv('QUELL_STATE', state);
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(state, { recursive: true, force: true });
});

async function quell(...args: readonly string[]): Promise<string> {
  said = '';
  const program = new Command();
  registerAlerts(program);
  await program.parseAsync(['alert', ...args], { from: 'user' });
  return said;
}

/** Two authentic alerts that became no case. */
async function letters(): Promise<InboxReader> {
  const writer = writerOf(database, keys);
  for (const i of [1, 2]) await writer.append(message(i));
  const reader = readerOf(database, keys);
  await taken(reader);
  await reader.settle([
    { seq: 1, status: 'dead_letter', text: 'ALERT_NO_SUBJECT: names nobody' },
    { seq: 2, status: 'dead_letter', text: 'ALERT_FORMAT: has no identity' },
  ]);
  return reader;
}

describe('quell alert dead-letters', () => {
  it('lists each with its reason, and says how one that names nobody gets its person', async () => {
    await letters();
    const text = await quell('dead-letters');
    expect(text).toMatch(/1 .*siem .*ALERT_NO_SUBJECT/);
    expect(text).toMatch(/2 .*siem .*ALERT_FORMAT/);
    expect(text).toMatch(/^1: nobody .*mail address.*\/dead-letters\/1\)/m);
  });

  it('asks for one to be delivered again, and refuses what is no number of one', async () => {
    const reader = await letters();
    expect(await quell('dead-letters', '--resend', '2')).toContain('2 waits for the console');
    await expect(quell('dead-letters', '--resend', 'two')).rejects.toMatchObject({ code: 'STORE_GONE' });
    await expect(quell('dead-letters', '--resend', '7')).rejects.toMatchObject({ code: 'STORE_GONE' });
    expect(seqs(await taken(reader))).toEqual([2]);
    expect(await quell('dead-letters')).not.toContain('ALERT_FORMAT');
  });

  it('says so when there is none', async () => {
    expect(await quell('dead-letters')).toBe('none\n');
  });
});

describe('quell alert explain', () => {
  const formats = fileURLToPath(new URL('../../gateway/alerts/', import.meta.url));
  const file = (body: object): string => {
    const path = join(state, 'alert.json');
    writeFileSync(path, JSON.stringify(body));
    return path;
  };
  afterEach(() => {
    process.exitCode = undefined;
  });
  it('shows what would be read and from where, and that it would be accepted', async () => {
    const text = await quell('explain', `${formats}splunk/sample.json`);
    expect(text).toContain('format splunk (found by its shape), 1 alert');
    expect(text).toContain('would be accepted');
    expect(text).toMatch(/person +dana\.weiss@example\.com {2}<- result\.user\n/);
    expect(text).toMatch(/severity +high {2}<- result\.severity\n/);
    // One a line, under what holds it.
    expect(text).toMatch(/\n {2}looked for and not found:\n {4}result\n(?: {6}\w+\n)* {6}src_user\n/);
    expect(text).toMatch(/\n {4}result\.actor\n {6}email\n/);
    expect(process.exitCode).toBeUndefined();
  });
  it('reads a file of lines, each an alert', async () => {
    const path = join(state, 'alert.log');
    const line = (id: number): string =>
      `CEF:0|Example|Detector|1|7|Bulk reads|8|externalId=${String(id)} suser=dana@example.com`;
    writeFileSync(path, `${line(1)}\n${line(2)}\n`);
    const text = await quell('explain', path);
    expect(text).toContain('format cef (found by its shape), 2 alerts');
    expect(text).toMatch(/person +dana@example\.com {2}<- line\.suser\n/);
    expect(process.exitCode).toBeUndefined();
  });
  it('reads by a mapping file', async () => {
    const text = await quell('explain', `${formats}mapping/sample.json`, '--mapping', `${formats}mapping/sample.yaml`);
    expect(text).toMatch(/platform +microsoft {2}<- channel\n/);
    expect(process.exitCode).toBeUndefined();
  });
  it.each([
    [
      'names nobody',
      { sid: 's', results_link: 'x', result: { Sender: 'dana@example.com' } },
      [],
      'fields that hold a mail address: result.Sender',
    ],
    [
      'is of another format than was said',
      { id: 'x', subjects: [{ email: 'a@example.com' }] },
      ['--format', 'panther'],
      'it looks like quell',
    ],
    [
      'is one in part',
      [
        { id: 'x', subjects: [{ email: 'a@example.com' }] },
        { id: 'y', subjects: [] },
      ],
      [],
      'would be refused',
    ],
    [
      'is no alert',
      { 'kibana.alert.uuid': 'u', 'kibana.alert.building_block_type': 'default' },
      [],
      'asks for nothing',
    ],
  ])('ends with 1 for what %s', async (_, body, more, words) => {
    expect(await quell('explain', file(body), ...more)).toContain(words);
    expect(process.exitCode).toBe(1);
  });
  it('refuses a file of no format, and a format that there is not', async () => {
    await expect(quell('explain', file({ a: 1 }))).rejects.toMatchObject({ code: 'ALERT_FORMAT' });
    await expect(quell('explain', file({ a: 1 }), '--format', 'x')).rejects.toMatchObject({ code: 'ALERT_FORMAT' });
  });
});
