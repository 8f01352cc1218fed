import { describe, expect, it } from 'vitest';
import { ruleNamed } from '../../domain/act-target.js';
import type { Capability } from '../../domain/capability.js';
import type { PlanInput } from '../../domain/containment-plan.js';
import type { EvidenceEvent, SignedManifest } from '../../domain/evidence.js';
import type { ActionKind } from '../../domain/acts/index.js';
import type { PlannedAction } from '../../domain/plan.js';
import type { Platform } from '../../domain/platform.js';
import { SLACK_ORDER } from '../../platforms/slack/stopping-order.js';
import {
  able,
  account,
  base,
  build,
  download,
  events,
  found,
  share,
  signIn,
  steps,
  subject,
  sureOf,
  thing,
} from './planning.js';
import { after, AWAY, defaultPolicy, event, finding, HOME, HOUR } from './fixtures.js';

/** The same rows in the person's own session. */
const insider = (confirmed: boolean): Partial<PlanInput> => ({
  verdict: 'insider',
  findings: found.map((f) => ({ ...f, ownSession: true })),
  proposing: sureOf('insider', 0.97, confirmed),
});
const kindsOn = (platform: Platform, actions: readonly PlannedAction[]): readonly ActionKind[] =>
  actions.filter((a) => a.platform === platform).map((a) => a.kind);
const grounds = (platform: Platform, nativeId: string): SignedManifest => ({
  manifest: {
    platform,
    tenant: 'main',
    caseId: 'c-1',
    subjectId: 's-1',
    readAt: after(0),
    policyDigest: '0'.repeat(64),
    file: { key: 'k', sha256: '0'.repeat(64), bytes: 1, rows: 1 },
    window: { depth: 'narrow', from: after(-72 * HOUR), to: after(0) },
    accounts: nativeId === '' ? [] : [nativeId],
    grounds: nativeId === '' ? [] : [{ rule: 'foreign-session-collects', nativeId, sessionIds: ['S9'] }],
  },
  keyId: 'evidence-slack',
  signature: 'x',
});

