import type { PlannedFor } from '../../domain/acts/index.js';
import { answerOf, weighed } from '../../domain/answers.js';
import { VERDICTS, type Escalation, type Verdict } from '../../domain/case.js';
import { decideEscalation } from '../../domain/escalation.js';
import { heard, interviewIn } from '../../domain/heard.js';
import { pinned, DEFAULT_DECISION } from '../../domain/weights.js';
import { now } from '../clock.js';
import { escalationByFindings } from '../retired/escalation-by-findings.js';
import { isReadNow } from './content.js';
import { collectAndAssess, settledAt } from './evidence.js';
import { hasNews, isWeighed, policyOf, tell, waitUntil, type CaseRun } from './run.js';

/** How far a case is when it decides. */
export interface Standing {
  /** The logs have settled, and the evidence was read after that. */
  readonly settled: boolean;
  /** The case keeps watch, or has kept it to the end. */
  readonly watch?: 'running' | 'ended';
}

/** One pure function over what the evidence says, what people said and what could not be read; the policy drives it. */
export function decide(run: CaseRun, standing: Standing): Escalation {
  const { state } = run;
  const escalation = isWeighed(run) ? byWeights(run, standing) : byFindings(run, standing);
  if (state.contact) state.contact = weighed(state.contact);
  state.escalation = escalation;
  state.verdict = escalation.verdict;
  tell(run, decisionLine(escalation));
  return escalation;
}

function decisionLine({ decision, verdict, reasons, attack, ranking = [] }: Escalation): string {
  if (attack === undefined) return `Decision: **${decision}**, ${verdict}. ${reasons.map((r) => r.code).join(', ')}`;
  const odds = ranking.map((r) => `${r.explanation} ${Math.round(r.probability * 100)} %`).join(', ');
  const why = reasons.map((r) => r.code).filter((code) => !code.startsWith('explanation.'));
  return `Decision: **${decision}**, ${verdict}; attack ${Math.round(attack * 100)} % (${odds}). ${why.join(', ')}`;
}

function byWeights(run: CaseRun, { settled, watch }: Standing): Escalation {
  const { state } = run;
  if (!state.assessment) throw new Error('the evidence is assessed before the decision');
  const { findings, impact, lines = [], foreignAccess = false } = state.assessment;
  const policy = policyOf(run);
  const judgement = judgementOf(run);
  return decideEscalation({
    ...{ lines, findings, impact, foreignAccess, settled },
    ...heard(state),
    ...(judgement === undefined ? {} : { judgement }),
    severity: state.severity,
    gaps: gapsOf(run),
    policy: { decision: decisionPolicy(run), contact: policy.contact },
    ...(watch === undefined ? {} : { watch }),
  });
}

export const decisionPolicy = (run: CaseRun): NonNullable<CaseRun['state']['policy']>['decision'] => {
  const given: NonNullable<CaseRun['state']['policy']>['decision'] | undefined = policyOf(run).decision;
  return given ?? pinned(DEFAULT_DECISION); // a policy that was pinned by an older version
};

/** The newest verdict that a responder has set. */
export function judgementOf({ state }: CaseRun): Verdict | undefined {
  const said = state.tasks.findLast((t) => t.kind === 'judgement' && t.status === 'done')?.result?.['verdict'];
  return VERDICTS.find((v) => v === said);
}

/** What somebody who has to know has confirmed: an interview an insider, a responder what the verdict says. */
export function confirmedFor(run: CaseRun): readonly PlannedFor[] {
  const judged = judgementOf(run);
  return [
    ...(judged === 'compromised' ? (['compromised', 'app'] as const) : []),
    ...(judged === 'insider' || interviewIn(run.state) === 'no' ? (['insider'] as const) : []),
  ];
}

const gapsOf = ({ state }: CaseRun): readonly string[] => [
  ...state.unread,
  ...state.collections.flatMap((c) => c.sources.filter((s) => s.status !== 'complete').map((s) => s.source)),
];

function byFindings(run: CaseRun, { settled }: Standing): Escalation {
  const { state } = run;
  if (!state.assessment) throw new Error('the evidence is assessed before the decision');
  const { findings, patterns, questions, impact } = state.assessment;
  return escalationByFindings({
    ...{ findings, patterns, questions, impact, settled },
    contact: state.contact ? answerOf(state.contact) : 'not_contacted',
    severity: state.severity,
    gaps: gapsOf(run),
    policy: policyOf(run),
    now: now(),
  });
}

/**
 * A case closes only when the logs have settled: it waits out the longest lag, reads once more and decides again.
 * A new alert, another answer of the subject or a changed decision ends the wait.
 */
export async function settle(run: CaseRun): Promise<Escalation> {
  for (;;) {
    const deadline = settledAt(run);
    if (deadline > now()) {
      run.state.lagUntil = deadline;
      await waitUntil(
        run,
        () => hasNews(run),
        deadline,
        `Late log rows may appear until ${deadline}; then the evidence is read again`,
      );
      delete run.state.lagUntil;
    }
    const settled = !hasNews(run) && settledAt(run) <= now();
    await collectAndAssess(run, ['narrow', 'wide'], isReadNow(run) ? { content: true } : {});
    const escalation = decide(run, { settled });
    if (escalation.decision === 'escalate' || (settled && !hasNews(run))) return escalation;
  }
}
