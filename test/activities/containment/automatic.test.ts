import { describe, expect, it } from 'vitest';
import { automaticAllowance, burntBy } from '../../../activities/containment/automatic.js';
import type { ContainmentConfig } from '../../../activities/containment/index.js';
import type { EvidenceEvent, EvidenceRef } from '../../../domain/evidence.js';
import type { ContainmentPlan, PlannedAction } from '../../../domain/plan.js';
import { resolveTarget } from '../../../platforms/resolve.js';
import {
  action,
  BLOCK,
  config,
  GROUND,
  later,
  manifest,
  NOW,
  plan,
  RULES,
  SESSIONS,
  strangerKey,
} from '../support/plans.js';
import { takeover } from '../support/takeover.js';
import { RecordingTenant } from '../support/tenant.js';

const port = new RecordingTenant().port();
const automatic = { ...RULES.rules, disable_account: 'automatic', remove_mail_rule: 'automatic' };
/** Of a worker that may end sessions, disable accounts and remove mail rules without a person. */
const own = config('', {
  automatic: ['end_sessions', 'disable_account', 'remove_mail_rule'],
  policy: { ...config('').policy, containment: { ...RULES, rules: automatic } },
});
type Manifest = ReturnType<typeof manifest>;
const planOf = (manifests: readonly Manifest[], change: Partial<PlannedAction> = {}): ContainmentPlan =>
  plan([action(1, { ...SESSIONS, ...change })], { purpose: 'first_steps', manifests });
const DISABLE = { kind: 'disable_account', target: { type: 'account', accountId: 'U1' } } as const;
const sessions = (accountId: string, ...sessionIds: string[]) =>
  ({ target: { type: 'sessions', accountId, sessionIds } }) as const;

interface Asked {
  readonly config?: ContainmentConfig;
  readonly rows?: readonly EvidenceEvent[];
  readonly burnt?: readonly string[];
  readonly now?: Date;
  /** Every read of rows is told here. */
  readonly read?: [string, EvidenceRef][];
}
async function allowance(of: ContainmentPlan, asked: Asked = {}): Promise<{ readonly keyId: string }> {
  const [step] = of.actions as [PlannedAction];
  const deps = {
    config: asked.config ?? own,
    memory: {
      burntOf: (tokens: readonly string[]) => Promise.resolve(new Set(tokens.filter((t) => asked.burnt?.includes(t)))),
    },
    grounds: (...read: [string, EvidenceRef]) => {
      asked.read?.push(read);
      return Promise.resolve(asked.rows ?? takeover());
    },
  };
  return automaticAllowance(deps, of, step, await resolveTarget(port, step.target), asked.now ?? NOW);
}
const ALLOWED = { keyId: 'evidence' };
const NOT_AUTHORISED = { code: 'NOT_AUTHORISED' };
const good = manifest();

describe('a step goes without a person', () => {
  it('with a clean chain, of which it names the key', async () => {
    expect(await allowance(planOf([good]))).toEqual(ALLOWED);
    expect(await allowance(planOf([good], DISABLE))).toEqual(ALLOWED);
  });

  it('over the rows that the manifest names, of its case', async () => {
    const read: [string, EvidenceRef][] = [];
    await allowance(planOf([good]), { read });
    expect(read).toEqual([['case-1', good.manifest.groundRows]]);
  });

  it('by any one of its manifests', async () => {
    const none = manifest({ grounds: [] });
    const others = [manifest({ caseId: 'case-2' }), none, manifest({ groundRows: undefined } as never)];
    const read: [string, EvidenceRef][] = [];
    expect(await allowance(planOf([...others, good]), { read })).toEqual(ALLOWED);
    expect(read).toHaveLength(1); // what claims nothing is not read
    await expect(allowance(planOf(others))).rejects.toMatchObject(NOT_AUTHORISED);
    await expect(allowance(planOf([]))).rejects.toMatchObject(NOT_AUTHORISED);
  });

  it('while the manifest is fresh, to the millisecond, and not of more than a minute ahead', async () => {
    const read = Date.parse(good.manifest.readAt);
    const at = (ms: number): Asked => ({ now: new Date(read + ms) });
    for (const ms of [0, 3_600_000, -59_999]) expect(await allowance(planOf([good]), at(ms))).toEqual(ALLOWED);
    for (const ms of [3_600_001, -60_000])
      await expect(allowance(planOf([good]), at(ms))).rejects.toMatchObject(NOT_AUTHORISED);
    const never = manifest({ readAt: 'never' });
    await expect(allowance(planOf([never]))).rejects.toMatchObject(NOT_AUTHORISED);
  });
});