describe('what a plan holds', () => {
  it('is what the evidence ties to the case: the accounts, the link, the address of the foreign session', () => {
    const targets = [...new Set(steps().map((a) => `${a.platform}:${a.target.type}:${thing(a)}`))].sort();
    expect(targets).toEqual([
      'microsoft:account:M1',
      'microsoft:address:198.51.100.7',
      'microsoft:sessions:M1',
      'slack:account:U1',
      'slack:link:F7',
      'slack:sessions:U1',
    ]);
    expect(steps().find((a) => a.kind === 'end_sessions' && thing(a) === 'U1')?.target).toMatchObject({
      sessionIds: ['S9'],
    });
    expect(steps().map((a) => a.step)).toEqual(steps().map((_, i) => i + 1));
  });

  it('is nothing on a platform without findings, unless the account is mastered there', () => {
    expect(kindsOn('google', steps())).toEqual([]);
    expect(kindsOn('microsoft', steps())).toContain('disable_account');
    const master = steps({ subject: { ...subject, authority: 'google' } });
    expect(kindsOn('google', master)).toContain('disable_account');
    expect(kindsOn('microsoft', master)).toEqual([]);
  });

  it('resets credentials only where the account is mastered', () => {
    expect(kindsOn('slack', steps())).not.toContain('reset_credentials');
    expect(kindsOn('microsoft', steps())).toContain('reset_credentials');
    expect(kindsOn('slack', steps({ subject: { ...subject, authority: 'other' } }))).toContain('reset_credentials');
  });

  it.each<[string, Partial<PlanInput>]>([
    ['no finding', { findings: [] }],
    ['faint findings alone', { findings: found.map((f) => ({ ...f, confidence: 'low' })) }],
    ['a history of incidents alone', { findings: [finding({ kind: 'frequent_involvement', events: [] })] }],
    ['rows that this case does not hold', { events: [] }],
  ])('is nothing with %s, wherever the account is mastered', (_, given) => {
    for (const authority of ['microsoft', 'slack', 'other'] as const)
      expect(build({ ...given, subject: { ...subject, authority } })).toBeUndefined();
  });

  it('leaves out the account in another tenant of the platform', () => {
    const second = { ...account('slack', 'U2'), tenant: 'subsidiary' };
    const targets = steps({ subject: { ...subject, accounts: [...subject.accounts, second] } }).map(thing);
    expect(targets).toContain('U1');
    expect(targets).not.toContain('U2');
  });

  it('is undefined while the case is not sure enough of what calls for it, whatever the findings are', () => {
    for (const probability of [0, 0.3, 0.55, 0.59]) {
      const proposing = sureOf('intruder', probability);
      expect(build({ proposing }), String(probability)).toBeUndefined();
      expect(build({ proposing, verdict: 'suspicious' }), String(probability)).toBeUndefined();
    }
    // Sure of something else: what a stranger's session shows is no ground against an insider or an app.
    for (const other of ['insider', 'app'] as const) expect(build({ proposing: sureOf(other) }), other).toBeUndefined();
    expect(build({ findings: [], subject: { ...subject, accounts: [] } })).toBeUndefined();
  });

  it('grows with how sure the case is, the gentlest acts first', () => {
    const kinds = (probability: number): readonly ActionKind[] =>
      steps({ proposing: sureOf('intruder', probability) }).map((a) => a.kind);
    expect(kinds(0.65)).toContain('end_sessions');
    expect(kinds(0.65)).not.toContain('disable_account');
    expect(kinds(0.97)).toEqual(expect.arrayContaining(['end_sessions', 'disable_account']));
    for (const few of [0.71, 0.76, 0.92]) expect(kinds(0.99)).toEqual(expect.arrayContaining([...kinds(few)]));
  });

  it('for an insider whom somebody confirmed holds neither addresses nor credentials', () => {
    const kinds = new Set(steps(insider(true)).map((a) => a.kind));
    expect([...kinds].sort()).toEqual(['disable_account', 'end_sessions', 'hold_data', 'revoke_share']);
  });

  it('for an insider whom nobody confirmed only keeps data and takes back what left', () => {
    const kinds = new Set(steps(insider(false)).map((a) => a.kind));
    expect([...kinds].sort()).toEqual(['hold_data', 'revoke_share']);
  });

  it('aims nothing at what a job of the organisation did', () => {
    expect(build({ findings: found.map((f) => ({ ...f, whose: 'job', ownSession: true })) })).toBeUndefined();
  });

  it('has a further step as a task where a person can do what the API cannot, and not at all where there is no such thing', () => {
    const holds = (slack: Capability): readonly PlannedAction[] =>
      steps({
        ...insider(false),
        capabilities: { ...base.capabilities, slack: { ...slack, order: SLACK_ORDER } },
      }).filter((a) => a.kind === 'hold_data' && a.platform === 'slack');
    expect(holds(able()).map((a) => a.by)).toEqual(['vendor']);
    const [byHand] = holds(able('hold_data'));
    expect(byHand).toMatchObject({ by: 'task', reason: expect.stringContaining('Open the admin page') as string });
    expect(holds({ ...able('hold_data'), limitations: [] })).toEqual([]);
  });

  it('removes the rule that hides mails, and no mail that was deleted', () => {
    const mail = (id: string, type: 'setting' | 'message'): EvidenceEvent =>
      event({ id, kind: 'mail_rule', platform: 'microsoft', actor: 'M1', target: { type, id: id.toUpperCase() } });
    const actions = steps({
      events: [mail('r1', 'setting'), mail('q1', 'message')],
      findings: [finding({ kind: 'hidden_notice', platform: 'microsoft', events: ['r1', 'q1'] })],
    });
    expect(actions.filter((a) => a.kind === 'remove_mail_rule').map((a) => a.target)).toEqual([
      { type: 'mail_rule', ruleId: 'R1', accountId: 'M1' },
    ]);
  });

  it('removes a rule that somebody else made by its name, once, and none that the person made', () => {
    const made = (change: Partial<EvidenceEvent> = {}): EvidenceEvent =>
      event({
        ...{ id: 'made', kind: 'mail_rule', platform: 'microsoft', actor: 'M1', ...AWAY },
        ...{ target: { type: 'mailbox', id: 'M1', name: 'RSS' }, ...change },
      });
    const there = event({
      ...{ id: 'there', kind: 'mail_rule', platform: 'microsoft', actor: 'M1', labels: ['state'] },
      target: { type: 'setting', id: 'R1', name: 'RSS' },
    });
    const rules = (events: readonly EvidenceEvent[], whose: 'other' | 'own'): readonly string[] =>
      steps({
        events,
        findings: [
          finding({
            ...{ kind: 'hidden_notice', platform: 'microsoft', events: events.map((e) => e.id), whose },
            ...{ ownSession: whose === 'own', confidence: 'high' },
          }),
        ],
      })
        .filter((a) => a.kind === 'remove_mail_rule')
        .map(thing);
    expect(rules([made()], 'other')).toEqual([ruleNamed('rss')]);
    expect(rules([made(), there], 'other')).toEqual(['R1']);
    expect(rules([made()], 'own')).toEqual([]);
    expect(rules([made({ target: { type: 'mailbox', id: 'M1' } })], 'other')).toEqual([]);
    expect(rules([made({ target: { type: 'mailbox', id: 'M1', name: '  ' } })], 'other')).toEqual([]);
    const spelt = { ...there, target: { type: 'setting', id: 'R1', name: 'rss ' } } as const;
    expect(rules([made(), spelt], 'other')).toEqual(['R1']);
    const elsewhere = { ...spelt, id: 'elsewhere', actor: 'M2' };
    expect([...rules([made(), elsewhere], 'other')].sort()).toEqual(['R1', ruleNamed('rss')].sort());
  });

  it('quarantines a device only when it is managed and ran the malicious session', () => {
    const on = (given: object): readonly PlannedAction[] =>
      steps({ events: [{ ...signIn, ...given }, download, share] }).filter((a) => a.kind === 'quarantine_device');
    expect(on({ deviceKnown: true })[0]?.target).toEqual({ type: 'device', deviceId: 'D9', sessionIds: ['S9'] });
    expect(on({ deviceKnown: true })[0]?.rule).toBe('two_responders');
    expect(on({})).toEqual([]);
    expect(on({ deviceKnown: true, sessionId: undefined })).toEqual([]);
  });
});

