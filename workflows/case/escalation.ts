import { answerOf, weighed } from '../../domain/answers.js';
import { decideEscalation } from '../../domain/escalation.js';
import type { Escalation } from '../../domain/case.js';
import { now } from '../clock.js';
import { collectAndAssess, settledAt } from './evidence.js';
import { hasNews, policyOf, tell, waitUntil, type CaseRun } from './run.js';

/** One pure function over findings, patterns, the subject's answer and impact; the policy drives it. */
export function decide(run: CaseRun, settled: boolean): Escalation {
  const { state } = run;
  if (!state.assessment) throw new Error('the evidence is assessed before the decision');
  const { findings, patterns, questions, impact } = state.assessment;
  const escalation = decideEscalation({
    findings,
    patterns,
    questions,
    impact,
    contact: state.contact ? answerOf(state.contact) : 'not_contacted',
    severity: state.severity,
    gaps: [
      ...state.unread,
      ...state.collections.flatMap((c) => c.sources.filter((s) => s.status !== 'complete').map((s) => s.source)),
    ],
    policy: policyOf(run),
    settled,
    now: now(),
  });
  if (state.contact) state.contact = weighed(state.contact);
  state.escalation = escalation;
  state.verdict = escalation.verdict;
  tell(
    run,
    `Decision: **${escalation.decision}**, ${escalation.verdict}. ${escalation.reasons.map((r) => r.code).join(', ')}`,
  );
  return escalation;
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
    await collectAndAssess(run, ['narrow', 'wide']);
    const escalation = decide(run, settled);
    if (escalation.decision === 'escalate' || (settled && !hasNews(run))) return escalation;
  }
}
