import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAX_WORDS } from '../../../domain/contact.js';
import { QuellError } from '../../../domain/errors.js';
import { formShows, parseSentForm, type SentForm } from '../../../platforms/slack/sent-form.js';
import { createSlackTalk } from '../../../platforms/slack/talk.js';
import type { FormPress } from '../../../platforms/ports.js';
import { responseUrl } from '../../../simulator/slack/response-url.js';
import { MISHAPS, patienceFor } from '../../conformance/faults.js';
import { secretsIn } from '../../conformance/secrets.js';
import { FORM } from '../../conformance/slack-drives.js';
import { startTenant, tokensOf, type Tenant } from './fixture.js';

let now: Date;
let tenant: Tenant;
let receiver: FastifyInstance | undefined;
beforeEach(async () => {
  now = new Date();
  tenant = await startTenant([], { now: () => now });
});
afterEach(async () => {
  await tenant.close();
  await receiver?.close();
  receiver = undefined;
});

const pressed = (change: Partial<FormPress> = {}): FormPress => ({
  trigger: tenant.simulator.state.modals.trigger(tenant.id('dana')),
  value: 'the token of the question',
  form: FORM,
  otherwise: 'Please press again.',
  ...change,
});
async function open(press: FormPress, timeoutMs = 5_000): Promise<{ readonly opened: boolean }> {
  const [talk] = createSlackTalk({ ...tenant.settings(tokensOf(tenant).people), timeoutMs }).talk;
  if (!talk?.openForm) throw new Error('no forms');
  return await talk.openForm(press);
}
const forms = () => tenant.simulator.forms('dana');

/** Takes what is sent as the gateway does, and answers with `reply`. */
async function listen(reply: object): Promise<readonly (SentForm | undefined)[]> {
  const sent: (SentForm | undefined)[] = [];
  receiver = Fastify();
  receiver.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) =>
    done(null, body),
  );
  receiver.post('/', (request) => {
    sent.push(parseSentForm(request.body as string));
    return reply;
  });
  tenant.simulator.callbackUrl = await receiver.listen({ port: 0, host: '127.0.0.1' });
  return sent;
}

describe('the form for an answer', () => {
  it('opens before the person who pressed, and nobody else', async () => {
    expect(await open(pressed())).toEqual({ opened: true });
    expect(forms().map((f) => f.view.title.text)).toEqual([FORM.title]);
    expect(tenant.simulator.forms('eve')).toEqual([]);
  });

  it('comes back with who sent it, the answer and the words, and shows what it is told', async () => {
    const sent = await listen(formShows('Thank you', 'We have it.'));
    const replyTo = 'https://hooks.slack.com/actions/T1/2/x';
    await open(pressed({ replyTo }));
    expect(await tenant.simulator.sendForm('dana', { answer: 'me', words: ' At the <office>. ' })).toBe(200);
    expect(sent).toEqual([
      {
        userId: tenant.id('dana'),
        answer: 'me',
        words: 'At the <office>.',
        value: 'the token of the question',
        responseUrl: replyTo,
      },
    ]);
    expect(forms().map((f) => f.view.blocks)).toEqual([[expect.objectContaining({ type: 'section' })]]);
  });

  it('can be sent without words, not without an answer, and not with more words than are kept', async () => {
    const sent = await listen({});
    await open(pressed());
    await expect(tenant.simulator.sendForm('dana', { words: 'x' })).rejects.toThrow('wants answer');
    const tooMuch = { answer: 'me', words: 'x'.repeat(MAX_WORDS + 1) };
    await expect(tenant.simulator.sendForm('dana', tooMuch)).rejects.toThrow('too long');
    expect(await tenant.simulator.sendForm('dana', { answer: 'me' })).toBe(200);
    expect(sent).toEqual([{ userId: tenant.id('dana'), answer: 'me', value: 'the token of the question' }]);
    expect(forms()).toEqual([]);
  });

  it('after three seconds is not opened: the person is told, and the message stays', async () => {
    const [talk] = createSlackTalk(tenant.settings(tokensOf(tenant).people)).talk;
    const to = tenant.id('dana');
    await talk?.send(to, { key: 'k', title: 'Was this you?', text: 'Please answer.' });
    const [message] = tenant.simulator.state.messages.filter((m) => m.channel === tenant.simulator.state.dm(to).id);
    const replyTo = responseUrl(tenant.simulator.state, message?.channel ?? '', message?.ts ?? '');
    const press = pressed({ replyTo });
    now = new Date(now.getTime() + 3_001);
    expect(await open(press)).toEqual({ opened: false });
    expect(forms()).toEqual([]);
    expect(tenant.simulator.whispered).toEqual(['Please press again.']);
    expect(tenant.simulator.messagesTo?.('dana').map((m) => m.text)).toEqual(['Was this you?\nPlease answer.']);
  });

  it('is not opened by a right that is nobody’s', async () => {
    expect(await open(pressed({ trigger: '1.2.made-up' }))).toEqual({ opened: false });
    expect(forms()).toEqual([]);
  });

  it.each(MISHAPS)('opens once, when the first call meets %s', async (kind) => {
    tenant.fault('views.open', kind, 1, { retryAfterSeconds: 0 });
    const press = pressed();
    const patience = patienceFor([kind], 1_000);
    const first: unknown = await open(press, patience).catch((error: unknown) => error);
    expect(first).toMatchObject({ retryable: true });
    expect(secretsIn(first as QuellError, [tenant.own.tokens.bot, press.trigger, press.value])).toEqual([]);
    expect(await open(press)).toEqual({ opened: true });
    expect(forms()).toHaveLength(1);
  });

  it('that is not ours, or carries nothing, is not taken for ours', () => {
    const body = (view: object) =>
      new URLSearchParams({
        payload: JSON.stringify({ type: 'view_submission', user: { id: 'U1' }, view }),
      }).toString();
    const state = { values: { answer: { answer: { selected_option: { value: 'me' } } } } };
    expect(parseSentForm(body({ callback_id: 'another', private_metadata: '{}', state }))).toBeUndefined();
    expect(() => parseSentForm(body({ callback_id: 'quell_answer', private_metadata: 'x', state }))).toThrow(
      QuellError,
    );
    expect(() => parseSentForm('payload=x')).toThrow(QuellError);
  });
});
