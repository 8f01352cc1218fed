import { describe, expect, it } from 'vitest';
import { QuellError } from '../../../domain/errors.js';
import { Worker } from '../support/containment.js';
import { action, BLOCK, decide, plan } from '../support/plans.js';

const both = (of: ReturnType<typeof plan>) => [decide(of), decide(of, { personId: 'p-2' })];
const disable = (accountId: string, rule = 'one') =>
  plan([action(1, { rule, target: { type: 'account', accountId } })]);
const rule = (ruleId: string, accountId = 'U1') =>
  plan([action(1, { kind: 'remove_mail_rule', target: { type: 'mail_rule', ruleId, accountId } })]);
const app = (appId: string) =>
  plan([action(1, { kind: 'remove_app', target: { type: 'app', appId, accountId: 'U1' } })]);

/** What a worker says, and that nothing was written when it refuses. */
async function refusal(
  of: ReturnType<typeof plan>,
  prepare: (w: Worker) => void = () => undefined,
): Promise<string | undefined> {
  const worker = await Worker.start();
  prepare(worker);
  const result = await worker.act({ plan: of, step: 1, decisions: both(of) });
  if (result.status === 'refused') expect(worker.tenant.journal).toEqual([]);
  return result.code;
}

describe('what is judged is what is written', () => {
  it('writes to the id that the vendor answered with, and says so everywhere', async () => {
    const worker = await Worker.start();
    const of = disable('dana@example.com');
    const result = await worker.act({ plan: of, step: 1, decisions: [decide(of)] });
    const resolved = { target: { type: 'account', accountId: 'U1' }, affects: ['U1'], reach: 'accounts' };
    expect(worker.tenant.journal).toMatchObject([{ targetId: 'U1' }]);
    expect(result.resolved).toEqual(resolved);
    expect(worker.audit.at(-1)?.data).toMatchObject({ resolved });
  });

  it('protects by the resolved id, however the plan spells it', async () => {
    for (const spelling of ['uglass', 'glass@example.com', 'users/UGLASS']) {
      const of = disable(spelling, 'vip');
      expect(await refusal(of, (w) => w.tenant.spellings.set(spelling, 'UGLASS'))).toBe('PROTECTED');
    }
  });

  it('resolves the protected people too: an address on the list protects the account behind it', async () => {
    const of = disable('U7', 'vip');
    expect(
      await refusal(of, (w) => {
        w.tenant.spellings.set('boss@example.com', 'U7');
        w.people = { ...w.people, breakGlass: ['boss@example.com'] };
      }),
    ).toBe('PROTECTED');
  });

  it('lets nobody decide whose account it turns out to be', async () => {
    const worker = await Worker.start();
    worker.tenant.spellings.set('own@example.com', 'UOWN');
    const of = disable('own@example.com', 'vip');
    const decisions = [decide(of, { personId: 'p-3' }), decide(of, { personId: 'p-2' })];
    expect(await worker.act({ plan: of, step: 1, decisions })).toMatchObject({ code: 'NOT_AUTHORISED' });
    // It is an approver's account: two others may, under the VIP rule.
    expect(await worker.act({ plan: of, step: 1, decisions: both(of) })).toMatchObject({ status: 'done' });
  });

  it('lets nobody decide whom the case suspects, by their accounts', async () => {
    const of = plan([action(1)], {
      suspects: [{ subjectId: 'subject-9', accounts: [{ platform: 'slack', tenant: 'main', nativeId: 'UOWN' }] }],
    });
    const worker = await Worker.start();
    expect(await worker.act({ plan: of, step: 1, decisions: [decide(of, { personId: 'p-3' })] })).toMatchObject({
      code: 'NOT_AUTHORISED',
    });
    expect(worker.tenant.journal).toEqual([]);
  });

  it('refuses what is nothing, what is two things, and what the act does not take', async () => {
    expect(await refusal(disable('U404'), (w) => w.tenant.nobody.add('U404'))).toBe('UNRESOLVED');
    expect(await refusal(disable('U2'), (w) => w.tenant.twice.add('U2'))).toBe('UNRESOLVED');
    const confused = plan([action(1, { target: { type: 'app', appId: 'A1', accountId: 'U1' } })]);
    expect(await refusal(confused)).toBe('UNRESOLVED');
  });

  it('counts what cannot be read as protected, and asks again where it may pass', async () => {
    const of = disable('U1');
    expect(await refusal(of, (w) => (w.tenant.unreadable = new QuellError('VENDOR_SCOPE')))).toBe('PROTECTED');
    const down = await Worker.start();
    down.tenant.unreadable = new QuellError('VENDOR_DOWN');
    await expect(down.act({ plan: of, step: 1, decisions: [decide(of)] })).rejects.toMatchObject({
      type: 'VENDOR_DOWN',
    });
  });

  it.each([
    ['a mail rule', rule('r1'), 'r1'],
    ['an app', app('A1'), 'A1'],
  ])('protects every account that %s affects', async (_, of, thing) => {
    expect(await refusal(of, (w) => w.tenant.alsoAffects.set(thing, ['U5', 'UGLASS']))).toBe('PROTECTED');
    expect(await refusal(of, (w) => w.tenant.alsoAffects.set(thing, ['UVIP']))).toBe('NOT_AUTHORISED'); // the VIP rule
    expect(await refusal(of)).toBeUndefined();
  });

  it('goes on with what a step was begun on, and with nothing else', async () => {
    const worker = await Worker.start();
    const of = rule('r1');
    worker.tenant.faults.push({ operation: 'rules.remove', when: 'before', error: new Error('killed'), times: 1 });
    await expect(worker.act({ plan: of, step: 1, decisions: [decide(of)] })).rejects.toThrow();
    worker.tenant.alsoAffects.set('r1', ['U8']);
    expect(await worker.act({ plan: of, step: 1, decisions: [decide(of)] })).toMatchObject({ code: 'UNRESOLVED' });
    expect(worker.tenant.journal).toEqual([]);
  });

  it('releases only what it still is', async () => {
    const worker = await Worker.start();
    const of = disable('dana@example.com');
    await worker.act({ plan: of, step: 1, decisions: [decide(of)] });
    worker.tenant.spellings.set('dana@example.com', 'U2');
    const release = { plan: of, step: 1, decisions: [decide(of, { verb: 'release' })] };
    expect(await worker.revert(release)).toMatchObject({ code: 'UNRESOLVED' });
    worker.tenant.spellings.set('dana@example.com', 'U1');
    expect(await worker.revert(release)).toMatchObject({ status: 'done', verified: true });
    expect(worker.tenant.active.get('U1')).toBe(true);
  });

  it('takes an address in one spelling', async () => {
    const of = plan([action(1, { ...BLOCK, target: { type: 'address', address: '203.0.113.9' } })]);
    expect(await refusal(of)).toBe('PROTECTED'); // own network, in the vendor's spelling
  });
});

describe('what approvers see', () => {
  it('is what would be touched now: ids in the answer, names in the dossier alone', async () => {
    const worker = await Worker.start();
    worker.tenant.nobody.add('U404');
    const of = plan([
      action(1, { target: { type: 'account', accountId: 'dana@example.com' } }),
      action(2, { target: { type: 'account', accountId: 'UGLASS' } }),
      action(3, { target: { type: 'account', accountId: 'U404' } }),
      action(4, { by: 'task' }),
    ]);
    const answer = await worker.look(of);
    expect(answer.steps).toEqual([
      { step: 1, target: { type: 'account', accountId: 'U1' }, affects: ['U1'], reach: 'accounts', because: [] },
      expect.objectContaining({ step: 2, refused: 'PROTECTED (break_glass)' }),
      { step: 3, because: [], refused: 'UNRESOLVED' },
    ]);
    expect(JSON.stringify(answer)).not.toContain('Name of');
    expect(worker.dossier).toEqual([{ U1: 'Name of U1', UGLASS: 'Name of UGLASS' }]);
    expect(worker.tenant.journal).toEqual([]);
  });
});
