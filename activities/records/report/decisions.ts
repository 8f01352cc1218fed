import type { CaseState, HumanTask } from '../../../domain/case.js';
import { ANSWER_WORDS } from '../../../domain/case-words.js';
import type { RecordsDeps } from '../deps.js';
import { personName, type PlanParts } from './actions.js';
import type { ReportDecision } from './data.js';

/** Who decided what and why, oldest first; what has no time of its own comes first. */
export function decisionsOf(
  deps: RecordsDeps,
  state: CaseState,
  plans: readonly PlanParts[],
  subjectName: string,
): readonly ReportDecision[] {
  const decisions = [
    ...escalation(state),
    ...contact(state, subjectName),
    ...approvals(deps, plans),
    ...tasks(deps, state.tasks),
  ];
  return decisions.sort((a, b) => ((a.at ?? '') < (b.at ?? '') ? -1 : 1));
}

function escalation({ escalation: e, policy }: CaseState): readonly ReportDecision[] {
  if (!e) return [];
  const why = e.reasons.map((r) => `${r.text}${r.attack === undefined ? '' : ` (${r.attack})`}: ${r.playbook}`);
  return [
    {
      kind: 'escalation',
      by: { id: policy?.digest ?? 'policy', name: `policy ${(policy?.digest ?? '').slice(0, 12)}` },
      what: `${e.decision}, ${e.verdict.replaceAll('_', ' ')}`,
      why,
    },
  ];
}

function contact({ contact: c, subjectId }: CaseState, name: string): readonly ReportDecision[] {
  if (!c) return [];
  const said = c.words === undefined ? [] : [`in their own words: ${c.words}`];
  const why = [`asked by ${c.channel}`, ...c.avoided.map((a) => `passed over ${a}`), ...said];
  const by = { id: subjectId, name };
  const later = (c.later ?? []).map((l): ReportDecision => {
    const words = l.words === undefined ? [] : [`in their own words: ${l.words}`];
    return { kind: 'contact', by, at: l.at, what: `${ANSWER_WORDS[l.answer]} (after another answer)`, why: words };
  });
  return [{ kind: 'contact', by, at: c.answeredAt ?? c.askedAt, what: ANSWER_WORDS[c.outcome], why }, ...later];
}

function approvals(deps: RecordsDeps, plans: readonly PlanParts[]): readonly ReportDecision[] {
  return plans.flatMap((plan) =>
    plan.decisions.map(({ body, keyId }): ReportDecision => {
      const what = `${body.verb} plan ${plan.state.digest.slice(0, 8)}, ${body.steps ? `step ${body.steps.join(', ')}` : 'all steps'}`;
      return {
        kind: 'approval',
        by: personName(deps, body.personId),
        role: body.role,
        at: body.at,
        what,
        why: [
          `the plan has ${String(plan.planned?.actions.length ?? plan.results.length)} step(s), digest ${plan.state.digest}`,
        ],
        signedBy: keyId,
      };
    }),
  );
}

function tasks(deps: RecordsDeps, all: readonly HumanTask[]): readonly ReportDecision[] {
  return all
    .filter((t) => t.doneBy !== undefined)
    .map((t) => ({
      kind: 'task',
      by: personName(deps, t.doneBy ?? ''),
      role: t.role,
      ...(t.doneAt === undefined ? {} : { at: t.doneAt }),
      what: `${t.kind.replaceAll('_', ' ')}: ${t.status.replaceAll('_', ' ')}`,
      why: [t.text, ...Object.entries(t.result ?? {}).map(([k, v]) => `${k}: ${String(v)}`)],
    }));
}
