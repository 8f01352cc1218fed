import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { digest } from '../../domain/canonical.js';
import type { ApprovalDecision } from '../../domain/decision.js';
import type { ActionResult, ContainmentPlan } from '../../domain/plan.js';
import type { CasePolicy } from '../../domain/policy.js';
import { viewContainment } from '../../gateway/case-client.js';
import { signBody } from '../../store/signing.js';
import { viewQuery } from '../../workflows/messages.js';
import { QUEUES } from '../../workflows/queues.js';
import { play, withHouse } from '../support/house.js';

/**
 * Somebody with full access to Temporal and the payload key, and no signing key. Whatever they start, complete or replay:
 * the tenants' journal stays as it was.
 */
test('access to Temporal and the payload key is not enough to act', async () => {
  await withHouse({ scenario: 'silent-subject' }, async (house, state) => {
    const run = await play(house, state);
    const [real] = run.states;
    const journal = [...house.world.journal];
    expect(journal.length).toBeGreaterThan(0);

    const victim = house.world.nativeId('microsoft', 'ben');
    const thief = keyPair();
    const at = new Date();
    const plan: ContainmentPlan = {
      planId: 'p-forged',
      caseId: 'case-forged',
      subjectId: 's-forged',
      suspects: [],
      purpose: 'containment',
      actions: (['disable_account', 'reset_credentials', 'end_sessions'] as const).map((kind, i) => ({
        ...{
          platform: 'microsoft',
          tenant: 'main',
          step: i + 1,
          kind,
          target:
            kind === 'end_sessions'
              ? { type: 'sessions', accountId: victim, sessionIds: [] }
              : { type: 'account', accountId: victim },
          by: 'vendor',
        },
        ...{
          reason: '',
          reversible: true,
          undo: '',
          losses: '',
          d3fend: 'D3-AL',
          rule: kind === 'end_sessions' ? 'automatic' : 'one_responder',
        },
      })),
      policyDigest: real!.policy!.digest,
      createdAt: at.toISOString(),
      expiresAt: new Date(at.getTime() + 3_600_000).toISOString(),
      // A real manifest, of another case and another account.
      manifests: real!.collections.map((c) => c.manifest),
    };
    const forged: ApprovalDecision = {
      ...{ type: 'approval', caseId: plan.caseId, planId: plan.planId, planDigest: digest(plan), verb: 'approve' },
      ...{ personId: 'ann', role: 'lead', at: at.toISOString(), expiresAt: plan.expiresAt, nonce: randomUUID() },
    };
    const policy: CasePolicy = {
      ...real!.policy!,
      keys: [{ keyId: thief.keyId, publicKey: thief.publicKey, holder: { kind: 'console' } }],
    };

    // 1. A containment of their own making, with their own key in its policy, decided on by themselves.
    const containment = await house.client.workflow.start('containmentWorkflow', {
      workflowId: 'containment-p-forged',
      taskQueue: QUEUES.playbook,
      args: [
        {
          plan: signBody(plan, thief),
          planDigest: digest(plan),
          policy,
          caseId: plan.caseId,
          deadline: plan.expiresAt,
          suspect: [],
        },
      ],
    });
    await containment.signal('decide', signBody(forged, thief));
    await until(async () => ((await viewContainment(house.client, containment.workflowId))?.results.length ?? 0) === 3);
    const view = await viewContainment(house.client, containment.workflowId);
    expect(view?.results.map((r) => r.status)).toEqual(['failed', 'failed', 'failed']); // nobody is told why
    expect(house.world.journal).toEqual(journal);

    // 2. The act alone, as an activity of a workflow type of the bundle, with a decision of the real case replayed on it.
    const old = await viewContainment(house.client, real!.plans.at(-1)!.containmentId);
    const replayed = { ...plan, planId: old!.planId, caseId: real!.caseId };
    const signature = { keyId: old!.plan.keyId, signature: old!.plan.signature };
    const again = await house.client.workflow.start('containmentWorkflow', {
      workflowId: 'containment-p-replayed',
      taskQueue: QUEUES.playbook,
      args: [
        {
          plan: { body: replayed, ...signature },
          planDigest: digest(replayed),
          policy: real!.policy,
          caseId: real!.caseId,
          deadline: new Date(at.getTime() + 3_000).toISOString(),
          suspect: [],
        },
      ],
    });
    for (const decision of old!.decisions) await again.signal('decide', decision);
    await until(async () => ((await viewContainment(house.client, again.workflowId))?.results.length ?? 0) === 3);
    expect(house.world.journal).toEqual(journal);

    // 3. The very plan and decisions of the real case, played a second time: what was done is told, nothing is done again.
    const twice = await house.client.workflow.start('containmentWorkflow', {
      workflowId: 'containment-p-twice',
      taskQueue: QUEUES.playbook,
      args: [
        {
          plan: old!.plan,
          planDigest: digest(old!.plan.body),
          policy: real!.policy,
          caseId: real!.caseId,
          deadline: old!.plan.body.expiresAt,
          suspect: [],
        },
      ],
    });
    for (const decision of old!.decisions) await twice.signal('decide', decision);
    await until(
      async () =>
        ((await viewContainment(house.client, twice.workflowId))?.results.length ?? 0) ===
        old!.plan.body.actions.length,
    );
    expect(house.world.journal).toEqual(journal);
    const told: readonly ActionResult[] = (await viewContainment(house.client, twice.workflowId))!.results;
    expect(told.every((r) => r.status !== 'failed')).toBe(true);

    // 4. Unsigned and foreign messages to the real case change nothing.
    await house.client.workflow.getHandle(real!.caseId).query(viewQuery);
    expect(await house.inspect('microsoft', '@ben')).toMatchObject({ enabled: true, passwordChanged: false });
  });
});

function keyPair(): Parameters<typeof signBody>[1] {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  return { keyId: 'k-thief', publicKey: raw.toString('hex'), privateKey };
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 90_000; Date.now() < deadline; await new Promise((r) => setTimeout(r, 200)))
    if (await holds().catch(() => false)) return;
  throw new Error('it did not come to hold');
}
