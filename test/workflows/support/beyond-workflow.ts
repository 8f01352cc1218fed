import { setHandler } from '@temporalio/workflow';
import type { CaseState } from '../../../domain/case.js';
import { lookBeyondSubject } from '../../../workflows/case/pivot.js';
import { openRun } from '../../../workflows/case/run.js';
import { viewQuery, type CaseInput } from '../../../workflows/messages.js';

/** The room alone: a case that is where it looks beyond its subject, so many times. */
export async function beyondWorkflow({ times, ...input }: CaseInput & { readonly times: number }): Promise<CaseState> {
  const run = openRun(input);
  setHandler(viewQuery, () => run.state);
  for (let n = 0; n < times; n++) await lookBeyondSubject(run);
  return run.state;
}
