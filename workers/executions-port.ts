import { isGrpcServiceError, WorkflowNotFoundError, type Client } from '@temporalio/client';
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
    // What lists know may be seconds old: the case itself is asked for.
    running: async (caseId) =>
      Math.max((await client.workflow.count(of(caseId, true))).count, await runs(client, caseId)),
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

async function runs(client: Client, workflowId: string): Promise<number> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING' ? 1 : 0;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 0;
    throw error;
  }
}
