import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { registerAlerts } from '../../cli/alerts.js';
import { InboxReader, InboxWriter } from '../../store/inbox.js';
import { statePaths } from '../../store/state-paths.js';
import { testKeys } from '../store/support.js';

const keys = testKeys();
let state = '';
let said = '';
beforeEach(() => {
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

async function waiting(reader: InboxReader): Promise<readonly number[]> {
  const found: number[] = [];
  for await (const { seq } of reader.pending()) found.push(seq);
  return found;
}

/** Two authentic alerts that became no case. */
async function letters(): Promise<InboxReader> {
  const { inbox } = statePaths(state);
  const writer = await InboxWriter.open(inbox, keys.sealing('inbox'));
  for (const id of ['one', 'two'])
    await writer.append({
      kind: 'alert',
      source: 'siem',
      dedupeKey: id,
      receivedAt: '2026-03-02T09:00:00.000Z',
      contentType: 'application/json',
      body: Buffer.from(id),
    });
  await writer.close();
  const reader = await InboxReader.open(inbox, keys.opening('inbox'));
  await waiting(reader);
  await reader.deadLetter(1, 'ALERT_NO_SUBJECT: names nobody');
  await reader.deadLetter(2, 'ALERT_FORMAT: has no identity');
  return reader;
}

describe('quell alert dead-letters', () => {
  it('lists each with its reason, and says how one that names nobody gets its person', async () => {
    const reader = await letters();
    const text = await quell('dead-letters');
    expect(text).toMatch(/1 .*siem .*ALERT_NO_SUBJECT/);
    expect(text).toMatch(/2 .*siem .*ALERT_FORMAT/);
    expect(text).toMatch(/^1: nobody .*mail address.*\/dead-letters\/1\)/m);
    await reader.close();
  });

  it('asks for one to be delivered again, and refuses what is no number of one', async () => {
    const reader = await letters();
    expect(await quell('dead-letters', '--resend', '2')).toContain('2 is delivered again');
    await expect(quell('dead-letters', '--resend', 'two')).rejects.toMatchObject({ code: 'STORE_GONE' });
    await expect(quell('dead-letters', '--resend', '7')).rejects.toMatchObject({ code: 'STORE_GONE' });
    expect(await waiting(reader)).toEqual([2]);
    expect(await quell('dead-letters')).not.toContain('ALERT_FORMAT');
    await reader.close();
  });

  it('says so when there is none', async () => {
    expect(await quell('dead-letters')).toBe('none\n');
  });
});
