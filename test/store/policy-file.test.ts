import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { ACTION_KINDS, ACTS } from '../../domain/acts/index.js';
import { digest } from '../../domain/canonical.js';
import type { Policy } from '../../domain/policy.js';
import { RETENTION } from '../../domain/retention.js';
import { DEFAULT_DECISION } from '../../domain/weights.js';
import { loadPolicy, PolicyStore } from '../../store/policy-file.js';

const base = mkdtempSync(join(tmpdir(), 'quell-policy-'));
afterAll(() => {
  rmSync(base, { recursive: true, force: true });
});
let n = 0;
let file = '';
let dir = '';
beforeEach(() => {
  file = join(base, `${n}.yaml`);
  dir = join(base, String(n++));
});

const policy: Policy = {
  version: '1',
  indicators: {
    chatActivity: { windowMinutes: 60, messages: 50, withLinks: 10, withAttachments: 10, withCredentials: 1 },
    bulkCollection: { windowMinutes: 60, files: 50, conversations: 20, bytes: 1e8, apiCalls: 500, exports: 1 },
    sensitiveUploads: { windowMinutes: 60, uploads: 5, keywords: ['password'] },
    configChange: { operations: ['app_installed'], scopes: [] },
    signIn: {
      travelKilometres: 500,
      travelKmPerHour: 900,
      failures: 5,
      failureWindowMinutes: 30,
      baselineDays: 30,
      sessionHours: 12,
      suspiciousReasons: ['tor'],
    },
    volume: { zScore: 3, times: 4, baselineDays: 30, floor: 10, slow: { days: 5, items: 50 } },
    involvement: { days: 180, incidents: 2 },
  },
  patterns: [
    {
      id: 'session-read-share',
      name: 'New session, bulk read, share',
      steps: [
        { finding: 'unusual_sign_in', attack: 'T1078', minConfidence: 'medium' },
        { finding: 'bulk_collection', attack: 'T1213.005' },
      ],
      withinHours: 24,
      minSources: 2,
      suggests: 'compromised',
    },
  ],
  critical: { labels: ['Confidential'], channels: [], names: ['*payroll*'], highItems: 3 },
  contact: {
    channels: ['mail', 'manager'],
    answerWithinMinutes: 60,
    silence: { info: 'close', low: 'watch', medium: 'watch', high: 'escalate', critical: 'escalate' },
  },
  containment: {
    rules: {
      end_sessions: 'automatic',
      revoke_tokens: 'one-responder',
      disable_account: 'one-responder',
      reset_credentials: 'one-responder',
      remove_app: 'one-responder',
      revoke_share: 'one-responder',
      remove_mail_rule: 'one-responder',
      block_ip: 'one-responder',
      quarantine_device: 'two-leads',
      hold_data: 'one-responder',
      confirm_compromised: 'one-responder',
      block_devices: 'one-responder',
      remove_file: 'two-leads',
      disable_device: 'one-responder',
      retire_device: 'two-leads',
      remove_auth_method: 'one-responder',
      remove_delegate: 'one-responder',
    },
    approvalRules: [
      { name: 'one-responder', quorum: 1, roles: ['responder', 'lead'] },
      { name: 'two-leads', quorum: 2, roles: ['lead'] },
    ],
    vipRule: 'two-leads',
    approvalWithinMinutes: 60,
    actionsFor: { compromised: ['end_sessions'], insider: ['disable_account'], app: ['remove_app'] },
    holdChecks: 10,
    holdEveryMinutes: 60,
    budget: { accountsPerHour: 10, actionsPerHour: 50, accountsPerDepartmentPerHour: 5, accountsHeld: 40 },
  },
  disclosure: {
    significantItems: 10,
    significantSecrets: 1,
    clocks: [{ id: 'gdpr-33', name: 'Authority', hours: 72, basis: 'GDPR Art. 33' }],
    acknowledgeWithinMinutes: 30,
  },
  decision: {
    thresholds: {
      watch: 0.3,
      escalate: 0.75,
      watchSensitivity: 0.1,
      propose: { low: 0.7, medium: 0.8, high: 0.9 },
      special: 0.05,
    },
    watch: { days: 3, everyHours: 24 },
    weights: { 'share.own': { insider: 1 } },
    facts: { 'network.hosting': -1 },
  },
  windows: { focusHours: 12, narrowHours: 24, wideDays: 30 },
  grounds: [{ rule: 'end-sessions', findings: ['session_reuse'] }],
  readContentFrom: 'high',
  escalation: { patternsNeeded: 1, impact: 'high', independentFindings: 3 },
  vips: [],
};
const write = (value: unknown): void => {
  writeFileSync(file, stringify(value));
};
/** The policy with one value exchanged. */
function changed(path: string, value: unknown): unknown {
  const copy = structuredClone(policy) as unknown as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const holder = keys.reduce<Record<string, unknown>>((at, key) => at[key] as Record<string, unknown>, copy);
  holder[last] = value;
  return copy;
}

