import { describe, expect, it } from 'vitest';
import { createSwitchActivities, type ContainmentMemory } from '../../../activities/containment/index.js';
import type { SwitchActivities } from '../../../activities/contract.js';
import { QuellError } from '../../../domain/errors.js';
import type { SwitchDecision } from '../../../domain/decision.js';
import type { AuditEntry } from '../../../store/audit/entry.js';
import type { SigningKey } from '../../../store/key-ring.js';
import { signBody } from '../../../store/signing.js';
import { perform, quietly } from '../support/house.js';
import { Worker } from '../support/containment.js';
import { action, config, consoleKey, decide, later, PEOPLE, plan, SESSIONS, strangerKey } from '../support/plans.js';

let nonces = 0;
function decision(verb: SwitchDecision['verb'], change: Partial<SwitchDecision> = {}, key: SigningKey = consoleKey) {
  const body: SwitchDecision = {
    ...{ type: 'switch', verb, personId: 'p-2', role: 'lead', at: later(-1), why: 'too many at once' },
    nonce: `switch-${String(nonces++)}`,
    ...(verb === 'resume' ? { expiresAt: later(10) } : {}),
    ...change,
  };
  return signBody(body, key);
}

function switchOf(worker: Worker): (signed: ReturnType<typeof decision>) => Promise<unknown> {
  const activities: SwitchActivities = createSwitchActivities({
    memory: worker.memory,
    keys: config('').decisionKeys,
    deciders: PEOPLE.deciders,
    audit: { note: (e) => Promise.resolve(void worker.audit.push(e)) },
    clock: () => worker.now,
  });
  return (signed) => perform(activities, 'switchContainment', { signed }, quietly());
}

describe('the organisation’s stop', () => {
  const of = plan([action(1)]);
  const act = (worker: Worker) => worker.act({ plan: of, step: 1, decisions: [decide(of)] });

  it('is obeyed by the gate itself, over a restart, until a lead lifts that very stop', async () => {
    const worker = await Worker.start();
    const stop = decision('stop');
    expect(await switchOf(worker)(stop)).toMatchObject({ stopped: { by: 'p-2', why: 'too many at once' } });
    expect(await act(worker)).toMatchObject({ code: 'STOPPED' });
    worker.restart();
    expect(await act(worker)).toMatchObject({ code: 'STOPPED' });
    expect(worker.tenant.journal).toEqual([]);
    const other = decision('resume', { lifts: 'another stop' });
    await expect(switchOf(worker)(other)).rejects.toMatchObject({ type: 'DECISION_EXPIRED' });
    expect(await switchOf(worker)(decision('resume', { lifts: stop.body.nonce }))).toEqual({});
    expect(await act(worker)).toMatchObject({ status: 'done' });
  });

  it('is told to the audit log also when the attempt that obeyed it could not tell', async () => {
    const worker = await Worker.start();
    const stop = decision('stop');
    let isAway = true;
    const note = (e: AuditEntry): Promise<void> =>
      isAway ? Promise.reject(new QuellError('DATABASE_UNAVAILABLE')) : Promise.resolve(void worker.audit.push(e));
    const obey = () =>
      perform(
        createSwitchActivities({
          ...{ memory: worker.memory, keys: config('').decisionKeys, deciders: PEOPLE.deciders },
          ...{ audit: { note }, clock: () => worker.now },
        }),
        'switchContainment',
        { signed: stop },
        quietly(),
      );
    await expect(obey()).rejects.toMatchObject({ type: 'DATABASE_UNAVAILABLE' });
    isAway = false;
    expect(await obey()).toMatchObject({ stopped: { by: 'p-2' } });
    expect(worker.audit).toMatchObject([{ key: `switch:${stop.body.nonce}`, kind: 'containment.switch.stopped' }]);
  });

  it('stops between two writes of one step', async () => {
    const worker = await Worker.start();
    const sessions = plan([action(1, { ...SESSIONS, rule: 'one' })]);
    const { journal } = worker.tenant;
    // Between the two: the first is sent, and the second not announced yet.
    worker.restart((memory) => {
      const note: ContainmentMemory['note'] = async (...args) => {
        await memory.note(...args);
        if (args[2].kind === 'intended') await switchOf(worker)(decision('stop'));
      };
      return Object.assign(Object.create(memory), { note }) as ContainmentMemory;
    });
    expect(await worker.act({ plan: sessions, step: 1, decisions: [decide(sessions)] })).toMatchObject({
      code: 'STOPPED',
      writes: [...journal],
    });
    expect(journal).toHaveLength(1);
  });

  it('stops the undo as well', async () => {
    const worker = await Worker.start();
    await act(worker);
    await switchOf(worker)(decision('stop'));
    expect(await worker.revert({ plan: of, step: 1, decisions: [decide(of, { verb: 'release' })] })).toMatchObject({
      code: 'STOPPED',
    });
    expect(worker.tenant.active.get('U1')).toBe(false);
  });

  it('is played once: neither an old stop nor an old resume counts again', async () => {
    const worker = await Worker.start();
    const obey = switchOf(worker);
    const stop = decision('stop');
    const resume = decision('resume', { lifts: stop.body.nonce });
    await obey(stop);
    await obey(resume);
    expect(await obey(stop)).toEqual({}); // answered as it stands, obeyed no more
    expect(await act(worker)).toMatchObject({ status: 'done' });
    const second = decision('stop');
    await obey(second);
    expect(await obey(resume)).toMatchObject({ stopped: { nonce: second.body.nonce } });
    worker.restart();
    expect(await switchOf(worker)(resume)).toMatchObject({ stopped: { nonce: second.body.nonce } });
  });

  it.each([
    ['a stranger', 'SIGNATURE', (lifts: string) => decision('resume', { lifts }, strangerKey)],
    ['who is no lead', 'NOT_AUTHORISED', (lifts: string) => decision('resume', { lifts, personId: 'p-1' })],
    ['too late', 'DECISION_EXPIRED', (lifts: string) => decision('resume', { lifts, expiresAt: later(-1) })],
  ])('is not lifted by %s', async (_, type, make) => {
    const worker = await Worker.start();
    const stop = decision('stop');
    await switchOf(worker)(stop);
    await expect(switchOf(worker)(make(stop.body.nonce))).rejects.toMatchObject({ type, nonRetryable: true });
    expect(await act(worker)).toMatchObject({ code: 'STOPPED' });
    expect(worker.audit).toContainEqual(expect.objectContaining({ kind: 'containment.switch.refused' }));
  });

  it('is never refused for its form, only for its signature', async () => {
    const worker = await Worker.start();
    await expect(switchOf(worker)(decision('stop', {}, strangerKey))).rejects.toMatchObject({ type: 'SIGNATURE' });
    expect(await act(worker)).toMatchObject({ status: 'done' });
    const bare = decision('stop', { why: undefined as never, role: 'x', at: 'never' });
    expect(await switchOf(worker)(bare)).toMatchObject({ stopped: { by: 'p-2' } });
  });
});
