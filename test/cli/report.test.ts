import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { registerReport } from '../../cli/report.js';
import { CaseVault, fileKeys, folderStorage } from '../../store/case-vault.js';
import { CaseWriter } from '../../store/cases/case-writer.js';
import { generateDemoKeys, handOutKeys } from '../../store/demo-keys.js';
import { KeyRing } from '../../store/key-ring.js';
import { openStorage } from '../../store/storage-settings.js';
import { query } from '../../store/postgres/connection.js';
import { NOW, summary } from '../store/cases/support.js';
import { useDatabase } from '../support/database.js';

const database = useDatabase();
let root = '';
let said = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'quell-report-'));
  said = '';
  generateDemoKeys(join(root, 'keys'));
  handOutKeys(join(root, 'keys'), 'console', join(root, 'roles', 'console', 'keys'));
  for (const [name, value] of Object.entries({ ...database.env('console'), QUELL_STATE: root }))
    vi.stubEnv(name, value);
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

async function quell(...args: readonly string[]): Promise<void> {
  const program = new Command().exitOverride();
  registerReport(program);
  await program.parseAsync(['report', ...args], { from: 'user' });
}

/** A closed case whose report the records role has written. */
async function reported(storage = folderStorage(root)): Promise<string> {
  const keys = KeyRing.read({ dir: join(root, 'keys') });
  const writer = new CaseVault(storage, fileKeys(keys, 'records')).writer('reports');
  const html = await writer.writeBytes('case-s-1', 'report-html', Buffer.from('<h1>Ada</h1>'));
  const json = await writer.writeBytes('case-s-1', 'report-json', Buffer.from('{"name":"Ada"}\n'));
  const report = { html: html.key, json: json.key, sha256: json.sha256 };
  await new CaseWriter(database.as('records')).put(summary('s-1', 1, { stage: 'closed', report }), NOW);
  return 'case-s-1';
}

it('prints the report, or writes it out for its owner alone, and each time the audit log knows', async () => {
  const caseId = await reported();
  await quell(caseId);
  expect(said).toBe('{"name":"Ada"}\n');
  const [html, json] = [join(root, 'a.html'), join(root, 'a.json')];
  await quell(caseId, '--html', html, '--json', json, '--as', 'p-ann');
  expect([readFileSync(html, 'utf8'), readFileSync(json, 'utf8')]).toEqual(['<h1>Ada</h1>', '{"name":"Ada"}\n']);
  expect([html, json].map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o600]);
  const { rows } = await query<{ entry: object }>(database.pool, 'SELECT entry FROM audit_entries');
  expect(rows.map(({ entry }) => entry)).toMatchObject(
    ['cli', 'p-ann'].map((as) => ({ kind: 'report.read', by: 'console', caseId, data: { as } })),
  );
});

it('reads it where the configuration keeps files of cases', async () => {
  const storage = { files: { folder: 'elsewhere/files' }, keys: { folder: 'elsewhere/keys' } };
  const config = {
    ...{ profile: 'production', organisation: { domain: 'example.com', name: 'Example Ltd' }, storage },
    tenants: [{ platform: 'slack', tenant: 'main', teamIds: ['T1'] }],
    addresses: {
      ...{ intake: 'https://quell.example.com', console: 'https://quell.example.com' },
      listen: { intake: '127.0.0.1:8080', console: '127.0.0.1:8081' },
    },
    consoleAuth: { type: 'proxy', header: 'x-user', secretHeader: 'x-proxy-secret' },
  };
  writeFileSync(join(root, 'quell.yaml'), stringify(config));
  const caseId = await reported(openStorage(root, root, storage));
  await quell(caseId);
  expect(said).toBe('{"name":"Ada"}\n');
});

it('says that there is none, of an open case too', async () => {
  await new CaseWriter(database.as('records')).put(summary('s-2', 2, { stage: 'triage' }), NOW);
  for (const caseId of ['case-s-2', 'case-s-3'])
    await expect(quell(caseId)).rejects.toMatchObject({ code: 'STORE_GONE' });
});