describe('addresses', () => {
  const blocked = (given: Partial<PlanInput> = {}): readonly string[] =>
    steps(given)
      .filter((a) => a.kind === 'block_ip')
      .map(thing);

  it('are blocked once, at the authority when it is a platform, else where they were seen', () => {
    expect(blocked()).toEqual([AWAY.ip]);
    expect(steps({ subject: { ...subject, authority: 'other' } }).find((a) => a.kind === 'block_ip')?.platform).toBe(
      'slack',
    );
  });

  it("are never the organisation's own", () => {
    expect(blocked({ isProtectedAddress: (ip) => ip === AWAY.ip })).toEqual([]);
  });

  it("are never those of the subject's own session, nor of a share or download alone", () => {
    expect(blocked({ findings: found.map((f) => ({ ...f, ownSession: true })) })).toEqual([]);
    expect(blocked({ findings: found.filter((f) => f.kind !== 'unusual_sign_in') })).toEqual([]);
  });

  it('are never one that the subject itself signs in from, also where a vendor says nothing of devices', () => {
    const home = event({ id: 'h', kind: 'session', sessionId: 'S9', ...HOME });
    const stolen = [finding({ kind: 'session_reuse', events: ['s', 'h'] })];
    const quiet = event({ id: 'q', kind: 'sign_in', at: after(-90 * HOUR), ...HOME });
    expect(blocked({ findings: stolen, events: [signIn, home, quiet] })).toEqual([AWAY.ip]);
    for (const given of [{ deviceKnown: false }, { outcome: 'failure' as const }, { ip: '192.0.2.11' }])
      expect(blocked({ findings: stolen, events: [signIn, home, { ...quiet, ...given }] })).toContain(HOME.ip);
  });
});

