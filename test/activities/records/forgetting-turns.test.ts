import { describe, expect, it } from 'vitest';
import { QuellError } from '../../../domain/errors.js';
import { RETENTION } from '../../../domain/retention.js';
import { CaseVault, fileKeys, folderStorage } from '../../../store/case-vault.js';
import { forgetRows } from '../../../store/forgetting/case-rows.js';
import { CaseJoins } from '../../../store/inbox/case-joins.js';
import { query } from '../../../store/postgres/connection.js';
import { signBody } from '../../../store/signing.js';
import { testKeys } from '../../store/support.js';
import { after, ALL, CLOSED, Forgetting } from '../support/forgetting.js';
import { perform } from '../support/house.js';

/** The person's next case, which bears the same id: opened on the 30th day; open without `closedAt`. */
async function nextCase(f: Forgetting, caseId: string, closedAt?: Date): Promise<void> {
  await query(
    f.database.pool,
    `INSERT INTO cases (organisation, case_id, opened_at, subject_id, written, updated_at, stage, severity, verdict, platforms, sources, alert_count, open_tasks, open_plans, waits, task_roles, links, closed_at)
     SELECT organisation, case_id, $2, subject_id, written, updated_at, stage, severity, verdict, platforms, sources, alert_count, open_tasks, open_plans, waits, task_roles, links, $3
     FROM cases WHERE case_id = $1`,
    [caseId, after(30), closedAt],
  );
}

/** The next removal of files fails. */
function breakOff(f: Forgetting, error = new QuellError('STORE', 'cut')): () => void {
  const whole = f.storage;
  const remove = () => Promise.reject(error);
  f.storage = { ...whole, files: Object.assign(Object.create(whole.files) as typeof whole.files, { remove }) };
  return () => void (f.storage = whole);
}

describe('a decision that was obeyed', () => {
  it('lifts no later hold', async () => {
    const f = await Forgetting.begin();
    const caseId = await f.case('s-a');
    await f.decide('hold', caseId);
    const lift = f.signed('lift', caseId);
    await f.obey(lift);
    await f.decide('hold', caseId, { note: 'note.2' });
    f.now = after(2);
    await f.obey(lift);
    expect(await f.count('case_holds')).toBe(1);
  });

  it('erases no later case of the person', async () => {
    const f = await Forgetting.begin();
    const caseId = await f.case('s-a');
    const erase = f.signed('erase_case', caseId);
    await f.obey(erase);
    await f.case('s-a');
    await nextCase(f, caseId, after(40));
    await f.obey(erase);
    expect(await f.left(caseId)).toEqual(ALL);
  });

  it('goes on by whoever still may, and not by who could not have signed it', async () => {
    const f = await Forgetting.begin();
    const caseId = await f.case('s-a');
    const erase = f.signed('erase_case', caseId);
    const mend = breakOff(f);
    await expect(f.obey(erase)).rejects.toMatchObject({ type: 'STORE' });
    mend();
    const forged = signBody(erase.body, testKeys().signing('decision'));
    await expect(f.obey(forged)).rejects.toMatchObject({ type: 'SIGNATURE' });
    const { rows } = await query(
      f.database.pool,
      `SELECT entry ->> 'by' AS by FROM audit_entries WHERE entry ->> 'kind' = 'forgetting.refused'`,
    );
    expect(rows).toEqual([{ by: 'records' }]);
    await f.obey(erase);
    expect(await f.left(caseId)).toEqual([]);
  });

  it('that was refused on its way is refused again, and is over', async () => {
    const f = await Forgetting.begin();
    const caseId = await f.case('s-a');
    const erase = f.signed('erase_case', caseId);
    f.running = 1;
    await expect(f.obey(erase)).rejects.toMatchObject({ type: 'CASE_OPEN' });
    f.running = 0;
    await expect(f.obey(erase)).rejects.toMatchObject({ type: 'CASE_OPEN' });
    expect(await f.left(caseId)).toEqual(ALL);
    expect(await f.count('case_forgettings')).toBe(0);
  });
});

