import { setCurrentDetails } from '@temporalio/workflow';
import { planOf } from '../retired/before-last-gate.js';
import type { ContainmentInput, ContainmentState } from '../messages.js';

/** The plan as Markdown for the Temporal UI: what, on what, by which rule, and how it went. */
export function drawPlan(input: ContainmentInput, state: ContainmentState): void {
  const rows = planOf(input.plan).actions.map((action) => {
    const result = state.results.find((r) => r.step === action.step);
    const outcome = result ? `${result.status}${result.verified ? ', verified' : ''}` : 'waiting';
    return `| ${action.step} | ${action.kind} | ${action.platform} | ${action.rule} | ${action.reversible ? action.undo : 'cannot be undone'} | ${outcome} |`;
  });
  setCurrentDetails(
    [
      `## Plan ${input.planDigest.slice(0, 8)}: ${state.status.replaceAll('_', ' ')}`,
      `Decisions: ${state.decisions.length}, refused messages: ${state.refused.length}. People may decide until ${input.deadline}.`,
      '',
      '| step | action | where | rule | undo | result |',
      '|---|---|---|---|---|---|',
      ...rows,
      state.notUndone === undefined
        ? ''
        : `\n**Not undone**: step(s) ${state.notUndone.join(', ')}; a person must look at them.`,
      state.drift.length === 0 ? '' : `\n**Drift**: step(s) ${state.drift.join(', ')} no longer hold.`,
    ].join('\n'),
  );
}
