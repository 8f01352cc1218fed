import { ACTS, type ActionKind, type PlannedFor } from './acts/index.js';
import type { Escalation } from './case.js';
import type { Explanation } from './explanations.js';
import type { DecisionPolicy } from './policy.js';

/** How sure the case is, for the acts that it may propose. */
export interface Proposing {
  readonly weighed: Pick<Escalation, 'ranking' | 'attack'>;
  /** Somebody who has to know says so: an interview, or a responder's verdict. */
  readonly confirmed: readonly Group[];
  readonly thresholds: DecisionPolicy['thresholds'];
}

const FOR: Readonly<Record<PlannedFor, Explanation>> = { compromised: 'intruder', app: 'app', insider: 'insider' };
/** What an insider may be met with before anybody has confirmed it: nothing that locks a person out. */
const UNCONFIRMED = ['preserve', 'content'] as const;

/** Kinds of case whose acts may be proposed. */
export type Group = PlannedFor;

/**
 * Whether an act may be proposed for a kind of case: the explanation that calls for it must be so likely against all harmless ones as the
 * harm of the act requires, and more for an account that many depend on. What falls short goes to a responder as a question.
 */
export function mayPropose(
  kind: ActionKind,
  group: Group,
  who: { readonly special: boolean },
  given: Proposing,
): boolean {
  const { weighed, confirmed, thresholds } = given;
  const likely = againstHarmless(weighed, FOR[group]);
  const needed = thresholds.propose[ACTS[kind].risk] + (who.special ? thresholds.special : 0);
  const isConfirmed = confirmed.includes(group);
  if (group === 'insider' && !isConfirmed && !(UNCONFIRMED as readonly string[]).includes(ACTS[kind].phase))
    return false;
  return isConfirmed || likely >= Math.min(0.99, needed);
}

/** Two malicious explanations can both hold (a thief who lets an app in): each is held against the harmless ones alone. */
export function againstHarmless({ ranking = [], attack = 0 }: Proposing['weighed'], explanation: Explanation): number {
  const p = ranking.find((r) => r.explanation === explanation)?.probability ?? 0;
  const harmless = Math.max(1e-6, 1 - attack);
  return p / (p + harmless);
}