describe('each link stops it alone', () => {
  it('the list, the policy and the purpose', async () => {
    const listed = { ...own, automatic: ['disable_account'] } as const;
    await expect(allowance(planOf([good]), { config: listed })).rejects.toMatchObject(NOT_AUTHORISED);
    const asking = config('', { automatic: own.automatic });
    await expect(allowance(planOf([good], DISABLE), { config: asking })).rejects.toMatchObject(NOT_AUTHORISED);
    const late = { ...planOf([good]), purpose: 'containment' } as const;
    await expect(allowance(late)).rejects.toMatchObject(NOT_AUTHORISED);
  });

  it.each<[string, Parameters<typeof manifest>[0]]>([
    ['case', { caseId: 'case-2' }],
    ['subject', { subjectId: 'subject-2' }],
    ['platform', { platform: 'google' }],
    ['tenant', { tenant: 'other' }],
  ])('a manifest of another %s', async (_, change) => {
    const read: [string, EvidenceRef][] = [];
    await expect(allowance(planOf([manifest(change)]), { read })).rejects.toMatchObject(NOT_AUTHORISED);
    expect(read).toEqual([]); // its rows are nobody's business
  });

  it('a manifest that the evidence worker did not sign, or not so', async () => {
    const borrowed = manifest({}, { ...strangerKey, keyId: 'evidence' });
    const changed = { ...good, manifest: { ...good.manifest, readAt: later(-5) } };
    for (const signed of [manifest({}, strangerKey), borrowed, changed])
      await expect(allowance(planOf([signed]))).rejects.toMatchObject(NOT_AUTHORISED);
  });

  it('one row of another tenant or platform', async () => {
    for (const change of [{ tenant: 'other' }, { platform: 'google' }] as const) {
      const rows = takeover().map((e, n) => (n === 0 ? { ...e, ...change } : e));
      await expect(allowance(planOf([good]), { rows })).rejects.toMatchObject({ code: 'STORE_TAMPERED' });
    }
  });

  it('a ground of another account, rule or session than what the rows show', async () => {
    const claimed = manifest({ accounts: ['U1', 'U2'], grounds: [{ ...GROUND, nativeId: 'U2' }] });
    await expect(allowance(planOf([claimed], sessions('U2', 's9')))).rejects.toMatchObject(NOT_AUTHORISED);
    await expect(allowance(planOf([manifest({ grounds: [{ ...GROUND, nativeId: 'U2' }] })]))).rejects.toMatchObject(
      NOT_AUTHORISED,
    );
    const rule = manifest({ grounds: [{ ...GROUND, rule: 'guess' }] });
    await expect(allowance(planOf([rule]))).rejects.toMatchObject(NOT_AUTHORISED);
    const session = manifest({ grounds: [{ ...GROUND, sessionIds: ['s7'] }] });
    await expect(allowance(planOf([session], sessions('U1', 's7')))).rejects.toMatchObject(NOT_AUTHORISED);
  });

  it('a ground that the manifest claims and the rows show, of another account than the step is on', async () => {
    for (const step of [{ ...DISABLE, target: { type: 'account', accountId: 'U2' } } as const, sessions('U2', 'S1')])
      await expect(allowance(planOf([good], step))).rejects.toMatchObject(NOT_AUTHORISED);
  });

  it('a target that is no account, even of the account that the ground names', async () => {
    const rule = { type: 'mail_rule', ruleId: 'r1', accountId: 'U1' } as const;
    const of = planOf([good], { kind: 'remove_mail_rule', target: rule });
    await expect(allowance(of)).rejects.toMatchObject(NOT_AUTHORISED);
  });
});

