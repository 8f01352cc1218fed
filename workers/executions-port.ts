import { isGrpcServiceError, type Client } from '@temporalio/client';
import type { ExecutionsPort } from '../activities/records/forgetting.js';

const NOT_FOUND = 5;

/** What Temporal keeps of cases. Children are found by the root that they come from, what people's looks started by its subject. Errors: Temporal's own. */
export function executionsPort(client: Client): ExecutionsPort {
  const of = (caseId: string, running: boolean): string => {
    const id = JSON.stringify(caseId);
    const subject = JSON.stringify(caseId.replace(/^case-/, ''));
    return `(WorkflowId = ${id} OR RootWorkflowId = ${id} OR QuellSubject = ${subject}) AND ExecutionStatus ${running ? '=' : '!='} 'Running'`;
  };
  return {
    running: async (caseId) => (await client.workflow.count(of(caseId, true))).count,
    remove: async (caseId) => {
      for await (const { workflowId, runId } of client.workflow.list({ query: of(caseId, false) }))
        await client.workflowService
          .deleteWorkflowExecution({ namespace: client.options.namespace, workflowExecution: { workflowId, runId } })
          .catch((error: unknown) => {
            const code: number | undefined = isGrpcServiceError(error) ? error.code : undefined;
            if (code !== NOT_FOUND) throw error;
          });
    },
  };
}
