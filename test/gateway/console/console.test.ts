import { describe, expect, it } from 'vitest';
import { verifySignature } from '../../../domain/canonical.js';
import { QuellError } from '../../../domain/errors.js';
import { NOW, SAID } from '../support/played-case.js';
import { PASSWORD, testSessions, type PlayedConsole } from '../support/played-console.js';
import { form, play, signIn } from '../support/signed-in.js';

const CASE = '/cases/case-s-dana';
const PLAN = `${CASE}/plans/p-1`;
const approve = (p: PlayedConsole, more: Record<string, string | readonly string[]> = {}) => ({
  verb: 'approve',
  digest: p.view.planDigest,
  step: ['1', '2'],
  ...more,
});

describe('signing in', () => {
  it('is asked for every page, and opens none by a forged or expired cookie', async () => {
    const p = play();
    const expired = testSessions(7, () => NOW.getTime() - 9 * 3_600_000).open('ann');
    const stranger = testSessions(8).open('ann');
    for (const cookie of ['', `quell_session=${expired}`, `quell_session=${stranger}`, 'quell_session=x.y'])
      for (const url of ['/', CASE, `${CASE}/report`, '/dead-letters']) {
        const answer = await p.app.inject({ url, headers: { cookie } });
        expect([answer.statusCode, answer.headers.location]).toEqual([303, '/login']);
      }
    expect(p.audits.filter((a) => a.kind === 'case.read')).toEqual([]);
  });
  it('refuses a wrong password, tells the audit log without a name, and slows down whoever guesses', async () => {
    const p = play();
    const guess = (person: string, password: string) =>
      p.app.inject({
        method: 'POST',
        url: '/login',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: form({ person, password }),
      });
    const codes: number[] = [];
    for (let i = 0; i < 12; i++) codes.push((await guess('ann', `wrong ${i}`)).statusCode);
    expect(codes).toEqual([...Array<number>(10).fill(401), 429, 429]);
    expect((await guess('ann', PASSWORD)).statusCode).toBe(429);
    expect(p.audits).toContainEqual({ kind: 'console.sign_in_failed', by: 'unknown' });
    expect(JSON.stringify(p.audits)).not.toContain('wrong');
  });
  it('gives a cookie that scripts and other sites do not get; over HTTPS alone outside the demo', async () => {
    const login = async (p: PlayedConsole): Promise<string> =>
      String(
        (
          await p.app.inject({
            method: 'POST',
            url: '/login',
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
            payload: form({ person: 'ann', password: PASSWORD }),
          })
        ).headers['set-cookie'],
      );
    expect(await login(play())).toMatch(/^quell_session=.*HttpOnly.*SameSite=Strict/);
    expect(await login(play({ demo: false }))).toMatch(
      /^__Host-quell_session=.*Path=\/.*HttpOnly.*Secure.*SameSite=Strict/,
    );
  });
  it('by a proxy: the proof and the name of each request count', async () => {
    const auth = {
      type: 'proxy',
      header: 'X-Person',
      secretHeader: 'X-Proof',
      secret: 'the proxy’s own secret',
    } as const;
    const p = play({ auth });
    const named = (person: string, proof: string) =>
      p.app.inject({
        url: '/login',
        headers: { 'x-person': person, 'x-proof': Buffer.from(proof).toString('latin1') },
      });
    expect((await named('ann', 'guessed')).statusCode).toBe(403);
    expect((await named('nobody', auth.secret)).statusCode).toBe(403);
    expect(
      (
        await p.app.inject({
          method: 'POST',
          url: '/login',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          payload: form({ person: 'ann', password: PASSWORD }),
        })
      ).statusCode,
    ).toBe(401);
  });
  it('by a proxy: a session is of use to its person alone', async () => {
    const auth = {
      type: 'proxy',
      header: 'X-Person',
      secretHeader: 'X-Proof',
      secret: 'a secret of the proxy',
    } as const;
    const p = play({ auth });
    const proof = { 'x-proof': auth.secret };
    const answer = await p.app.inject({ url: '/login', headers: { 'x-person': 'ann.vogt@example.com', ...proof } });
    const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? '';
    const see = async (headers: Record<string, string>) =>
      (await p.app.inject({ url: '/', headers: { cookie, ...headers } })).statusCode;
    expect(await see({ 'x-person': 'ann', ...proof })).toBe(200);
    expect(await see({ 'x-person': 'ben', ...proof })).toBe(303);
    expect(await see({ 'x-person': 'ann' })).toBe(303);
    expect(await see({})).toBe(303);
  });
});

