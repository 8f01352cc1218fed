import type { Client } from '@temporalio/client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CaseVault, fileKeys, folderStorage } from '../../store/case-vault.js';
import { NOW, summary } from '../store/cases/support.js';
import { standing, type Standing } from './support/standing.js';

let s: Standing;
beforeEach(async () => {
  s = await standing(Object.create(null) as Client);
});
afterEach(() => s.close());

/** As the console finds it whose case names this file. */
async function read(html: string): Promise<string | undefined> {
  await s.index.put(summary('s-1', 1, { report: { html, json: 'x.json', sha256: '' } }), NOW);
  return await s.ports.report('case-s-1');
}
const write = async (caseId: string): Promise<string> => {
  const vault = new CaseVault(folderStorage(s.paths.root), fileKeys(s.keys, 'records'));
  return (await vault.writer('reports').writeBytes(caseId, 'report-html', Buffer.from('<h1>'))).key;
};

it('reads reports', async () => {
  expect(await read(await write('case-s-1'))).toBe('<h1>');
});

it('reads no report of another case, and nothing that is none', async () => {
  const other = await write('case-s-2');
  await expect(read(other)).rejects.toMatchObject({ code: 'STORE_GONE' });
  for (const key of ['../secret.html', `../case-s-2/${other}`, '/etc/hostname', '', '.', 'report.html'])
    await expect(read(key), key).rejects.toMatchObject({ code: 'STORE_TAMPERED' });
});
