import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import { idsOf } from '../domain/act-target.js';
import { summarise, waitsOf, type CaseState, type CaseSummary } from '../domain/case.js';
import { QuellError } from '../domain/errors.js';
import { viewCase, viewContainment } from '../gateway/case-client.js';
import { CaseIndex, type CaseEntry } from '../store/case-index.js';
import { paths, withClient } from './context.js';
import { linesOf, print } from './terminal.js';

/** A list must not wait for workers that are not there. */
const LOOK_WITHIN_MS = 5_000;

export function registerCases(program: Command): void {
  program
    .command('cases')
    .description('list cases, newest first')
    .option('--open', 'only those that are open')
    .action(async ({ open }: { open?: boolean }) => {
      const index = await CaseIndex.open(paths().cases);
      const listed = await index.list(open ? { open: true } : {});
      for (const c of await withClient((client) => asTheyAre(client, listed)).catch(() => listed))
        print(
          `${c.caseId}  ${c.stage.padEnd(13)} ${c.severity.padEnd(8)} ${c.verdict.padEnd(14)} ${c.platforms.join(',').padEnd(16)} ${c.openedAt}${c.openPlans + c.openTasks > 0 ? `  waits for ${c.openPlans} plan(s), ${c.openTasks} task(s)` : ''}`,
        );
    });

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
        describe(state);
        for (const plan of state.plans) {
          const view = await viewContainment(client, plan.containmentId);
          print('', `plan ${plan.planId} (${plan.purpose}) ${view?.status ?? plan.status}, digest ${plan.digest}`);
          for (const a of view?.plan.body.actions ?? [])
            print(
              `  ${a.step}. ${a.kind} on ${a.platform}/${a.tenant} ${a.target.type} ${idsOf(a.target).join(' of ')} (${a.rule}${a.by === 'task' ? ', by a person' : ''}): ${a.reason}`,
            );
        }
      });
    });
}

/** Open cases as they are now; the index knows a case as it was at its last record. */
async function asTheyAre(client: Client, listed: readonly CaseEntry[]): Promise<readonly (CaseEntry | CaseSummary)[]> {
  return await client.withDeadline(Date.now() + LOOK_WITHIN_MS, () =>
    Promise.all(
      listed.map(async (entry) => {
        const state = entry.stage === 'closed' ? undefined : await viewCase(client, entry.caseId);
        return state ? summarise(state) : entry;
      }),
    ),
  );
}

function describe(state: CaseState): void {
  print(`${state.caseId}  ${state.stage}  ${state.severity}  verdict ${state.verdict}`);
  for (const wait of waitsOf(state))
    print(`waits: ${wait.who}, ${wait.what}, until ${wait.until}; then ${wait.otherwise}`);
  for (const task of state.tasks.filter((t) => t.status === 'open'))
    print(`task ${task.taskId} (${task.role}): ${task.text} [${task.fields.map((f) => f.name).join(', ')}]`);
  for (const reason of state.escalation?.reasons ?? []) print(`because: ${reason.text}`);
  for (const entry of state.timeline)
    print(`${entry.at}  ${entry.stage.padEnd(13)} ${entry.text.replaceAll('**', '')}`);
}