describe('reading', () => {
  it('shows names, waits, plan, reasons, numbers, questions, and tells the audit log who looked', async () => {
    const p = play();
    p.notes.set(SAID, 'My laptop was <off>.');
    const later = [{ answer: 'me' as const, at: NOW.toISOString(), nonce: 'n-2', words: 'It was <on>.' }];
    p.state.contact = { ...p.state.contact!, later };
    const page = (await (await signIn(p, 'ann')).get(CASE)).body;
    for (const text of [
      'Dana Weiss',
      'dana.weiss@example.com',
      p.view.planDigest,
      'Disable the account',
      'reactivate the account',
      '0 of 2, lead',
      'Several indicators align with known TTP patterns',
      '212',
      'Is there a sudden increase in the volume',
      'unknown',
      '55 min left',
      'My laptop was &lt;off&gt;.',
      'It was &lt;on&gt;.',
      'Answered otherwise since',
      'slack: under suspicion',
      '212 files against 9',
      '2 sources, 96 rows, 1 gap',
      'the token lacks a scope',
      'What is no address was not taken for one',
    ])
      expect(page).toContain(text);
    expect(p.audits).toContainEqual(expect.objectContaining({ kind: 'case.read', by: 'ann', caseId: 'case-s-dana' }));
  });
  it('says of the exposure how it is known and that whoever acted is not affected, and of a clock what started it', async () => {
    const p = play();
    const none = { logged: 0, inferred: 0, possible: 0 };
    p.state.exposure = {
      ledger: { key: 'k', sha256: '0', bytes: 1, rows: 1 },
      ...{ channels: 1, messages: 2000, files: 0, links: 1, exports: 0, secrets: [], dataClasses: [], gaps: [] },
      counts: {
        ...{ conversations: none, files: none, links: none, exports: none, calls: none },
        messages: { logged: 1990, inferred: 10, possible: 7 },
      },
      apiReads: { calls: 40, bytes: 12_000_000 },
      shares: { outside: 1, used: 1 },
      ...{ peopleAffected: 0, people: { ...none, actors: 2, recipients: 1 } },
      ...{ confidence: 'medium', confidenceBecause: ['slack/main, messages: <b>not</b> logged.'] },
    };
    const at = NOW.toISOString();
    p.state.disclosure = { significant: true, clocks: [{ id: 'gdpr-33', startedAt: at, dueAt: at, by: 'lin' }] };
    const page = (await (await signIn(p, 'ann')).get(CASE)).body;
    for (const text of [
      ...['10 inferred, 7 more possible', '12.0 MB by the log', '1 to the outside, 1 seen used'],
      ...['<strong>nobody else</strong>. Whoever acted is not counted.', '&lt;b&gt;not&lt;/b&gt; logged.'],
      ...['72 hours, aware of it since', 'Art. 33(1)'],
    ])
      expect(page).toContain(text);
  });

  it('shows what each step would touch now, by name, and says where that could not be read', async () => {
    const p = play();
    const page = (await (await signIn(p, 'ann')).get(CASE)).body;
    expect(page).toContain('Now: sessions U0DANA, affects Dana &lt;i&gt;Example&lt;/i&gt; (U0DANA)');
    expect(page).toContain('Only under the VIP rule: vip');
    expect(page).toContain('What it touches could not be read now.');
  });
  it.each<[string, (p: PlayedConsole) => void]>([
    ['its author did not sign', (p) => Object.assign(p.view, { plan: { ...p.view.plan, signature: 'x' } })],
    ['was changed after it was signed', (p) => Object.assign(p.view.plan.body, { planId: 'p-2' })],
    ['the case has not issued', (p) => Object.assign(p.state.plans[0]!, { digest: '0'.repeat(64) })],
  ])('shows no plan that %s, and signs no decision on it', async (_, forge) => {
    const p = play();
    const ann = await signIn(p, 'ann');
    const body = approve(p);
    forge(p);
    const page = (await ann.get(CASE)).body;
    expect(page).toContain('This plan is not shown and cannot be decided on');
    expect(page).not.toContain('Disable the account');
    expect((await ann.post(PLAN, body)).statusCode).toBe(403);
    expect(p.view.decisions).toEqual([]);
  });
  it('never renders what an alert or a plan says as markup, and runs no script', async () => {
    const p = play();
    const answer = await (await signIn(p, 'ann')).get(CASE);
    expect(answer.body).not.toMatch(/<script|<img|<b>now|onerror=alert\(1\)>/);
    expect(answer.body).toContain('&lt;img');
    expect(answer.headers['content-security-policy']).toMatch(
      /default-src 'none'; style-src 'self'.*frame-ancestors 'none'/,
    );
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.body).not.toContain('style="');
  });
  it('hides the case about themselves from a person who may read all others', async () => {
    const p = play();
    const dana = await signIn(p, 'dana');
    expect((await dana.get('/')).body).not.toContain('case-s-dana');
    for (const url of [CASE, `${CASE}/report`]) {
      const answer = await dana.get(url);
      expect(answer.statusCode).toBe(404);
      expect(answer.body).not.toContain('Weiss &lt;');
    }
    expect(p.audits).toContainEqual({ kind: 'case.read_refused', by: 'dana', caseId: 'case-s-dana' });
  });
  it('shows a case that Temporal has forgotten from the index, with its report', async () => {
    const p = play();
    const ann = await signIn(p, 'ann');
    expect((await ann.get('/?show=closed')).body).toContain('Mia Lorenz');
    expect((await ann.get('/cases/case-s-mia')).body).toContain('Temporal does not keep it for ever');
    const report = await ann.get('/cases/case-s-mia/report');
    expect(report.body).toContain('Report of the case');
    expect(report.headers['content-security-policy']).toContain("default-src 'none'");
    expect(p.audits).toContainEqual({ kind: 'report.read', by: 'ann', caseId: 'case-s-mia' });
    expect((await ann.get('/cases/case-s-nobody')).statusCode).toBe(404);
    expect((await ann.get(`${CASE}/report`)).statusCode).toBe(404);
  });
  it('says what waits in the inbox and for whom a case waits', async () => {
    const p = play();
    const [ann, ida] = [await signIn(p, 'ann'), await signIn(p, 'ida')];
    const list = (await ann.get('/')).body;
    expect(list).toContain('has opened its share of new cases');
    expect(list).toContain('2 alerts could not be delivered');
    expect((await ann.get('/?show=mine')).body).toContain('Dana Weiss');
    expect((await ida.get('/?show=mine')).body).not.toContain('Dana Weiss');
  });
});

