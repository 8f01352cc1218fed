import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { QuellError } from '../../../domain/errors.js';
import { RETENTION } from '../../../domain/retention.js';
import { dueCases } from '../../../store/forgetting/case-standing.js';
import { FolderObjects } from '../../../store/objects/folder-objects.js';
import { query } from '../../../store/postgres/connection.js';
import { SubjectRegistry } from '../../../store/subjects/registry.js';
import { after, ALL, CLOSED, Forgetting } from '../support/forgetting.js';
import { perform } from '../support/house.js';

/** What the next case under an id has as the one before. */
const AGAIN =
  'organisation, case_id, subject_id, written, updated_at, stage, severity, verdict, platforms, sources, alert_count, open_tasks, open_plans, waits, task_roles, links, closed_at';

describe('what is due of a case', () => {
  it('goes part by part: evidence, dossier with ties and histories, at last the row', async () => {
    const f = await Forgetting.begin();
    const caseId = await f.case('s-a', CLOSED, ['l-own', 'l-shared']);
    await f.case('s-b', after(5_000).toISOString(), ['l-shared']);
    expect(await f.due(caseId)).toEqual([]);
    expect(await f.left(caseId)).toEqual(ALL);

    f.now = after(RETENTION.evidenceDays);
    expect(await perform(f.activities(), 'dueToForget', {})).toEqual([{ caseId, closedAt: CLOSED }]);
    expect(await f.due(caseId)).toEqual(['evidence']);
    expect(await f.left(caseId)).toEqual(['dossier/files', 'dossier/keys']);
    expect(await f.due(caseId)).toEqual([]);
    expect(await perform(f.activities(), 'dueToForget', {})).toEqual([]);
    expect(f.removed).toEqual([]);

    f.now = after(RETENTION.dossierDays);
    expect(await f.due(caseId)).toEqual(['dossier']);
    expect(await f.left(caseId)).toEqual([]);
    expect(f.removed).toEqual([caseId]);
    const { rows } = await query<{ link: string }>(f.database.pool, 'SELECT link FROM incident_links ORDER BY 1');
    expect(rows).toEqual([{ link: 'l-shared' }]);
    expect(await f.count('cases')).toBe(2);

    f.now = after(RETENTION.caseDays);
    expect(await f.due(caseId)).toEqual(['row']);
    expect(await f.count('cases')).toBe(1);
    expect(await f.count('case_alerts')).toBe(1);
    expect(await f.left('case-s-b')).toEqual(ALL);
    expect(await f.kinds()).toEqual(['case.shredded', 'case.shredded', 'case.shredded']);
  });

  it('is nothing of a case that is open, held, contained still or unknown', async () => {
    const f = await Forgetting.begin();
    f.now = after(5_000);
    const [open, held, contained] = [await f.case('s-a', undefined), await f.case('s-b'), await f.case('s-c')];
    await query(f.database.pool, 'UPDATE cases SET closed_at = NULL WHERE case_id = $1', [open]);
    await f.decide('hold', held);
    f.running = 1;
    for (const caseId of [open, held, contained, 'case-none']) expect(await f.due(caseId)).toEqual([]);
    expect(await f.left(contained)).toEqual(ALL);
    const due = (is: boolean) =>
      dueCases(f.database.as('console'), RETENTION, f.now.toISOString(), { held: is, limit: 10 });
    expect((await due(false)).map((c) => c.caseId)).toEqual([contained]);
    expect(await due(true)).toMatchObject([{ caseId: held, held: true, parts: ['evidence', 'dossier', 'row'] }]);
    f.running = 0;
    await f.decide('lift', held);
    expect(await f.due(held)).toEqual(['evidence', 'dossier', 'row']);
  });

  it('goes by the last case of the person: all under the id share their keys', async () => {
    const f = await Forgetting.begin();
    const caseId = await f.case('s-a');
    await query(f.database.pool, `INSERT INTO cases (opened_at, ${AGAIN}) SELECT '2026-02-01', ${AGAIN} FROM cases`);
    await query(f.database.pool, `UPDATE cases SET closed_at = $1 WHERE opened_at > '2026-01-15'`, [after(100)]);
    f.now = after(RETENTION.evidenceDays + 99);
    expect(await f.due(caseId)).toEqual([]);
    f.now = after(RETENTION.evidenceDays + 100);
    expect(await f.due(caseId)).toEqual(['evidence']);
  });

  it('is listed page by page', async () => {
    const f = await Forgetting.begin();
    for (let i = 0; i < 5; i++) await f.case(`s-${String(i)}`, after(i % 2).toISOString());
    f.now = after(5_000);
    const seen: string[] = [];
    let last: { readonly caseId: string; readonly closedAt: string } | undefined;
    for (;;) {
      const page = await dueCases(f.database.as('console'), RETENTION, f.now.toISOString(), {
        ...{ held: false, limit: 2 },
        ...(last ? { after: last } : {}),
      });
      if (page.length === 0) break;
      seen.push(...page.map((c) => c.caseId));
      last = page.at(-1);
    }
    expect(seen).toEqual(['case-s-0', 'case-s-2', 'case-s-4', 'case-s-1', 'case-s-3']);
  });
});

