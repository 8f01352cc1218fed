import { describe, expect, it } from 'vitest';
import type { DueCase } from '../../../store/forgetting/case-standing.js';
import { play, signIn } from '../support/signed-in.js';

const CASE = 'case-s-dana';
const AT = `/cases/${CASE}/forgetting`;
const closedAt = '2025-01-01T00:00:00.000Z';
const closed: DueCase = {
  ...{ caseId: CASE, subjectId: 's-dana', open: false, closedAt, forgotten: ['evidence'], held: false },
  parts: ['dossier'],
};

describe('the page of what is due', () => {
  it('shows what goes next time and what a hold keeps, with why', async () => {
    const p = play();
    p.due.push(closed);
    p.holds.push({ caseId: 'case-s-held', by: 'ann', at: closedAt, note: 'note.1' });
    p.notes.set('note.1', 'a lawsuit <b>');
    const ann = await signIn(p, 'ann');
    const { body } = await ann.get('/due');
    expect(body).toContain(`href="/cases/${CASE}"`);
    expect(body).toMatch(/<td>dossier<\/td><td>evidence<\/td>/);
    expect(body).toContain('case-s-held');
    expect(body).toContain('a lawsuit &lt;b&gt;');
    expect(p.audits).toContainEqual(expect.objectContaining({ kind: 'due.listed', by: 'ann' }));
    expect((await ann.get('/due?after=2025-01-01T00:00:00.000Z~x y')).statusCode).toBe(200);
  });

  it('has pages, each beginning where the last ended', async () => {
    const asked: unknown[] = [];
    const many = Array.from({ length: 51 }, (_, i) => ({ ...closed, caseId: `case-s-${String(i)}` }));
    const due = (page: { readonly after?: unknown }): Promise<readonly DueCase[]> => {
      asked.push(page.after);
      return Promise.resolve(page.after ? [] : many);
    };
    const p = play({}, { due });
    const ann = await signIn(p, 'ann');
    const [, next = ''] = /href="\/due\?after=([^"]+)"/.exec((await ann.get('/due')).body) ?? [];
    expect((await ann.get(`/due?after=${next}`)).body).toContain('Nothing is due');
    expect(asked).toEqual([undefined, { caseId: 'case-s-49', closedAt }]);
  });

  it('tells nobody that there is a case about themselves', async () => {
    const p = play();
    p.due.push(closed);
    p.holds.push({ caseId: CASE, by: 'ben', at: closedAt, note: 'note.1' });
    p.standings.push(closed);
    const dana = await signIn(p, 'dana');
    expect((await dana.get('/due')).body).not.toContain(CASE);
    expect((await dana.post(AT, { verb: 'erase_case', sure: CASE })).statusCode).toBe(403);
    expect(p.forgotten).toEqual([]);
  });
});

describe('a decision on forgetting', () => {
  it('is signed for who is signed in, with the reason as a note, and told to the audit log', async () => {
    const p = play();
    p.standings.push(closed);
    const ann = await signIn(p, 'ann');
    expect((await ann.post(AT, { verb: 'hold', why: '' })).body).toContain('say why');
    expect((await ann.post(AT, { verb: 'hold', why: ' a lawsuit ' })).headers.location).toBe(
      `/cases/${CASE}#forgetting`,
    );
    const [held] = p.forgotten;
    expect(held).toMatchObject({ type: 'forget', verb: 'hold', caseId: CASE, personId: 'ann' });
    expect(p.notes.get(held?.note ?? '')).toBe('a lawsuit');
    expect(p.audits).toContainEqual(
      expect.objectContaining({ kind: 'forgetting.hold', by: 'ann', data: { nonce: held?.nonce } }),
    );
    expect(JSON.stringify(p.audits)).not.toContain('lawsuit');
  });

  it('erases only what was typed, and by a lead alone', async () => {
    const p = play();
    p.standings.push(closed);
    const [ben, ida] = [await signIn(p, 'ben'), await signIn(p, 'ida')];
    expect((await ben.post(AT, { verb: 'erase_case', sure: 'case-s-other' })).statusCode).toBe(409);
    expect((await ben.post(AT, { verb: 'erase_person', sure: CASE })).headers.location).toBe('/due');
    expect(p.forgotten).toMatchObject([{ verb: 'erase_person', caseId: CASE, role: 'lead' }]);
    for (const verb of ['hold', 'lift', 'erase_case'])
      expect((await ida.post(AT, { verb, sure: CASE, why: 'x' })).statusCode).toBe(403);
    expect((await ben.post(AT, { verb: 'burn' })).statusCode).toBe(403);
    expect((await ben.post('/cases/case-none/forgetting', { verb: 'hold', why: 'x' })).statusCode).toBe(403);
    expect(p.forgotten).toHaveLength(1);
  });

  it('needs the form of the session', async () => {
    const p = play();
    p.standings.push(closed);
    const ann = await signIn(p, 'ann');
    expect((await ann.post(AT, { form: 'x', verb: 'hold', why: 'x' })).statusCode).toBe(403);
    expect((await ann.post(AT, { verb: 'hold', why: 'x' }, { 'sec-fetch-site': 'cross-site' })).statusCode).toBe(403);
    expect(p.forgotten).toEqual([]);
  });
});

describe('the page of a case', () => {
  it('says what is gone and what comes next, and offers what the person may', async () => {
    const p = play();
    p.standings.push({ ...closed, open: true });
    const ann = await signIn(p, 'ben');
    expect((await ann.get(`/cases/${CASE}`)).body).toContain('An open case is kept');
    p.standings[0] = closed;
    const page = (await ann.get(`/cases/${CASE}`)).body;
    expect(page).toContain('Gone: <strong>evidence</strong>');
    expect(page).toContain('value="erase_case"');
    p.holds.push({ caseId: CASE, by: 'ann', at: closedAt, note: 'note.1' });
    const held = (await ann.get(`/cases/${CASE}`)).body;
    expect(held).toContain('value="lift"');
    expect(held).not.toContain('value="erase_case"');
  });

  it('is what the index knows once the dossier is gone, whatever Temporal still answers', async () => {
    const p = play();
    p.standings.push({ ...closed, forgotten: ['dossier', 'evidence'], parts: [] });
    const { body } = await (await signIn(p, 'ben')).get(`/cases/${CASE}`);
    expect(body).toContain('This is what the case index knows');
  });
});