describe('deciding', () => {
  it('signs what the person saw, in the role that counts, and the quorum of the rule decides', async () => {
    const p = play();
    const [ann, ben] = [await signIn(p, 'ann'), await signIn(p, 'ben')];
    const first = await ann.post(PLAN, approve(p));
    expect([first.statusCode, first.headers.location]).toEqual([303, `${CASE}#plan-p-1`]);
    const [decision] = p.view.decisions;
    expect(decision?.body).toMatchObject({
      personId: 'ann',
      role: 'lead',
      verb: 'approve',
      planDigest: p.view.planDigest,
      caseId: 'case-s-dana',
    });
    expect(decision?.body.steps).toBeUndefined();
    const key = p.state.policy?.keys[0]?.publicKey ?? '';
    expect(verifySignature(decision?.body, decision?.signature ?? '', key)).toBe(true);
    expect(p.view.status).toBe('awaiting_approval');
    await ann.post(PLAN, approve(p));
    expect(p.view.status).toBe('awaiting_approval');
    await ben.post(PLAN, approve(p));
    expect(p.view.status).toBe('acting');
    expect(p.audits.filter((a) => a.kind === 'decision.approve').map((a) => a.by)).toEqual(['ann', 'ann', 'ben']);
  });
  it('takes single steps', async () => {
    const p = play();
    const ann = await signIn(p, 'ann');
    await ann.post(PLAN, approve(p, { step: '1' }));
    await ann.post(PLAN, { ...approve(p, { step: '2' }), verb: 'deny' });
    expect(p.view.decisions.map(({ body }) => [body.verb, body.steps])).toEqual([
      ['approve', [1]],
      ['deny', [2]],
    ]);
    expect((await ann.get(CASE)).body).toContain('step 1');
    expect((await ann.post(PLAN, approve(p, { step: '9' }))).statusCode).toBe(403);
  });
  it('never by GET, without the form’s token, with another session’s, or from another site', async () => {
    const p = play();
    const [ann, ben] = [await signIn(p, 'ann'), await signIn(p, 'ben')];
    await ann.get(`${PLAN}?verb=approve&digest=${p.view.planDigest}`);
    for (const answer of [
      await ann.post(PLAN, approve(p, { form: '' })),
      await ann.post(PLAN, approve(p, { form: ben.token })),
      await ann.post(PLAN, approve(p), { 'sec-fetch-site': 'cross-site' }),
      await ann.post(PLAN, approve(p), { cookie: '' }),
    ])
      expect(answer.statusCode).toBe(403);
    expect(p.view.decisions).toEqual([]);
  });
  it('says why when the case refuses: the subject, no role, a plan that changed', async () => {
    const p = play();
    const [dana, ida, ann] = [await signIn(p, 'dana'), await signIn(p, 'ida'), await signIn(p, 'ann')];
    const refused = [
      await dana.post(PLAN, approve(p)),
      await ida.post(PLAN, approve(p)),
      await ann.post(PLAN, approve(p, { digest: 'e'.repeat(64) })),
    ];
    expect(refused.map((r) => r.statusCode)).toEqual([403, 403, 409]);
    expect(refused[0]?.body).toContain('No valid decision covers this step');
    expect(refused[2]?.body).toContain('The plan is not the one that was decided on');
    expect(p.view.decisions).toEqual([]);
    expect(p.audits).toContainEqual(expect.objectContaining({ kind: 'decision.approve.refused', by: 'dana' }));
    expect((await ida.get(CASE)).body).toContain('None of your roles decides on this plan');
  });
  it('takes a plan under its own case alone', async () => {
    const decided: unknown[] = [];
    const decide = (...given: readonly unknown[]) => Promise.resolve(void decided.push(given));
    const p = play({}, { decide, view: (id) => Promise.resolve({ ...p.state, caseId: id }) });
    const ann = await signIn(p, 'ann');
    for (const verb of ['approve', 'deny', 'release'])
      expect((await ann.post('/cases/case-s-mia/plans/p-1', { ...approve(p), verb })).statusCode).toBe(403);
    expect(decided).toEqual([]);
    await ann.post(PLAN, approve(p));
    expect(decided).toHaveLength(1);
  });
});

