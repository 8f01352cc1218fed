import { WorkflowExecutionAlreadyStartedError, WorkflowUpdateFailedError, type Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { ContactAnswer, Signed } from '../../../domain/decision.js';
import type { AnswerFormInput } from '../../../workflows/answer-form.js';

/** What the cases were told; stands for Temporal. */
export interface Told {
  readonly answers: { readonly caseId: string; readonly signed: Signed<ContactAnswer> }[];
  readonly forms: { readonly workflowId: string; readonly args: readonly [AnswerFormInput] }[];
  readonly joins: { readonly subjectId: string; readonly alerts: readonly { readonly alertId: string }[] }[];
  refuse: string | undefined;
}

export function playedClient(told: Told): Client {
  return {
    withAbortSignal: (_: AbortSignal, call: () => Promise<unknown>) => call(),
    withDeadline: (_: number, call: () => Promise<unknown>) => call(),
    workflow: {
      start: (_: unknown, options: Told['forms'][number]) => {
        const { workflowId } = options;
        if (told.forms.some((f) => f.workflowId === workflowId))
          return Promise.reject(new WorkflowExecutionAlreadyStartedError('again', workflowId, 'answerFormWorkflow'));
        told.forms.push(options);
        return Promise.resolve();
      },
      getHandle: (caseId: string) => ({
        executeUpdate: (_: unknown, { args: [signed] }: { args: [Signed<ContactAnswer>] }) => {
          if (told.refuse !== undefined) {
            const cause = ApplicationFailure.create({ type: told.refuse, message: told.refuse });
            return Promise.reject(new WorkflowUpdateFailedError('refused', cause));
          }
          told.answers.push({ caseId, signed });
          return Promise.resolve();
        },
      }),
      executeUpdateWithStart: (
        _: unknown,
        options: {
          args: [Told['joins'][number]];
          startWorkflowOperation: { options: { args: [{ subjectId: string }] } };
        },
      ) => {
        const { subjectId } = options.startWorkflowOperation.options.args[0];
        told.joins.push({ subjectId, alerts: options.args[0].alerts });
        return Promise.resolve({ caseId: `case-${subjectId}`, opened: true, stage: 'intake' });
      },
    },
  } as unknown as Client;
}