describe('a decision', () => {
  it('erases a case, is told to the audit log, and counts once', async () => {
    const f = await Forgetting.begin();
    const caseId = await f.case('s-a');
    const other = await f.case('s-b');
    const signed = f.signed('erase_case', caseId);
    await f.obey(signed);
    expect(await f.left(caseId)).toEqual([]);
    expect(await f.left(other)).toEqual(ALL);
    expect(await f.count('cases')).toBe(2);
    expect(await f.kinds()).toEqual(['case.shredded']);
    // The same again has no effect; nor has its number for something else.
    f.now = after(2);
    await f.obey(signed);
    expect(await f.kinds()).toEqual(['case.shredded']);
    await expect(f.decide('erase_case', other, { nonce: signed.body.nonce })).rejects.toMatchObject({
      type: 'DECISION_REPLAYED',
    });
    expect(await f.left(other)).toEqual(ALL);
  });

  it('that does not count erases nothing, and the audit log has its code', async () => {
    const f = await Forgetting.begin();
    const caseId = await f.case('s-a');
    const late = { expiresAt: f.now.toISOString() };
    for (const [change, type] of [
      [late, 'DECISION_EXPIRED'],
      [{ role: 'responder' }, 'NOT_AUTHORISED'],
      [{ personId: 'p-nobody' }, 'NOT_AUTHORISED'],
    ] as const)
      await expect(f.decide('erase_case', caseId, change)).rejects.toMatchObject({ type });
    await expect(f.decide('erase_case', 'case-none')).rejects.toMatchObject({ type: 'STORE_GONE' });
    await expect(f.obey({} as never)).rejects.toMatchObject({ type: 'MESSAGE' });
    expect(await f.left(caseId)).toEqual(ALL);
    expect(new Set(await f.kinds())).toEqual(new Set(['forgetting.refused']));
  });

  it('erases a person with all their cases, or nothing of them', async () => {
    const f = await Forgetting.begin();
    const [kim, twin, other] = [
      await f.person('kim@example.com'),
      await f.person('kim.two@example.com'),
      await f.person('other@example.com'),
    ];
    await (await SubjectRegistry.open(f.database.as('records'), f.subjectKeys)).merge(twin, kim);
    const [first, second] = [await f.case(kim), await f.case(twin)];
    await f.decide('hold', second);
    await expect(f.decide('erase_person', first)).rejects.toMatchObject({
      type: 'CASE_HELD',
      message: expect.stringContaining(second) as string,
    });
    expect([await f.left(first), await f.left(second)]).toEqual([ALL, ALL]);
    await f.decide('lift', second);
    await f.decide('erase_person', first);
    expect([await f.left(first), await f.left(second)]).toEqual([[], []]);
    const { rows } = await query<{ id: string }>(f.database.pool, 'SELECT subject_id AS id FROM subjects');
    expect(rows).toEqual([{ id: other }]);
    expect(await f.count('subject_aliases')).toBe(1);
    expect(await f.subjectKeys.gone([kim, twin, other])).toEqual([kim, twin]);
  });

  it('erases nobody who decides: they would have another id the next day', async () => {
    const f = await Forgetting.begin();
    const kim = await f.person('kim@example.com');
    const caseId = await f.case(kim);
    f.deciders = [...f.deciders, { personId: 'p-kim', roles: ['lead'], subjectId: kim }];
    await expect(f.decide('erase_person', caseId)).rejects.toMatchObject({ type: 'NOT_AUTHORISED' });
    await expect(f.decide('erase_case', caseId, { personId: 'p-kim' })).rejects.toMatchObject({
      type: 'NOT_AUTHORISED',
    });
    expect(await f.left(caseId)).toEqual(ALL);
  });

  it('that was cut off goes on, also when its time is over, and no file opens in between', async () => {
    const f = await Forgetting.begin();
    const kim = await f.person('kim@example.com');
    const caseId = await f.case(kim);
    const signed = f.signed('erase_person', caseId);
    const whole = f.storage;
    const remove = () => Promise.reject(new QuellError('STORE', 'cut'));
    f.storage = { ...whole, files: Object.assign(Object.create(whole.files) as typeof whole.files, { remove }) };
    await expect(f.obey(signed)).rejects.toMatchObject({ type: 'STORE' });
    expect(await f.left(caseId)).toEqual(['evidence/files', 'grounds/files', 'dossier/files']);
    f.storage = whole;
    f.now = after(3);
    await f.obey(signed);
    expect(await f.left(caseId)).toEqual([]);
    expect(await f.count('subjects')).toBe(0);
    expect(await f.kinds()).toEqual(['case.shredded', 'person.forgotten']);
  });
});

