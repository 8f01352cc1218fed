import { expect, it } from 'vitest';
import { answerUpdate } from '../../workflows/messages.js';
import { useTimeSkipping } from '../support/temporal.js';
import { assessmentOf, casePolicy, HOUR, LAG_MS, plus, STRANGE } from './support/facts.js';
import { answerTo } from './support/people.js';
import { usePlaybook } from './support/running.js';
import { failing, PlayedWorld } from './support/world.js';

const temporal = useTimeSkipping();
const { withCase } = usePlaybook(temporal);

const strange = (): PlayedWorld =>
  new PlayedWorld({ assess: async ({ depth }) => assessmentOf({ depth, ...STRANGE }) });

it('takes a silent subject for what the policy says, at the deadline and not before', async () => {
  const world = strange();
  await withCase(world, async (running) => {
    const { contact } = await running.until((s) => s.contact?.outcome === 'waiting');
    expect(contact?.deadline).toBe(world.asked('contactSubject')[0]!.deadline);
    await temporal.sleep(HOUR - 60_000);
    expect((await running.view()).contact).toMatchObject({ outcome: 'waiting' });
    await temporal.sleep(120_000);
    const state = await running.until((s) => s.contact?.outcome === 'silent');
    expect(state.contact).toMatchObject({ outcome: 'silent', deadline: contact?.deadline });
    // Silence raises nothing: the case keeps watch, and after that the evidence alone decides.
    await temporal.sleep(LAG_MS);
    const kept = await running.until((s) => s.watchUntil !== undefined);
    expect(kept.escalation).toMatchObject({ decision: 'watch', verdict: 'suspicious' });
    expect(kept.escalation?.reasons.map((r) => r.code)).toContain('contact.silent');
    expect((await running.end()).escalation).toMatchObject({ decision: 'close' });
  });
});

it('hears an answer, also one that comes after the deadline', async () => {
  const world = strange();
  world.answer({
    openCase: async () =>
      casePolicy({
        contact: {
          ...casePolicy().contact,
          silence: { info: 'close', low: 'close', medium: 'close', high: 'close', critical: 'close' },
        },
      }),
  });
  await withCase(world, async (running) => {
    await running.until((s) => s.contact?.outcome === 'waiting');
    await temporal.sleep(2 * HOUR);
    await running.until((s) => s.lagUntil !== undefined);
    await running.handle.executeUpdate(answerUpdate, { args: [answerTo(running.caseId, 'not_me')] });
    const state = await running.end();
    expect(state.contact).toMatchObject({ outcome: 'not_me' });
    expect(state).toMatchObject({ verdict: 'compromised', escalation: { decision: 'escalate' } });
  });
});

it('confirms a traveller who says so', async () => {
  await withCase(strange(), async (running) => {
    await running.until((s) => s.contact?.outcome === 'waiting');
    await running.handle.executeUpdate(answerUpdate, { args: [answerTo(running.caseId, 'me')] });
    expect(await running.end()).toMatchObject({ verdict: 'benign', closedAs: 'no_incident' });
  });
});

it.each([
  [
    'no channel is clean',
    async () => ({ channel: 'none' as const, avoided: ['slack'], sentAt: plus('2026-03-02', 0) }),
  ],
  ['no message can be sent', failing('VENDOR_AUTH')],
])('goes on without the subject when %s', async (_, contactSubject) => {
  const world = strange();
  world.answer({ contactSubject });
  await withCase(world, async (running) => {
    const state = await running.end();
    expect(state.contact).toMatchObject({ channel: 'none', outcome: 'not_contacted' });
    expect(state.closedAs).toBeDefined();
  });
});

it('asks by phone through a person, and takes what that person heard', async () => {
  const world = strange();
  world.answer({
    contactSubject: async () => ({ channel: 'phone_task', avoided: ['slack'], sentAt: plus('2026-03-02', 0) }),
  });
  await withCase(world, async (running) => {
    const call = await running.task('contact_by_phone');
    await running.until(() =>
      world.asked('announceTasks').some(({ tasks }) => tasks.some((t) => t.taskId === call.taskId)),
    );
    await running.complete(call, 'p-responder', { answer: 'me' });
    expect(await running.end()).toMatchObject({ contact: { outcome: 'me' }, closedAs: 'no_incident' });
  });
});

it('takes a call that reached nobody for silence, at once and not for an answer', async () => {
  const world = strange();
  world.answer({
    contactSubject: async () => ({ channel: 'phone_task', avoided: ['slack'], sentAt: plus('2026-03-02', 0) }),
  });
  await withCase(world, async (running) => {
    const call = await running.task('contact_by_phone');
    await running.complete(call, 'p-responder', { answer: 'not_reached' });
    const state = await running.until((s) => s.contact?.outcome !== 'waiting');
    expect(state.contact).toMatchObject({ outcome: 'silent' });
    expect(state.contact?.answeredAt).toBeUndefined();
  });
});

it('takes a call that nobody made for silence', async () => {
  const world = strange();
  world.answer({
    contactSubject: async () => ({ channel: 'phone_task', avoided: ['slack'], sentAt: plus('2026-03-02', 0) }),
  });
  await withCase(world, async (running) => {
    const state = await running.end();
    expect(state.contact).toMatchObject({ outcome: 'silent' });
    expect(state.tasks.find((t) => t.kind === 'contact_by_phone')).toMatchObject({
      status: 'late',
      ifLate: 'silence counts as the policy says',
    });
  });
});