describe('tasks', () => {
  const TASK = `${CASE}/tasks/t-1`;
  it('take their form; free text goes to the evidence store, and is shown again', async () => {
    const p = play();
    const ann = await signIn(p, 'ann');
    const note = 'The manager, Kai Ott, knows of no project';
    await ann.post(TASK, {
      outcome: 'done',
      'field:explained': 'no',
      'field:since': '2026-03-01T09:30',
      'field:notes': note,
    });
    const [completion] = p.completions;
    expect(completion?.body).toMatchObject({
      taskId: 't-1',
      outcome: 'done',
      personId: 'ann',
      role: 'responder',
      fields: { explained: 'no', since: '2026-03-01T09:30:00.000Z' },
    });
    expect(JSON.stringify(completion)).not.toContain('Kai Ott');
    expect([...p.notes.values()]).toEqual([note]);
    expect((await ann.get(CASE)).body).toContain('Kai Ott');
  });
  it('come back when a required field is empty or wrong, and leave no note behind', async () => {
    const p = play();
    const ann = await signIn(p, 'ann');
    for (const fields of [
      { 'field:notes': 'x' },
      { 'field:explained': 'maybe' },
      { 'field:explained': 'yes', 'field:since': 'yesterday' },
    ]) {
      const answer = await ann.post(TASK, { outcome: 'done', ...fields });
      expect(answer.statusCode).toBe(409);
      expect(answer.body).toContain('TASK_INCOMPLETE');
    }
    expect(p.completions).toEqual([]);
    expect(p.notes.size).toBe(0);
  });
  it('offer their form to those who hold the role', async () => {
    const p = play();
    expect((await (await signIn(p, 'ann')).get(CASE)).body).toContain('tasks/t-1"');
    expect((await (await signIn(p, 'ben')).get(CASE)).body).not.toContain('tasks/t-1"');
  });
});

