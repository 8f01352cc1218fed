import type { Command } from 'commander';
import { CLOSING_WORDS, nextWords, percent, saidClosing } from '../domain/case-words.js';
import type { CaseState } from '../domain/case.js';
import { EXPLANATION_WORDS } from '../domain/explanations.js';
import { targetWords } from '../domain/target-words.js';
import { unread } from '../domain/unread.js';
import { waitsOf } from '../domain/waits.js';
import { QuellError } from '../domain/errors.js';
import { viewCase, viewContainment } from '../gateway/case-client.js';
import { withClient } from './context.js';
import { linesOf, print } from './terminal.js';

export function registerCases(program: Command): void {
  program
    .command('show <case>')
    .description('one case: what is known, who waits for what, its plans')
    .option('--json', 'the whole state as JSON')
    .action(async (caseId: string, { json }: { json?: boolean }) => {
      await withClient(async (client) => {
        const state = await viewCase(client, caseId);
        if (!state) throw new QuellError('CASE_CLOSED', 'Temporal does not hold this case; see its report');
        if (json) {
          print(...linesOf(JSON.stringify(state, null, 2)));
          return;
        }
        print(...describeCase(state));
        for (const plan of state.plans) {
          const view = await viewContainment(client, plan.containmentId);
          print('', `plan ${plan.planId} (${plan.purpose}) ${view?.status ?? plan.status}, digest ${plan.digest}`);
          for (const a of view?.plan.body.actions ?? [])
            print(
              `  ${a.step}. ${a.kind} on ${a.platform}/${a.tenant}, ${targetWords(a.target)} (${a.rule}${a.by === 'task' ? ', by a person' : ''}): ${a.reason}`,
            );
        }
      });
    });
}

/** With how a closed case ended. */
export const stageOf = ({ stage, closedAs }: Pick<CaseState, 'stage' | 'closedAs'>): string =>
  closedAs === undefined ? stage : `${stage}: ${CLOSING_WORDS[closedAs].name}`;

/** A case for people at a terminal, one line each. */
export function describeCase(state: CaseState): readonly string[] {
  const closedAs = saidClosing(state);
  const { attack, ranking = [] } = state.escalation ?? {};
  const next = state.escalation && nextWords(state.escalation, unread(state));
  return [
    `${state.caseId}  ${stageOf({ stage: state.stage, ...(closedAs === undefined ? {} : { closedAs }) })}  ${state.severity}  verdict ${state.verdict}`,
    ...(closedAs === undefined ? [] : [CLOSING_WORDS[closedAs].means]),
    ...(state.policy?.mode === 'shadow' ? ['shadow mode: nothing is written at any vendor'] : []),
    ...(attack === undefined
      ? []
      : [
          `attack ${percent(attack)}: ${ranking.map((r) => `${EXPLANATION_WORDS[r.explanation]} ${percent(r.probability)}`).join(', ')}`,
        ]),
    ...(next === undefined ? [] : [`asks next: ${next}`]),
    ...waitsOf(state).map((w) => `waits: ${w.who}, ${w.what}, until ${w.until}; then ${w.otherwise}`),
    ...state.tasks
      .filter((t) => t.status === 'open')
      .map((t) => `task ${t.taskId} (${t.role}): ${t.text} [${t.fields.map((f) => f.name).join(', ')}]`),
    ...(state.escalation?.reasons ?? []).map((r) => `because: ${r.text}`),
    ...state.timeline.map((e) => `${e.at}  ${e.stage.padEnd(13)} ${e.text.replaceAll('**', '')}`),
  ];
}
