import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { SignedManifest } from '../../domain/evidence.js';
import type { ContainmentPlan } from '../../domain/plan.js';
import type { CaseState } from '../../domain/case.js';
import { viewContainment } from '../../gateway/case-client.js';
import { signManifest } from '../../store/signing.js';
import { endOf, minutes, posingAs, stranger, useAttack, whyOf, type StepSpec } from './support/attack.js';
import { LIVE, liveCase } from './support/live-case.js';

/**
 * Steps without a person. Every plan here is signed by the analysis role, as if that were stolen; only evidence that the evidence role signed
 * for this case, and that shows the ground again, lets one through. Each attack differs in one thing from the plan that is let through.
 */
const attack = useAttack({
  ...LIVE,
  configure: (config, policy) => {
    config['automatic'] = ['disable_account']; // it can be undone, so that a replay after a release shows
    (policy['containment'] as { rules: object }).rules = {
      disable_account: 'automatic',
    };
  },
});

let state: CaseState;
let manifest: SignedManifest;
beforeAll(async () => {
  ({ state } = await liveCase(attack.on));
  manifest = state.collections.map((c) => c.manifest).find((m) => m.manifest.grounds.length > 0)!;
}, 400_000);

interface Change {
  readonly plan?: Partial<ContainmentPlan>;
  readonly step?: Partial<StepSpec>;
  readonly manifests?: readonly SignedManifest[];
}

/** The plan of first steps that the evidence allows, with one thing changed. */
function planned({ plan, step, manifests = [manifest] }: Change = {}): ContainmentPlan {
  const { platform, tenant, grounds } = manifest.manifest;
  const spec: StepSpec = {
    ...{ platform, tenant, kind: 'disable_account', rule: 'automatic' },
    target: { type: 'account', accountId: grounds[0]!.nativeId },
    ...step,
  };
  const { caseId, subjectId } = state;
  return attack.on.plan([spec], { caseId, subjectId, purpose: 'first_steps', manifests, ...plan });
}
const run = (change?: Change) => attack.on.act(attack.on.authored(planned(change)));
const resigned = (change: Partial<SignedManifest['manifest']>, key = attack.on.key('manifest')): SignedManifest =>
  signManifest({ ...manifest.manifest, ...change }, key);

test('evidence of nobody’s, of another case, or too old lets no step through', async () => {
  const { on } = attack;
  const { groundRows, grounds } = manifest.manifest;
  const tom = on.id(manifest.manifest.platform, 'tom');
  const tomAt = { type: 'account', accountId: tom } as const;
  const changed = { ...manifest, manifest: { ...manifest.manifest, readAt: minutes(0) } };
  const without = (({ groundRows: _, ...rest }) => rest)(manifest.manifest);
  const attacks: Readonly<Record<string, Change>> = {
    'no manifest': { manifests: [] },
    'signed by a stranger': { manifests: [resigned({}, stranger())] },
    'signed by a stranger under its key id': { manifests: [resigned({}, posingAs(on.key('manifest')))] },
    'signed by the analysis role': { manifests: [resigned({}, on.key('plan'))] },
    'signed by the containment role': { manifests: [resigned({}, on.key('result'))] },
    'signed by a lead': { manifests: [resigned({}, on.key('person-ann'))] },
    'changed after it was signed': { manifests: [changed] },
    'of another case': { plan: { caseId: 'case-s-other' } },
    'of another subject': { plan: { subjectId: 's-other' } },
    'of another tenant': {
      step: { platform: 'microsoft', target: { type: 'account', accountId: on.id('microsoft', 'dana') } },
    },
    'of another tenant, by a stolen evidence key': {
      step: { platform: 'microsoft', target: { type: 'account', accountId: on.id('microsoft', 'dana') } },
      manifests: [resigned({ tenant: 'other' })],
    },
    'about another account': { step: { target: tomAt } },
    'older than the worker takes, by a stolen evidence key': { manifests: [resigned({ readAt: minutes(-60 * 5) })] },
    'of tomorrow, by a stolen evidence key': { manifests: [resigned({ readAt: minutes(60) })] },
    'of no time, by a stolen evidence key': { manifests: [resigned({ readAt: 'never' })] },
    'in words without rows, by a stolen evidence key': { manifests: [signManifest(without, on.key('manifest'))] },
    'a kind that is not on the worker’s list': {
      step: { kind: 'end_sessions', target: { type: 'sessions', accountId: grounds[0]!.nativeId, sessionIds: [] } },
    },
    'more than first steps': { plan: { purpose: 'containment' } },
  };
  expect(groundRows).toBeDefined();
  const written = await on.written(async () => {
    for (const [what, change] of Object.entries(attacks))
      expect([what, endOf(await run(change))]).toEqual([what, 'NOT_AUTHORISED']);
  });
  expect(written).toEqual([]);
});

test('rows that are gone or exchanged show nothing', async () => {
  const { on } = attack;
  const { groundRows } = manifest.manifest;
  const written = await on.written(async () => {
    for (const change of [
      { key: 'grounds.none' },
      { key: '../../../etc/passwd' },
      { sha256: '0'.repeat(64) },
      { bytes: 1 },
    ]) {
      const other = resigned({ groundRows: { ...groundRows!, ...change } });
      expect([change, endOf(await run({ manifests: [other] }))]).not.toEqual([
        change,
        expect.stringMatching(/done|already/),
      ]);
    }
    // On the disk itself: what lies there is not what was signed.
    const files = filesBelow(join(on.state, 'grounds'));
    const kept = files.map((file) => [file, readFileSync(file)] as const);
    try {
      for (const [file, bytes] of kept)
        writeFileSync(
          file,
          bytes.map((b, i) => (i === bytes.length - 40 ? b ^ 1 : b)),
        );
      expect(endOf(await run())).toMatch(/^STORE|^NOT_AUTHORISED/);
      for (const [n, [file]] of kept.entries()) writeFileSync(file, kept[(n + 1) % kept.length]![1]);
      if (kept.length > 1) expect(endOf(await run())).toMatch(/^STORE|^NOT_AUTHORISED/);
    } finally {
      for (const [file, bytes] of kept) writeFileSync(file, bytes);
    }
  });
  expect(written).toEqual([]);
});

test('real evidence lets the step through, and never again after people released it', async () => {
  const { on } = attack;
  const { grounds } = manifest.manifest;
  const known = state.plans.find((p) => p.results.some((r) => r.verified))!;
  const { plan: signed } = (await viewContainment(on.house.client, known.containmentId))!;
  const plan = signed.body;
  const { step } = plan.actions.find((a) => a.kind === 'disable_account')!;
  // Nobody decided: the analysis role planned it, the evidence let it through.
  expect(known.results.find((r) => r.step === step)).toMatchObject({ status: 'done', verified: true });
  expect(on.journal.filter((w) => w.targetId === grounds[0]!.nativeId)).not.toEqual([]);
  expect(endOf(await run())).toBe('already'); // so does the plan that the attacks differ from
  const release = [on.decision(plan, 'ann', { verb: 'release' })];
  expect(whyOf(await on.act(signed, step, release, 'revertStep'))).toBe('done');
  const written = await on.written(async () => {
    expect(endOf(await on.act(signed, step))).toBe('DECISION_REPLAYED');
    expect(endOf(await run())).toBe('DECISION_REPLAYED'); // another plan on the same evidence
    const again = resigned({ readAt: minutes(0) }); // nor evidence that was collected again
    expect(endOf(await run({ manifests: [manifest, again] }))).toBe('DECISION_REPLAYED');
  });
  expect(written).toEqual([]);
});

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