describe('sessions', () => {
  it('that the ground does not need may be cited, but not only those', async () => {
    expect(await allowance(planOf([good], sessions('U1', 's9', 's7')))).toEqual(ALLOWED);
    expect(await allowance(planOf([good], sessions('U1')))).toEqual(ALLOWED);
    await expect(allowance(planOf([good], sessions('U1', 's7')))).rejects.toMatchObject(NOT_AUTHORISED);
  });

  it('are not asked for where the vendor names none', async () => {
    const rows = takeover().map(({ sessionId: _, ...row }) => row);
    const unnamed = manifest({ grounds: [{ ...GROUND, sessionIds: [] }] });
    expect(await allowance(planOf([unnamed], sessions('U1', 's7')), { rows })).toEqual(ALLOWED);
  });
});

describe('what people released', () => {
  const burntOf = (of: ContainmentPlan): readonly string[] => burntBy(of, of.actions[0] as PlannedAction);

  it('does not act again on the same evidence, and says so', async () => {
    const burnt = burntOf(planOf([good]));
    const again = planOf([manifest({ readAt: later(-1) })]);
    for (const of of [again, planOf([manifest({ readAt: later(-1) }), manifest({ groundRows: undefined } as never)])])
      await expect(allowance(of, { burnt })).rejects.toMatchObject({ code: 'DECISION_REPLAYED' });
    // Evidence that shows nothing any more was not released: it is no ground.
    await expect(allowance(again, { burnt, rows: [] })).rejects.toMatchObject(NOT_AUTHORISED);
  });

  it('acts on a session that was not there before', async () => {
    const burnt = burntOf(planOf([good]));
    const rows = takeover().map((e) => (e.sessionId === 's9' ? { ...e, sessionId: 's10' } : e));
    const more = manifest({ grounds: [{ ...GROUND, sessionIds: ['s9', 's10'] }] });
    expect(await allowance(planOf([more], DISABLE), { burnt: burntOf(planOf([good], DISABLE)), rows })).toEqual(
      ALLOWED,
    );
    expect(await allowance(planOf([more], sessions('U1', 's10')), { burnt, rows })).toEqual(ALLOWED);
  });

  it('is each session that the grounds of this tenant name, or the account where they name none', () => {
    const two = manifest({ grounds: [{ ...GROUND, sessionIds: ['s1', 's2'] }] });
    const none = manifest({ grounds: [{ ...GROUND, sessionIds: [] }] });
    const foreign = [manifest({ tenant: 'other' }), manifest({ platform: 'google' })];
    expect(burntOf(planOf([two, ...foreign, none]))).toEqual([...burntOf(planOf([two])), ...burntOf(planOf([none]))]);
    expect(burntOf(planOf([two]))).toHaveLength(2);
    expect(burntOf(planOf([none]))).toHaveLength(1);
    expect(burntOf(planOf(foreign))).toEqual([]);
    expect(burntOf(planOf([]))).toEqual([]);
  });

  it('is the same however often the evidence is read, and another for all that differs', () => {
    const [token] = burntOf(planOf([good]));
    expect(burntOf(planOf([manifest({ readAt: later(-1) })]))).toEqual([token]);
    const grounds = [
      { ...GROUND, sessionIds: ['s1'] },
      { ...GROUND, sessionIds: [] },
      { ...GROUND, rule: 'other' },
      { ...GROUND, nativeId: 'U2' },
    ];
    const others = [
      ...grounds.flatMap((g) => burntOf(planOf([manifest({ grounds: [g] })]))),
      ...burntOf(planOf([good], DISABLE)),
      ...burntOf(planOf([manifest({ tenant: 'other' })], { tenant: 'other' })),
      ...burntOf(planOf([manifest({ platform: 'google' })], { platform: 'google' })),
    ];
    expect(new Set([token, ...others]).size).toBe(8);
  });
});

it('no ground names an address', async () => {
  const of = planOf([manifest({ grounds: [{ ...GROUND, nativeId: BLOCK.target.address }] })], BLOCK);
  const blocking = { ...own, automatic: ['block_ip'] } as const;
  const rules = { ...RULES.rules, block_ip: 'automatic' };
  const lax = { ...blocking, policy: { ...own.policy, containment: { ...RULES, rules } } };
  await expect(allowance(of, { config: lax })).rejects.toMatchObject(NOT_AUTHORISED);
});
