import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { digest } from '../domain/canonical.js';
import type { SignedPlan } from '../domain/plan.js';
import type { StepNames } from '../domain/resolved-step.js';
import type { ConsolePorts } from '../gateway/console/ports.js';
import type { EvidenceReader } from '../store/evidence-store.js';
import type { planTargetsWorkflow } from '../workflows/index.js';
import { QUEUES } from '../workflows/queues.js';
import { SUBJECT } from '../workflows/search-attributes.js';

type Targets = Awaited<ReturnType<ConsolePorts['targets']>>;

/** A page must not wait longer for vendors that do not answer. */
const WITHIN_MS = 8_000;
/** Who reloads a page sees the same read; whoever comes later a new one. */
const FRESH_MS = 20_000;
const NOTHING: Targets = { steps: [], names: {} };

/** Asks the containment workers what a plan would touch now, by a short workflow of its own. Nothing where they do not answer in time. */
export function planTargets(client: Client, dossier: Pick<EvidenceReader, 'readJson'>): ConsolePorts['targets'] {
  const fresh = new Map<string, { readonly at: number; readonly targets: Promise<Targets> }>();
  return (plan) => {
    const now = Date.now();
    for (const [key, { at }] of fresh) if (now - at > FRESH_MS) fresh.delete(key);
    const key = digest(plan.body);
    const known = fresh.get(key);
    if (known) return known.targets;
    const targets = client
      .withDeadline(now + WITHIN_MS, () => read(client, dossier, plan))
      .catch(() => {
        fresh.delete(key);
        return NOTHING;
      });
    fresh.set(key, { at: now, targets });
    return targets;
  };
}

async function read(client: Client, dossier: Pick<EvidenceReader, 'readJson'>, plan: SignedPlan): Promise<Targets> {
  const { steps, names } = await client.workflow.execute<typeof planTargetsWorkflow>('planTargetsWorkflow', {
    workflowId: `plan-targets-${randomUUID()}`,
    taskQueue: QUEUES.playbook,
    workflowExecutionTimeout: '1 minute',
    args: [plan],
    typedSearchAttributes: [{ key: SUBJECT, value: plan.body.caseId.replace(/^case-/, '') }],
    staticSummary: `What plan ${digest(plan.body).slice(0, 8)} would touch now`,
  });
  const files = await Promise.all(names.map((ref) => dossier.readJson<StepNames>(plan.body.caseId, ref)));
  return { steps, names: Object.assign({}, ...files) as StepNames };
}