describe('policy file', () => {
  it('is the policy, and its digest is over what it says', async () => {
    write(policy);
    expect(await loadPolicy(file)).toEqual({ policy, digest: digest(policy) });
    writeFileSync(file, `# a remark\n${stringify(Object.fromEntries(Object.entries(policy).reverse()))}`);
    expect((await loadPolicy(file)).digest).toBe(digest(policy));
  });

  it.each([
    ['surprise', 1, 'surprise'],
    ['escalation', undefined, 'escalation'],
    ['escalation.patternsNeeded', 0, 'escalation.patternsNeeded'],
    ['decision.thresholds.escalate', 1.5, 'decision.thresholds.escalate'],
    ['decision.thresholds.propose.high', undefined, 'decision.thresholds.propose.high'],
    ['decision.watch.days', 0, 'decision.watch.days'],
    ['decision.weights', { 'a hunch': { intruder: 9 } }, 'a hunch'],
    ['decision.weights', { 'share.own': { burglar: 9 } }, 'burglar'],
    ['decision.facts', { 'a feeling': -3 }, 'a feeling'],
    ['patterns.0.steps.0.finding', 'a hunch', 'patterns[0].steps[0].finding'],
    ['patterns.0.steps.0.attack', 'bulk read', 'ATT&CK'],
    ['containment.rules.block_ip', 'nobody', 'nobody'],
    ['containment.vipRule', 'gone', 'gone'],
    ['containment.approvalRules.1.name', 'one-responder', 'one-responder is there twice'],
    ['contact.silence.high', 'ignore', 'silence.high'],
    ['windows.focusHours', 48, 'inside each other'],
    ['disclosure.clocks.0.startsAt', 'the first alert', 'disclosure.clocks[0]'],
    ['disclosure.clocks.0.counts', 'business_days', 'disclosure.clocks[0]'],
    ['disclosure.clocks.0.source', 'file:///law', 'disclosure.clocks[0]'],
  ])('refuses %s = %j and says where', async (path, value, text) => {
    write(changed(path, value));
    await expect(loadPolicy(file)).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining(text) as string,
    });
  });

  it('takes a clock in business days of a calendar beside one in hours as policies always had them', async () => {
    const { hours: _, ...duty } = policy.disclosure.clocks[0] as { readonly hours: number; readonly id: string };
    const clock = { ...duty, startsAt: 'determination_of_materiality', counts: 'business_days', businessDays: 4 };
    write(changed('disclosure.clocks.0', { ...clock, calendar: 'us-federal' }));
    expect((await loadPolicy(file)).policy.disclosure.clocks[0]).toEqual({ ...clock, calendar: 'us-federal' });
    write(changed('disclosure.clocks.0', { ...clock, calendar: 'lunar' }));
    await expect(loadPolicy(file)).rejects.toMatchObject({ code: 'CONFIG' });
  });

  it('takes how long records are kept, in the order in which they go, a day to ten years', async () => {
    const kept = async (change: Partial<typeof RETENTION>) => {
      writeFileSync(file, stringify({ ...policy, retention: { ...RETENTION, ...change } }));
      return (await loadPolicy(file)).policy.retention;
    };
    expect(await kept({ evidenceDays: 730, caseDays: 3_650 })).toMatchObject({ evidenceDays: 730, caseDays: 3_650 });
    for (const change of [
      { evidenceDays: 731 },
      { dossierDays: 1_096 },
      { caseDays: 3_651 },
      { deadLetterDays: 0 },
      { outcomeDays: 1.5 },
    ])
      await expect(kept(change)).rejects.toMatchObject({ code: 'CONFIG' });
  });

  it('refuses what is no YAML or not there', async () => {
    await expect(loadPolicy(file)).rejects.toMatchObject({ code: 'CONFIG' });
    writeFileSync(file, 'a: [');
    await expect(loadPolicy(file)).rejects.toMatchObject({ code: 'CONFIG' });
  });

  it('names no channel that there is not', async () => {
    writeFileSync(file, stringify(policy));
    expect((await loadPolicy(file, ['mail', 'manager', 'slack'])).digest).toBe(digest(policy));
    await expect(new PolicyStore(dir, file, ['mail', 'slack']).current()).rejects.toThrow(/CONFIG.*manager/);
  });

  it('keeps the versions that were pinned, and notices a changed one', async () => {
    const store = new PolicyStore(dir, file);
    write(policy);
    const first = await store.current();
    await store.current();
    write(changed('windows.wideDays', 90));
    const second = await store.current();
    expect(readdirSync(dir)).toHaveLength(2);
    expect(await store.read(first.digest)).toEqual(policy);
    expect((await store.read(second.digest)).windows.wideDays).toBe(90);
    await expect(store.read('0'.repeat(64))).rejects.toMatchObject({ code: 'STORE_GONE' });
    await expect(store.read('../../etc/passwd')).rejects.toMatchObject({ code: 'STORE_GONE' });
    writeFileSync(join(dir, `${first.digest}.json`), JSON.stringify(changed('windows.wideDays', 1)));
    await expect(store.read(first.digest)).rejects.toMatchObject({ code: 'STORE_TAMPERED' });
  });
});

describe('what a policy leaves out', () => {
  it('of the decision is the product’s own, as in a policy of before there was one', async () => {
    const { decision, ...older } = policy;
    write(older);
    expect((await loadPolicy(file)).policy.decision).toEqual(DEFAULT_DECISION);
    const { weights: _w, facts: _f, ...bare } = decision;
    write({ ...policy, decision: bare });
    expect((await loadPolicy(file)).policy.decision).toEqual({ ...bare, weights: {}, facts: {} });
  });

  it('is what the catalogue says of each act; where the policy has no such rule, what VIPs need', async () => {
    const { rules: _rules, actionsFor: _actions, budget: _budget, ...containment } = policy.containment;
    const bare = { ...policy, containment: { ...containment, budget: { accountsPerHour: 10, actionsPerHour: 50 } } };
    write(bare);
    const { containment: read } = (await loadPolicy(file)).policy;
    expect(read.rules.end_sessions).toBe('automatic');
    expect(read.rules.disable_account).toBe('two-leads'); // the catalogue's `one_responder` is no rule here
    expect(read.actionsFor.app).toEqual(ACTION_KINDS.filter((kind) => ACTS[kind].plannedFor.includes('app')));
    expect(read.budget).toEqual({
      accountsPerHour: 10,
      actionsPerHour: 50,
      accountsPerDepartmentPerHour: 10,
      accountsHeld: 50,
    });
  });
});
