import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { createContainmentActivities, type ContainmentConfig } from '../../activities/containment/index.js';
import type { ActTarget } from '../../domain/act-target.js';
import { ACTION_KINDS, type ActionKind } from '../../domain/acts/index.js';
import type { ActionResult, SignedResult } from '../../domain/plan.js';
import type { ContainmentAct, ContainmentPort } from '../../platforms/ports.js';
import { perform, quietly } from '../activities/support/house.js';
import { ProcessMemory } from '../activities/support/memory.js';
import { action, authored, config, decide, PEOPLE, plan, resultKey } from '../activities/support/plans.js';

/** After so many attempts a step that still fails stays undone: twice the worker's own number, as a busy machine adds outages of its own. */
const ATTEMPTS = 24;
/** An effect that shows later than this, seconds, is for the watch to see and not for a test. */
const PATIENCE = 3;

/** One step as the containment worker does it: by its own activities, tried again as Temporal does. */
export interface Step {
  act(): Promise<Attempts>;
  release(): Promise<Attempts>;
  close(): void;
}
export interface Attempts {
  readonly result: ActionResult;
  /** What the attempts before the last one threw. */
  readonly failures: readonly ApplicationFailure[];
}

export async function stepOf(port: ContainmentPort, kind: ActionKind, target: ActTarget): Promise<Step> {
  const folder = mkdtempSync(join(tmpdir(), 'quell-conformance-'));
  const activities = createContainmentActivities({
    port: { ...port, acts: inHaste(port.acts) },
    config: trusting(join(folder, 'stop')),
    memory: new ProcessMemory(),
    people: () => Promise.resolve({ breakGlass: new Set(), vips: new Set(), deciders: PEOPLE.deciders }),
    grounds: () => Promise.resolve([]),
    resultKey,
    audit: { note: () => Promise.resolve() },
    dossier: { writeJson: () => Promise.reject(new Error('nobody is asked here')) },
    giveUpAfter: ATTEMPTS,
  });
  const { platform, tenant } = port;
  const of = plan([action(1, { platform, tenant, kind, target, rule: 'one' })], { expiresAt: minutes(60) });
  const step = (verb: 'approve' | 'release') => ({
    plan: authored(of),
    step: 1,
    decisions: [decide(of, { verb, at: minutes(-1), expiresAt: minutes(30) })],
  });
  const [approved, released] = [step('approve'), step('release')];
  return {
    act: () => attempts((n) => perform(activities, 'actOnStep', approved, quietly(n))),
    release: () => attempts((n) => perform(activities, 'revertStep', released, quietly(n))),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Every kind is on, and one person's word is enough. */
function trusting(stopFile: string): ContainmentConfig {
  const { policy, ...rest } = config(stopFile, { enabled: ACTION_KINDS, neverBlock: [] });
  const containment = {
    ...policy.containment,
    rules: Object.fromEntries(ACTION_KINDS.map((k) => [k, 'one'])) as Record<ActionKind, string>,
    approvalRules: [{ name: 'one', quorum: 1, roles: ['approver'] }],
    vipRule: 'one',
  };
  return { ...rest, policy: { ...policy, containment } };
}

async function attempts(run: (attempt: number) => Promise<SignedResult>): Promise<Attempts> {
  const failures: ApplicationFailure[] = [];
  for (let n = 1; ; n++) {
    try {
      return { result: (await run(n)).body.result, failures };
    } catch (error) {
      if (!(error instanceof ApplicationFailure) || error.nonRetryable || n > ATTEMPTS) throw error;
      failures.push(error);
    }
  }
}

function inHaste(acts: ContainmentPort['acts']): ContainmentPort['acts'] {
  return Object.fromEntries(
    (Object.entries(acts) as [ActionKind, ContainmentAct][]).map(([kind, act]) => [
      kind,
      { ...act, effectWithinSeconds: Math.min(act.effectWithinSeconds, PATIENCE) },
    ]),
  );
}

const minutes = (n: number): string => new Date(Date.now() + n * 60_000).toISOString();