describe('people of whom nothing is kept', () => {
  it('go when nobody told of them for long, unless a dossier is kept or the configuration names them', async () => {
    const f = await Forgetting.begin();
    const [gone, joined, kept, decider, fresh] = [
      await f.person('gone@example.com'),
      await f.person('joined@example.com'),
      await f.person('kept@example.com'),
      await f.person('decider@example.com'),
      await f.person('fresh@example.com'),
    ];
    await (await SubjectRegistry.open(f.database.as('records'), f.subjectKeys)).merge(joined, gone);
    await f.case(kept);
    f.deciders = [...f.deciders, { personId: 'p-2', roles: ['lead'], subjectId: decider }];
    f.now = new Date();
    await query(f.database.pool, `UPDATE subjects SET known_at = now() - interval '100 days' WHERE subject_id <> $1`, [
      fresh,
    ]);
    expect(await perform(f.activities(), 'forgetOthers', undefined)).toEqual({ subjects: 2 });
    expect(await f.subjectKeys.gone([gone, joined, kept, decider, fresh])).toEqual([gone, joined]);
    expect(await f.count('subjects')).toBe(3);
    expect(await perform(f.activities(), 'forgetOthers', undefined)).toEqual({ subjects: 0 });
  });

  it('go when their key is gone: their rows came back with a backup', async () => {
    const f = await Forgetting.begin();
    const [kim, joined, other] = [
      await f.person('kim@example.com'),
      await f.person('joined@example.com'),
      await f.person('other@example.com'),
    ];
    await (await SubjectRegistry.open(f.database.as('records'), f.subjectKeys)).merge(joined, kim);
    await f.subjectKeys.destroy([kim]);
    f.now = new Date();
    expect(await perform(f.activities(), 'forgetOthers', undefined)).toEqual({ subjects: 1 });
    const { rows } = await query<{ id: string; canonical: string }>(
      f.database.pool,
      'SELECT subject_id AS id, canonical FROM subjects ORDER BY 1',
    );
    expect(rows).toEqual([joined, other].sort().map((id) => ({ id, canonical: id })));
  });

  it('are kept when the place of keys is another, or has none of them: nothing was erased there', async () => {
    const f = await Forgetting.begin();
    for (const name of ['a', 'b']) await f.person(`${name}@example.com`);
    f.now = new Date();
    const whole = f.storage;
    f.storage = { ...whole, keys: new FolderObjects(join(f.root, 'not-mounted')) };
    await expect(perform(f.activities(), 'forgetOthers', undefined)).rejects.toMatchObject({ type: 'CONFIG' });
    await f.subjectKeys.begin(); // the mark was copied, the keys were not
    await expect(perform(f.activities(), 'forgetOthers', undefined)).rejects.toMatchObject({ type: 'CONFIG' });
    expect([await f.count('subjects'), await f.count('subject_aliases')]).toEqual([2, 2]);
    f.storage = whole;
    expect(await perform(f.activities(), 'forgetOthers', undefined)).toEqual({ subjects: 0 });
  });

  it('are kept when a list leaves out a key that is there', async () => {
    const f = await Forgetting.begin();
    for (const name of ['a', 'b']) await f.person(`${name}@example.com`);
    f.now = new Date();
    const { keys } = f.storage;
    async function* list(prefix: string): ReturnType<typeof keys.list> {
      let n = 0;
      for await (const found of keys.list(prefix)) if (n++ < 1) yield found;
    }
    f.storage = { ...f.storage, keys: Object.assign(Object.create(keys) as typeof keys, { list }) };
    expect(await perform(f.activities(), 'forgetOthers', undefined)).toEqual({ subjects: 0 });
    expect(await f.count('subjects')).toBe(2);
  });
});
