import { describe, expect, it } from 'vitest';
import { MAX_WORDS } from '../../domain/contact.js';
import { answers, CLAIMS, tokenOf, useEdges } from './support/answers.js';
import type { Edge } from './support/edge.js';

const edge = useEdges();

describe('the answer page', () => {
  const formOf = (html: string): string => /name="form" value="([^"]+)"/.exec(html)?.[1] ?? '';
  const send = (e: Edge, token: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    e.app.inject({
      method: 'POST',
      url: `/answers/${token}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      payload: new URLSearchParams(fields).toString(),
    });

  it('decides nothing when it is looked at, whatever looks', async () => {
    const e = await edge();
    for (const agent of [
      'Slackbot-LinkExpanding 1.0',
      'SkypeUriPreview Preview/0.5',
      'curl/8',
      'Mozilla/5.0 (SafeLinks)',
    ])
      for (const method of ['GET', 'HEAD', 'OPTIONS'] as const)
        await e.app.inject({ method, url: `/answers/${tokenOf(e)}?answer=me`, headers: { 'user-agent': agent } });
    expect(await e.kept()).toEqual([]);
  });
  it('takes an answer from its form', async () => {
    const e = await edge();
    const token = tokenOf(e);
    const page = await e.app.inject({ url: `/answers/${token}` });
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(page.body).not.toMatch(/<script|s-1|case-/);
    const answer = await send(
      e,
      token,
      { form: formOf(page.body), answer: 'not_me' },
      { 'sec-fetch-site': 'same-origin' },
    );
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain('Thank you');
    expect(await answers(e)).toEqual([{ source: 'page', token, answer: 'not_me' }]);
  });
  it('takes words with the answer, and no more of them than are kept', async () => {
    const e = await edge();
    const words = ['On the train, with my own phone.', '   ', 'x'.repeat(MAX_WORDS + 1)];
    for (const [n, text] of words.entries()) {
      const token = tokenOf(e, { askId: `ask-${String(n)}` });
      const form = formOf((await e.app.inject({ url: `/answers/${token}` })).body);
      expect((await send(e, token, { form, answer: 'me', words: text })).statusCode).toBe(200);
    }
    expect((await answers(e)).map((a) => a.words)).toEqual([words[0], undefined, 'x'.repeat(MAX_WORDS)]);
  });
  it('takes none without its form, from another site, of another kind, or of another question', async () => {
    const e = await edge();
    const token = tokenOf(e);
    const form = formOf((await e.app.inject({ url: `/answers/${token}` })).body);
    const other = formOf((await e.app.inject({ url: `/answers/${tokenOf(e, { askId: 'ask-2' })}` })).body);
    const refused = [
      await send(e, token, { answer: 'me' }),
      await send(e, token, { answer: 'me', form: other }),
      await send(e, token, { answer: 'me', form }, { 'sec-fetch-site': 'cross-site' }),
      await send(e, token, { answer: 'yes', form }),
      await e.app.inject({
        method: 'POST',
        url: `/answers/${token}`,
        headers: { 'content-type': 'text/plain' },
        payload: `answer=me&form=${form}`,
      }),
      await e.app.inject({ method: 'POST', url: `/answers/${token}`, payload: { answer: 'me', form } }),
    ];
    for (const r of refused) expect([400, 401, 415]).toContain(r.statusCode);
    expect(await e.kept()).toEqual([]);
  });
  it('is over for a token that is changed, expired, or not ours: nothing of strangers is kept', async () => {
    const e = await edge();
    const token = tokenOf(e);
    const form = formOf((await e.app.inject({ url: `/answers/${token}` })).body);
    const [body = '', tag = ''] = token.split('.');
    const moved = Buffer.from(JSON.stringify({ ...CLAIMS, caseId: 'case-s-2' })).toString('base64url');
    for (const bad of [
      `${moved}.${tag}`,
      body,
      'x'.repeat(300),
      tokenOf(e, { expiresAt: '2026-03-01T10:00:00.000Z' }),
    ]) {
      expect((await e.app.inject({ url: `/answers/${bad}` })).statusCode).toBe(404);
      expect((await send(e, bad, { form, answer: 'me' })).statusCode).toBe(404);
    }
    expect(await e.kept()).toEqual([]);
  });
});