describe('the order of stopping', () => {
  it('is the order of the vendor: Google disables last, Slack disables before it ends sessions', () => {
    const rows = (['slack', 'microsoft', 'google'] as const).flatMap((platform) =>
      events.map((e) => ({ ...e, platform, id: `${platform}-${e.id}` })),
    );
    const everywhere = (['slack', 'microsoft', 'google'] as const).flatMap((platform) => [
      finding({ platform, events: [`${platform}-s`, `${platform}-d`] }),
      finding({ platform, kind: 'external_share', events: [`${platform}-l`] }),
    ]);
    const actions = steps({ findings: everywhere, events: rows });
    const slack = kindsOn('slack', actions);
    expect(slack.indexOf('disable_account')).toBeGreaterThanOrEqual(0);
    expect(slack.indexOf('disable_account')).toBeLessThan(slack.indexOf('end_sessions'));
    expect(kindsOn('google', actions).at(-1)).toBe('disable_account');
    expect(kindsOn('google', actions)).toContain('end_sessions');
    const microsoft = kindsOn('microsoft', actions);
    expect(microsoft.indexOf('disable_account')).toBeLessThan(microsoft.indexOf('end_sessions'));
  });

  it('begins where the account is mastered', () => {
    for (const authority of ['slack', 'microsoft'] as const) {
      const platforms = steps({ subject: { ...subject, authority } }).map((a) => a.platform);
      expect(platforms.slice(0, platforms.lastIndexOf(authority) + 1)).toEqual(
        platforms.filter((p) => p === authority),
      );
    }
  });

  it('does not depend on the order of the evidence', () => {
    expect(build({ findings: [...found].reverse(), events: [...events].reverse() })).toEqual(build());
  });
});

describe('who does a step', () => {
  it('is a person when the platform has no API, with what to do instead', () => {
    const actions = steps({ capabilities: { ...base.capabilities, microsoft: able('block_ip') } });
    const block = actions.find((a) => a.kind === 'block_ip');
    expect(block).toMatchObject({ by: 'task', d3fend: 'D3-NTF' });
    expect(block?.reason).toContain('Open the admin page for block_ip.');
    expect(actions.find((a) => a.kind === 'disable_account')).toMatchObject({
      by: 'vendor',
      undo: 'undo disable_account',
    });
  });

  it('is a person when the account is protected; addresses stay with the vendor', () => {
    const actions = steps({ subject: { ...subject, protectedBecause: ['last_admin'] } });
    for (const a of actions) expect(a.by, a.kind).toBe(a.target.type === 'address' ? 'vendor' : 'task');
    const admin = steps({ subject: { ...subject, protectedBecause: ['admin_role'] } });
    for (const a of admin) {
      expect(a.by, a.kind).toBe(a.target.type === 'account' || a.target.type === 'sessions' ? 'task' : 'vendor');
      expect(a.rule, a.kind).toBe('vip_two_leads');
    }
    expect(actions.find((a) => a.kind === 'disable_account')?.reason).toContain('last_admin');
  });

  it('is decided by the rule of the kind; for a VIP by the rule for VIPs alone', () => {
    const rules = Object.fromEntries(steps().map((a) => [a.kind, a.rule]));
    expect(rules).toMatchObject({ disable_account: 'one_responder', block_ip: 'one_responder' });
    const vip = steps({ subject: { ...subject, vip: true } });
    expect(new Set(vip.map((a) => a.rule))).toEqual(new Set(['vip_two_leads']));
    expect(vip).toHaveLength(steps().length);
  });

  it('is always a person in a containment plan, also where first steps are automatic', () => {
    expect(defaultPolicy.containment.rules.end_sessions).toBe('automatic');
    expect(
      steps()
        .filter((a) => a.kind === 'end_sessions')
        .map((a) => a.rule),
    ).toEqual(['one_responder', 'one_responder']);
  });
});

