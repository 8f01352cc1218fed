import { afterEach, describe, expect, it } from 'vitest';
import { QuellError } from '../../../domain/errors.js';
import { PEOPLE } from '../support/played-case.js';
import { playConsole, testSessions, type PlayedConsole } from '../support/played-console.js';
import { signIn, type SignedIn } from '../support/signed-in.js';

const open: PlayedConsole[] = [];
const play = (...args: Parameters<typeof playConsole>): PlayedConsole => {
  const played = playConsole(...args);
  open.push(played);
  return played;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ app }) => app.close()));
});

const CASE = '/cases/case-s-dana';
const PLAN = `${CASE}/plans/p-1`;
const decide = (p: PlayedConsole, who: SignedIn, verb: string, more: Record<string, string> = {}) =>
  who.post(PLAN, { verb, digest: p.view.planDigest, step: ['1', '2'], ...more });

describe('two people who press at once', () => {
  it('approve and deny: nothing is cleared, and both read who said what', async () => {
    for (const order of [
      ['ann', 'ben'],
      ['ben', 'ann'],
    ] as const) {
      const p = play();
      const [approves, denies] = [await signIn(p, order[0]), await signIn(p, order[1])];
      const answers = await Promise.all([decide(p, approves, 'approve'), decide(p, denies, 'deny')]);
      expect(answers.map((a) => a.statusCode)).toEqual([303, 303]);
      expect(p.view.status).toBe('denied');
      for (const reader of [approves, denies]) {
        const page = (await reader.get(CASE)).body;
        for (const name of ['Ann Vogt', 'Ben Adler']) expect(page).toContain(name);
      }
      expect(
        p.audits
          .filter((a) => a.kind.startsWith('decision.'))
          .map((a) => [a.kind, a.by])
          .sort(),
      ).toEqual(
        [
          ['decision.approve', order[0]],
          ['decision.deny', order[1]],
        ].sort(),
      );
    }
  });
});

describe('a decision', () => {
  it('sent again by the same form is one person’s, however often', async () => {
    const p = play();
    const ann = await signIn(p, 'ann');
    for (let i = 0; i < 4; i++) await decide(p, ann, 'approve');
    await Promise.all([1, 2, 3].map(() => decide(p, ann, 'approve')));
    expect(p.view.status).toBe('awaiting_approval');
  });

  it('of a person who was taken out of the configuration since is none', async () => {
    const sessions = testSessions();
    const before = await signIn(play({ sessions }), 'ben');
    const p = play({ sessions, people: PEOPLE.filter((person) => person.personId !== 'ben') });
    const payload = new URLSearchParams({ verb: 'approve', digest: p.view.planDigest, step: '1', form: before.token });
    const headers = { cookie: before.cookie, 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await p.app.inject({ method: 'POST', url: PLAN, headers, payload: payload.toString() });
    expect(answer.statusCode).toBe(403);
    expect(p.view.decisions).toEqual([]);
  });

  it.each([
    ['DECISION_EXPIRED', 409, 'The decision or the plan has expired'],
    ['DECISION_REPLAYED', 409, 'already used for something else'],
    ['CASE_CLOSED', 409, 'The case has closed'],
    ['NOT_AUTHORISED', 403, 'No valid decision covers this step'],
  ] as const)('that the case refuses (%s) is shown as such, and told to the audit log', async (code, status, words) => {
    const p = play({}, { decide: () => Promise.reject(new QuellError(code)) });
    const answer = await decide(p, await signIn(p, 'ann'), 'approve');
    expect([answer.statusCode, answer.body.includes(words)]).toEqual([status, true]);
    expect(p.audits).toContainEqual(
      expect.objectContaining({ kind: 'decision.approve.refused', by: 'ann', data: expect.objectContaining({ code }) }),
    );
  });

  it.each([
    ['another digest', { digest: 'e'.repeat(64) }, 409],
    ['no digest', { digest: '' }, 409],
    ['a step that the plan has not', { step: '7' }, 403],
    ['a verb that there is none of', { verb: 'approve_all' }, 403],
  ])('with %s never reaches the case', async (_, change, status) => {
    const decided: unknown[] = [];
    const p = play({}, { decide: (...given) => Promise.resolve(void decided.push(given)) });
    expect((await decide(p, await signIn(p, 'ann'), 'approve', change)).statusCode).toBe(status);
    expect(decided).toEqual([]);
  });
});
