import { beforeAll, expect, test } from 'vitest';
import type { Payload } from '@temporalio/common';
import type { CaseState } from '../../domain/case.js';
import type { ContactAnswer } from '../../domain/decision.js';
import { viewCase } from '../../gateway/case-client.js';
import { signBody } from '../../store/signing.js';
import type { SigningKey } from '../../store/key-ring.js';
import { minutes, posingAs, stranger, until, useAttack } from './support/attack.js';
import { askedCase, LIVE } from './support/live-case.js';
import { encrypted, plain, sending } from './support/sending.js';

/** The subject's answer: it comes by the link that was sent to them, once, and takes nothing back that was said before. */
const attack = useAttack(LIVE);
let asked: CaseState;
let link: string;
beforeAll(async () => {
  asked = await askedCase(attack.on);
  link = await until(async () =>
    attack.on.house
      .messagesTo('dana')
      .flatMap((m) => m.links)
      .find((l) => new URL(l).pathname.startsWith('/answers/')),
  );
}, 400_000);

const state = async (): Promise<CaseState> => (await viewCase(attack.on.house.client, asked.caseId))!;
const handle = () => attack.on.house.client.workflow.getHandle(asked.caseId);
const formOf = async (url = link): Promise<string> =>
  /name="form" value="([^"]+)"/.exec(await (await fetch(url)).text())?.[1] ?? '';
const post = (fields: Record<string, string>, headers: Record<string, string> = {}, url = link) =>
  fetch(url, { method: 'POST', headers, body: new URLSearchParams(fields) });

const answer = (change: Partial<ContactAnswer> = {}): ContactAnswer => ({
  ...{ type: 'answer', caseId: asked.caseId, askId: asked.contact!.askId, answer: 'me', personId: asked.subjectId },
  ...{ channel: 'mail', at: minutes(0), nonce: `n-${String(Math.random())}` },
  ...change,
});

/** Sends it as Update and as Signal; the Update says whether it was refused. */
async function refused(payload: Payload): Promise<void> {
  const attacker = sending(attack.on, payload).workflow.getHandle(asked.caseId);
  await expect(attacker.executeUpdate('answer', { args: [{}] })).rejects.toThrow();
  await attacker.signal('answer', {});
}
const send = async (body: unknown, key: SigningKey): Promise<void> =>
  refused(await encrypted(attack.on, plain(signBody(body, key))));

test('nobody answers who was not asked', async () => {
  const { on } = attack;
  const console = on.key('decision');
  await send(answer(), stranger());
  await send(answer(), posingAs(console));
  for (const role of ['plan', 'manifest', 'result', 'audit']) await send(answer(), on.key(role));
  // Who was told in person says so in their own name, and nobody speaks in another's.
  await send(answer(), on.key('person-ann'));
  await send(answer({ personId: 'ben' }), on.key('person-ann'));
  // An answer of another case, to another question, or of another form.
  await send(answer({ caseId: 'case-s-other' }), console);
  await send(answer({ askId: 'ask-99' }), console);
  await send({ ...answer(), type: 'approval' }, console);
  await send({ ...answer(), answer: 'certainly' }, console);
  await refused(await encrypted(on, plain(answer())));
  expect((await state()).contact).toEqual(asked.contact);
});

test('looking at the page answers nothing, and a form of no page neither', async () => {
  for (const query of ['', '?answer=me', '?answer=me&form=x', '?form=x&words=hello'])
    expect((await fetch(`${link}${query}`)).status).toBe(200);
  await fetch(`${link}?answer=me`, { method: 'HEAD' });
  const form = await formOf();
  expect((await post({ answer: 'me' })).status).toBe(400);
  expect((await post({ answer: 'me', form: 'x' })).status).toBe(400);
  expect((await post({ answer: 'me', form }, { 'sec-fetch-site': 'cross-site' })).status).toBeGreaterThanOrEqual(400);
  expect((await post({ answer: 'perhaps', form })).status).toBeGreaterThanOrEqual(400);
  // The link of another question: its claims changed, its mark not.
  const url = new URL(link);
  const [claims = '', mark = ''] = url.pathname.split('/').at(-1)!.split('.');
  const other = { ...(JSON.parse(Buffer.from(claims, 'base64url').toString()) as object), personId: 's-other' };
  url.pathname = `/answers/${Buffer.from(JSON.stringify(other)).toString('base64url')}.${mark}`;
  expect((await fetch(url)).status).toBe(404);
  expect((await post({ answer: 'me', form }, {}, url.href)).status).toBe(404);

  // The inbox is delivered in order: had one of those been taken, it would be the first answer.
  expect((await post({ answer: 'not_me', form })).status).toBe(200);
  const after = await until(async () => {
    const now = await state();
    return now.contact?.outcome !== 'waiting' && now;
  });
  expect(after.contact).toMatchObject({ outcome: 'not_me', channel: asked.contact!.channel });
  expect(after.contact?.later).toBeUndefined();
});

test('an answer that was given is not given again by who can read the history', async () => {
  const before = (await state()).contact;
  const events = (await handle().fetchHistory()).events ?? [];
  const payloads = events.flatMap((event) => {
    const input = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input;
    return input?.name === 'answer' ? [...(input.args?.payloads ?? [])] : [];
  });
  expect(payloads).toHaveLength(1);
  for (const payload of payloads) await refused(payload);
  expect((await state()).contact).toEqual(before);
});

test('a second, different answer is kept beside the first, and takes nothing back', async () => {
  await post({ answer: 'me', form: await formOf(), words: 'It was me after all.' });
  const after = await until(async () => {
    const now = await state();
    return (now.contact?.later?.length ?? 0) > 0 && now;
  });
  expect(after.contact).toMatchObject({ outcome: 'not_me', later: [{ answer: 'me' }] });
  // It is looked at, and the gravest of them counts: the case asks people to contain all the same.
  const waiting = await until(async () => {
    const now = await state();
    return now.plans.some((p) => p.status === 'awaiting_approval') && now;
  }, 240_000);
  expect(waiting.stage).not.toBe('closed');
});
