import { describe, expect, it } from 'vitest';
import { QuellError } from '../../../domain/errors.js';
import { play, signIn } from '../support/signed-in.js';

const CASE = '/cases/case-s-dana';

describe('the stop button', () => {
  it('stops all containment with one press, and says on every page since when, by whom and why', async () => {
    const p = play();
    const ann = await signIn(p, 'ann');
    expect((await ann.post('/stop', { verb: 'stop', why: 'Wrong <b>tenant</b>' })).statusCode).toBe(303);
    for (const page of ['/', CASE, '/dead-letters']) {
      const { body } = await ann.get(page);
      expect(body, page).toMatch(/All containment is stopped since 2026-03-01 12:00:00 UTC by Ann Vogt/);
      expect(body, page).toContain('Wrong &lt;b&gt;tenant');
      expect(body, page).not.toContain('has not confirmed');
    }
    const other = await signIn(p, 'ann');
    await other.post('/stop', { verb: 'stop' }); // without a reason
    expect(p.switch.stopped).toMatchObject({ by: 'ann', why: '' });
    expect(p.audits.filter((a) => a.kind === 'containment.stopped')).toHaveLength(2);
  });
  it('resumes for a lead alone, and only the stop that the page showed', async () => {
    const p = play();
    const [lead, other] = [await signIn(p, 'ben'), await signIn(p, 'ida')];
    await other.post('/stop', { verb: 'stop' });
    const first = p.switch.stopped!.nonce;
    expect((await other.get('/')).body).not.toContain('value="resume"');
    expect((await other.post('/stop', { verb: 'resume', lifts: first })).statusCode).toBe(403);
    await other.post('/stop', { verb: 'stop' });
    expect((await lead.post('/stop', { verb: 'resume', lifts: first })).statusCode).toBe(409);
    expect(p.switch.stopped).toBeDefined();
    const [, shown] = /name="lifts" value="([^"]+)"/.exec((await lead.get('/')).body) ?? [];
    await lead.post('/stop', { verb: 'resume', lifts: shown! });
    expect(p.switch.stopped).toBeUndefined();
  });
  it('says when the containment worker has not confirmed the stop, and when no guard can be reached', async () => {
    const stopped = { by: 'ann', at: '2026-03-01T12:00:00.000Z', why: '', nonce: 'n-1' };
    const p = play({}, { guard: async () => ({ stopped, confirmed: false, refused: [] }) });
    expect((await (await signIn(p, 'ann')).get(CASE)).body).toContain('has not confirmed it yet');
    const deaf = play({}, { turn: () => Promise.reject(new QuellError('SWITCH')) });
    const answer = await (await signIn(deaf, 'ann')).post('/stop', { verb: 'stop' });
    expect(answer.statusCode).toBe(503);
    expect(answer.body).toContain('put the stop file');
    expect(deaf.audits).toContainEqual(expect.objectContaining({ kind: 'containment.stopped.refused', by: 'ann' }));
  });
});