describe('undelivered alerts', () => {
  it('are listed, resent, or given the account they are about', async () => {
    const p = play();
    const ann = await signIn(p, 'ann');
    expect((await ann.get('/dead-letters')).body).toContain('it looks like panther');
    await ann.post('/dead-letters/9/resend', {});
    await ann.post('/dead-letters/7/resend', { mail: ' Dana.Weiss@Example.com ' });
    expect(p.resent).toEqual([{ seq: 9 }, { seq: 7, mail: 'dana.weiss@example.com' }]);
    expect((await ann.post('/dead-letters/7/resend', { mail: 'Dana' })).statusCode).toBe(409);
    expect(p.audits).toContainEqual({ kind: 'dead_letter.named', by: 'ann', data: { seq: 7 } });
    expect(JSON.stringify(p.audits)).not.toContain('dana.weiss');
  });
});

describe('an undelivered alert', () => {
  it('is shown as it came, as text, to a person whose look is told', async () => {
    const p = play();
    const ann = await signIn(p, 'ann');
    const page = await ann.get('/dead-letters/7');
    expect(page.body).toContain('&quot;alertId&quot;: &quot;ga-9&quot;');
    expect(page.body).not.toContain('<script');
    expect(p.audits).toContainEqual({ kind: 'dead_letter.read', by: 'ann', data: { seq: 7 } });
    expect((await ann.get('/dead-letters/8')).statusCode).toBe(404);
  });
});

describe('trouble', () => {
  it('inside is told to the log, not to the reader', async () => {
    const lines: unknown[] = [];
    const p = play(
      { log: (what, data) => lines.push({ what, ...data }) },
      { dossier: () => Promise.reject(new TypeError('secret detail')) },
    );
    const answer = await (await signIn(p, 'ann')).get(CASE);
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('secret detail');
    expect(lines).toEqual([{ what: 'a page broke', failure: 'TypeError', route: '/cases/:caseId' }]);
  });
  it('of the store or of Temporal is named, with the way back', async () => {
    const p = play({}, { complete: () => Promise.reject(new QuellError('CASE_CLOSED')) });
    const answer = await (await signIn(p, 'ann')).post(`${CASE}/tasks/t-1`, { outcome: 'not_possible' });
    expect(answer.statusCode).toBe(409);
    expect(answer.body).toContain('The case has closed');
    expect(answer.body).toContain(`href="${CASE}"`);
  });
  it('unknown pages are 404', async () => {
    const p = play();
    expect((await p.app.inject({ url: '/nowhere' })).statusCode).toBe(404);
  });
});