describe('first steps', () => {
  const first = {
    purpose: 'first_steps',
    verdict: 'undetermined',
    manifests: [grounds('slack', 'U1')],
    proposing: sureOf('intruder', 0), // nothing is decided yet: they rest on signed grounds alone
  } satisfies Partial<PlanInput>;

  it('are those with an automatic rule on the very account that signed grounds name', () => {
    const plan = build(first);
    expect(plan?.actions.map((a) => [a.kind, a.platform, thing(a), a.rule, a.by])).toEqual([
      ['end_sessions', 'slack', 'U1', 'automatic', 'vendor'],
    ]);
    expect(plan?.manifests).toEqual(first.manifests);
  });

  it.each<[string, Partial<PlanInput>]>([
    ['without grounds', { manifests: [] }],
    ['with a manifest that holds none', { manifests: [grounds('slack', '')] }],
    ['with grounds for another account', { manifests: [grounds('slack', 'U2')] }],
    [
      'with grounds on another tenant',
      {
        manifests: [
          { ...grounds('slack', 'U1'), manifest: { ...grounds('slack', 'U1').manifest, tenant: 'subsidiary' } },
        ],
      },
    ],
    ['with grounds on another platform', { manifests: [grounds('google', 'U1')] }],
    ['on a protected account', { subject: { ...subject, protectedBecause: ['admin_role'] } }],
    ['on a VIP', { subject: { ...subject, vip: true } }],
    ['when the vendor cannot', { capabilities: { ...base.capabilities, slack: able('end_sessions') } }],
    [
      'when the policy asks people',
      { policy: { ...base.policy, rules: { ...base.policy.rules, end_sessions: 'one_responder' } } },
    ],
  ])('are none %s', (_, given) => {
    expect(build({ ...first, ...given })).toBeUndefined();
  });
});

describe('what was done before', () => {
  const earlier = (verified: boolean, given: Partial<PlannedAction> = {}): PlanInput['earlier'] => {
    const done = { ...steps().find((a) => a.kind === 'end_sessions' && a.platform === 'slack')!, ...given };
    const result = {
      planId: 'p-0',
      step: done.step,
      status: 'done' as const,
      at: after(0),
      text: '',
      verified,
      writes: [],
      allowedBy: [],
    };
    return [{ plan: { ...build()!, planId: 'p-0', actions: [done] }, results: [result] }];
  };
  const ends = (given: Partial<PlanInput>): number =>
    steps(given).filter((a) => a.kind === 'end_sessions' && a.platform === 'slack').length;

  it('is not planned again once it was read back', () => {
    expect(ends({ earlier: earlier(true) })).toBe(0);
    expect(steps({ earlier: earlier(true) })).toHaveLength(steps().length - 1);
  });

  it('is planned again when it was not verified, or was on another target', () => {
    expect(ends({ earlier: earlier(false) })).toBe(1);
    expect(ends({ earlier: earlier(true, { target: { type: 'sessions', accountId: 'U2', sessionIds: [] } }) })).toBe(1);
    expect(ends({ earlier: earlier(true, { platform: 'google' }) })).toBe(1);
    expect(ends({ earlier: earlier(true, { tenant: 'subsidiary' }) })).toBe(1);
  });

  it.each(['task_open', 'task_done'] as const)('is not planned again while a person has it as a task: %s', (status) => {
    const handed = earlier(false).map(({ plan, results }) => ({
      plan,
      results: results.map((r) => ({ ...r, status })),
    }));
    expect(ends({ earlier: handed })).toBe(0);
  });

  it('leaves no plan when all of it is done', () => {
    const plan = build()!;
    const results = plan.actions.map((a) => ({ ...earlier(true)[0]!.results[0]!, step: a.step }));
    expect(build({ earlier: [{ plan, results }] })).toBeUndefined();
  });
});
