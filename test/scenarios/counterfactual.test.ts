import { expect, it } from 'vitest';
import type { EscalationInput } from '../../domain/escalation.js';
import type { ActionKind } from '../../domain/acts/index.js';
import type { ContainmentPlan } from '../../domain/plan.js';
import { durationMs, listScenarios, loadScenario } from '../../simulator/core/scenario.js';
import { randomTwin } from '../support/twin.js';
import { Judge } from './support/judge.js';
import { readScenario, type StageOptions } from './support/stage.js';

const ACCOUNT_ACTS: readonly ActionKind[] = ['disable_account', 'reset_credentials', 'end_sessions', 'revoke_tokens'];
/** Where an app does it: the person who was talked into it keeps the account. */
const APP_SCENARIOS: readonly string[] = ['google-oauth-app'];
const ANSWERS: readonly EscalationInput['contact'][] = ['me', 'not_me', 'unsure', 'silent', 'not_contacted'];

const judgeOf = async (name: string, seed: number, options: StageOptions = {}): Promise<Judge> =>
  new Judge(await readScenario(name, { change: (s) => randomTwin(s, seed), hoursAgo: seed % 12, ...options }));

const accountActs = (plans: readonly (ContainmentPlan | undefined)[]): readonly string[] =>
  plans.flatMap((p) => p?.actions ?? []).flatMap((a) => (ACCOUNT_ACTS.includes(a.kind) ? [a.kind] : []));

const SCENARIOS = listScenarios().map((name, i) => [name, loadScenario(name), 31 + i] as const);
const DECISIVE = SCENARIOS.filter(([, scenario]) => scenario.rows.some((row) => row.decisive));

it.each(SCENARIOS)('%s ends as promised, whatever the names, counts and times', async (name, { promise }, seed) => {
  const judge = await judgeOf(name, seed);
  const whole = await judge.judge();
  expect(whole.escalation.verdict).toBe(promise.verdict);
  const plan = await judge.plan(whole, 'containment');
  if (promise.noWrites) {
    expect([plan, await judge.plan(whole, 'first_steps')]).toEqual([undefined, undefined]);
    return;
  }
  if (promise.verdict === 'insider') {
    // Nobody is locked out before somebody who has to know has said that it was not asked for.
    expect(accountActs([plan])).toEqual([]);
    expect(plan?.actions.map((a) => a.kind)).toEqual(expect.arrayContaining(['hold_data', 'revoke_share']));
    expect(accountActs([await judge.plan(whole, 'containment', true)])).toContain('disable_account');
  } else if (APP_SCENARIOS.includes(name)) {
    expect(plan?.actions.map((a) => a.kind)).toContain('remove_app');
    expect(accountActs([plan])).not.toContain('disable_account');
  } else expect(accountActs([plan])).toContain('disable_account');
  // Both depths agree on whose session it was; the wide one only adds what it alone can see.
  const narrow = await judge.judge(undefined, 'narrow');
  const bulk = narrow.dossier.findings.filter((f) => f.kind === 'bulk_collection');
  // Google's log of chats names no app: what the app reads there stands as the person's beside the app's own calls.
  if (APP_SCENARIOS.includes(name)) expect(bulk.map((f) => f.whose)).toContain('app');
  else expect(bulk.map((f) => f.ownSession)).toEqual([promise.verdict === 'insider']);
});

it.each(DECISIVE)(
  '%s accuses and stops nobody without its decisive events, whatever the subject answers',
  async (name, _scenario, seed) => {
    const judges = await Promise.all([seed, seed + 100].map((s) => judgeOf(name, s, { withoutDecisive: true })));
    for (const judge of judges) {
      const { assessment } = await judge.judge();
      for (const answer of ANSWERS) {
        const escalation = judge.decide(assessment, answer);
        expect(['compromised', 'insider'], answer).not.toContain(escalation.verdict);
        const plans = [
          await judge.plan({ assessment, escalation }, 'first_steps'),
          await judge.plan({ assessment, escalation }, 'containment'),
        ];
        expect(accountActs(plans), answer).toEqual([]);
      }
    }
  },
);

it('late-log shows nothing before its late rows, and waits for the logs at least as long as they need', async () => {
  const judge = await judgeOf('late-log', 5, { early: true, hoursAgo: 0 });
  const { assessment, dossier } = await judge.judge();
  expect(dossier.findings).toEqual([]);
  expect(judge.decide(assessment, 'unsure', false).verdict).toBe('undetermined');
  const longest = Math.max(...judge.read.collections.flatMap((c) => c.sources.map((s) => s.lagSeconds * 1_000)));
  const needed = judge.read.scenario.rows.map((r) => durationMs(r.visibleAfter ?? 'PT0S'));
  expect(longest).toBeGreaterThanOrEqual(Math.max(...needed));
});