describe('while a case is being forgotten', () => {
  it.each(['decision', 'policy'])('no hold is set on it and no case starts under its id (%s)', async (by) => {
    const f = await Forgetting.begin();
    const caseId = await f.case('s-a');
    f.now = after(RETENTION.evidenceDays);
    const refused: unknown[] = [];
    f.meanwhile = async () => {
      f.meanwhile = () => Promise.resolve();
      expect(await f.left(caseId)).toEqual(ALL);
      for (const late of [
        () => f.decide('hold', caseId),
        () => new CaseJoins(f.database.as('console')).telling(caseId),
      ])
        refused.push(
          await late().catch((error: unknown) =>
            error instanceof QuellError ? error.code : (error as { type?: string }).type,
          ),
        );
    };
    await (by === 'policy' ? f.due(caseId) : f.decide('erase_case', caseId));
    expect(refused).toEqual(['CASE_FORGOTTEN', 'CASE_FORGETTING']);
    expect(await f.left(caseId)).toEqual(by === 'policy' ? ['dossier/files', 'dossier/keys'] : []);
    // Afterwards the id is free again.
    await new CaseJoins(f.database.as('console')).telling(caseId);
    await f.decide('hold', caseId);
  });

  it('an alert that came before keeps all of it', async () => {
    const f = await Forgetting.begin();
    const caseId = await f.case('s-a');
    const joins = new CaseJoins(f.database.as('console'));
    await joins.telling(caseId);
    f.now = after(5_000);
    expect(await f.due(caseId)).toEqual([]);
    await expect(f.decide('erase_case', caseId)).rejects.toMatchObject({ type: 'CASE_OPEN' });
    expect(await f.left(caseId)).toEqual(ALL);
    await joins.joined(caseId, 'high', true);
    expect(await f.due(caseId)).toEqual(['evidence', 'dossier', 'row']);
  });

  it('what was cut off goes on, whatever runs by then, and nobody starts in between', async () => {
    const f = await Forgetting.begin();
    const caseId = await f.case('s-a');
    const erase = f.signed('erase_case', caseId);
    const mend = breakOff(f);
    await expect(f.obey(erase)).rejects.toMatchObject({ type: 'STORE' });
    await expect(new CaseJoins(f.database.as('console')).telling(caseId)).rejects.toMatchObject({
      code: 'CASE_FORGETTING',
    });
    mend();
    f.running = 1;
    await f.obey(erase);
    expect(await f.left(caseId)).toEqual([]);
  });

  it('one that nobody goes on with stands in the way of no alert for longer than a day, and takes no later case', async () => {
    const f = await Forgetting.begin();
    const caseId = await f.case('s-a');
    const erase = f.signed('erase_case', caseId);
    const mend = breakOff(f);
    await expect(f.obey(erase)).rejects.toMatchObject({ type: 'STORE' });
    mend();
    await query(f.database.pool, `UPDATE case_forgettings SET at = now() - interval '25 hours'`);
    await new CaseJoins(f.database.as('console')).telling(caseId);
    await f.case('s-a');
    await nextCase(f, caseId, after(40));
    await expect(f.obey(erase)).rejects.toMatchObject({ type: 'CASE_OPEN' });
    expect(await f.left(caseId)).toEqual(ALL);
  });
});

it('leaves what a later case under the id has in tables', async () => {
  const f = await Forgetting.begin();
  const caseId = await f.case('s-a', CLOSED, ['l-1']);
  await nextCase(f, caseId);
  await query(
    f.database.pool,
    `INSERT INTO case_alerts (organisation, alert_id, case_id, opened_at) SELECT organisation, 'al-2', case_id, opened_at FROM cases WHERE closed_at IS NULL`,
  );
  await query(
    f.database.pool,
    `INSERT INTO plan_waits (organisation, plan_id, case_id, written, roles, ends_at, decided_by) VALUES ('test', 'plan-1', $1, 1, '{}', now(), '{}')`,
    [caseId],
  );
  await forgetRows(f.database.as('records'), { caseId, closedAt: CLOSED }, ['evidence', 'dossier', 'row']);
  for (const table of ['cases', 'case_alerts', 'plan_waits', 'case_links']) expect(await f.count(table), table).toBe(1);
});

it('takes with the row what was written after its part had gone', async () => {
  const f = await Forgetting.begin();
  const caseId = await f.case('s-a');
  await f.decide('erase_case', caseId);
  await new CaseVault(folderStorage(f.root), fileKeys(testKeys(), 'console'))
    .writer('dossier')
    .writeJson(caseId, 'note', {
      text: 'why',
    });
  expect(await f.left(caseId)).toEqual(['dossier/files', 'dossier/keys']);
  f.now = after(RETENTION.caseDays);
  expect(await f.due(caseId)).toEqual(['row']);
  expect(await f.left(caseId)).toEqual([]);
});

it('says how many files the place does not give away', async () => {
  const f = await Forgetting.begin();
  const caseId = await f.case('s-a');
  breakOff(f, new QuellError('STORE_REFUSED', 'locked'));
  await f.decide('erase_case', caseId);
  expect(await f.left(caseId)).toEqual(['evidence/files', 'grounds/files', 'dossier/files']);
  const { rows } = await query(
    f.database.pool,
    `SELECT entry -> 'data' AS data FROM audit_entries WHERE entry ->> 'kind' = 'case.files_stay'`,
  );
  expect(rows).toEqual([{ data: { files: 3 } }]);
});

it('takes the progress of collections with the evidence', async () => {
  const f = await Forgetting.begin();
  const caseId = await f.case('s-a');
  const spool = new CaseVault(folderStorage(f.root), fileKeys(testKeys(), 'evidence')).writer('spool');
  await spool.writeJson(caseId, 'page', { rows: [] });
  f.now = after(RETENTION.evidenceDays);
  expect(await f.due(caseId)).toEqual(['evidence']);
  const left: string[] = [];
  for (const kind of ['files', 'keys'] as const)
    for await (const { key } of folderStorage(f.root)[kind].list(`spool/${kind}/${caseId}/`)) left.push(key);
  expect(left).toEqual([]);
});

it('looks at a person again before their key goes', async () => {
  const f = await Forgetting.begin();
  const ids = [await f.person('one@example.com'), await f.person('two@example.com')].sort();
  f.now = new Date();
  await query(f.database.pool, `UPDATE subjects SET known_at = now() - interval '100 days'`);
  // Of whichever goes first, the other is told of meanwhile.
  const { remove } = f.storage.keys;
  const told = Object.assign(Object.create(f.storage.keys) as typeof f.storage.keys, {
    remove: async (key: string) => {
      await query(f.database.pool, 'UPDATE subjects SET known_at = now() WHERE subject_id <> $1', [
        key.replace('subjects/', ''),
      ]);
      await remove.call(f.storage.keys, key);
    },
  });
  const whole = f.storage;
  f.storage = { ...whole, keys: told };
  expect(await perform(f.activities(), 'forgetOthers', undefined)).toEqual({ subjects: 1 });
  expect(await f.count('subjects')).toBe(1);
  expect(await f.subjectKeys.gone(ids)).toHaveLength(1);
});
