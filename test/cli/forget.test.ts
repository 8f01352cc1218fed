import { Command } from 'commander';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import * as context from '../../cli/context.js';
import { registerForget } from '../../cli/forget.js';
import type { ForgetDecision } from '../../domain/decision.js';
import { CaseWriter } from '../../store/cases/case-writer.js';
import { forgetRows } from '../../store/forgetting/case-rows.js';
import { CaseHolds } from '../../store/forgetting/holds.js';
import * as keyRing from '../../store/key-ring.js';
import { query } from '../../store/postgres/connection.js';
import * as signing from '../../store/signing.js';
import { NOW, summary } from '../store/cases/support.js';
import { useDatabase } from '../support/database.js';

vi.mock('../../cli/context.js', { spy: true });
vi.mock('../../store/key-ring.js', { spy: true });
vi.mock('../../store/signing.js', { spy: true });

const database = useDatabase();
let said = '';
beforeEach(async () => {
  for (const [name, value] of Object.entries(database.env('console'))) vi.stubEnv(name, value);
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
  await query(database.pool, 'TRUNCATE cases, subjects, subject_aliases, case_holds');
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

async function quell(...args: readonly string[]): Promise<string> {
  said = '';
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  registerForget(program);
  await program.parseAsync(['forget', ...args], { from: 'user' });
  return said;
}
const put = (...args: Parameters<typeof summary>) => new CaseWriter(database.as('records')).put(summary(...args), NOW);

it('says what an erasure would take and what keeps it, and does nothing', async () => {
  await put('s-a', 1, { stage: 'closed' });
  await put('s-b', 2, { stage: 'closed' });
  const gone = { caseId: 'case-s-a', closedAt: NOW };
  const one = await quell('case-s-a');
  expect(one).toContain('case-s-a  evidence and dossier');
  expect(one).toContain('would be erased');
  expect(one).not.toContain('case-s-b');
  await forgetRows(database.as('records'), gone, ['evidence']);
  expect(await quell('case-s-a')).toContain('case-s-a  dossier');
  await forgetRows(database.as('records'), gone, ['dossier']);
  expect(await quell('case-s-a')).toContain('is gone already');

  await query(
    database.pool,
    `INSERT INTO subjects (organisation, subject_id, canonical) VALUES ('test', 's-a', 's-a'), ('test', 's-b', 's-a')`,
  );
  await new CaseHolds(database.as('records')).hold('case-s-b', 'p-lead', 'note.1');
  const person = await quell('case-s-a', '--person');
  expect(person).toMatch(/case-s-b {2}stays: it is held\n/);
  expect(person).toContain('case-s-b  held by p-lead since ');
  expect(person).toContain('who s-a, s-b is: names, addresses, accounts');
  expect(person).toContain('nothing would be erased');
  await put('s-c', 3, { stage: 'containment' });
  expect(await quell('case-s-c')).toContain('stays: it is open');
  await expect(quell('case-none')).rejects.toMatchObject({ code: 'STORE_GONE' });
});

it('signs a hold as what the person is, for a case that there is', async () => {
  await put('s-a', 1, { stage: 'closed' });
  const roles = vi.spyOn(context, 'rolesOf').mockReturnValue(['responder']);
  const decided: ForgetDecision[] = [];
  vi.spyOn(context, 'withClient').mockResolvedValue('done');
  const wrote = vi.fn().mockResolvedValue({ key: 'note.1' });
  vi.spyOn(context, 'dossierWriter').mockReturnValue({ writeJson: wrote } as never);
  vi.spyOn(signing, 'signBody').mockImplementation((body) => {
    decided.push(body as ForgetDecision);
    return { body, keyId: 'k', signature: 's' };
  });
  vi.spyOn(keyRing, 'readSigningKey').mockReturnValue({} as never);
  const by = ['--as', 'p-1', '--key', 'k.pem'];
  await expect(quell('case-none', '--hold', 'why', ...by)).rejects.toMatchObject({ code: 'STORE_GONE' });
  expect(wrote).not.toHaveBeenCalled();
  expect(await quell('case-s-a', '--hold', 'why', ...by)).toContain('hold: done');
  await expect(quell('case-s-a', '--lift', 'why', ...by)).rejects.toMatchObject({ code: 'NOT_AUTHORISED' });
  roles.mockReturnValue(['lead']);
  await quell('case-s-a', '--lift', 'why', ...by);
  expect(decided.map(({ verb, role }) => [verb, role])).toEqual([
    ['hold', 'responder'],
    ['lift', 'lead'],
  ]);
});

it('asks for a signature and for one thing at a time before it does anything', async () => {
  await expect(quell('case-s-a', '--erase')).rejects.toMatchObject({ code: 'NOT_AUTHORISED' });
  await expect(quell('case-s-a', '--hold', 'why', '--as', 'p-lead')).rejects.toMatchObject({ code: 'NOT_AUTHORISED' });
  await expect(quell('case-s-a', '--hold', 'why', '--lift', 'why')).rejects.toThrow('one of');
});
