import { WithStartWorkflowOperation, type Client } from '@temporalio/client';
import type { Pool } from 'pg';
import type { WorkflowsPort } from '../activities/records/index.js';
import type { Decider, DecisionKey } from '../domain/decision.js';
import {
  containmentViewQuery,
  joinAlertsUpdate,
  joinIncidentSignal,
  type JoinIncident,
} from '../workflows/messages.js';
import type { caseWorkflow, containmentGuardWorkflow, incidentWorkflow } from '../workflows/index.js';
import { refuseWhileForgetting } from '../store/forgetting/being-forgotten.js';
import { QUEUES } from '../workflows/queues.js';

export const GUARD_ID = 'containment-guard';

/** Whose signed resumption the guard obeys. */
export interface GuardPeople {
  readonly keys: readonly DecisionKey[];
  readonly deciders: readonly Decider[];
}

/** The guard starts with the first press of the stop button. */
export function startOfGuard({
  keys,
  deciders,
}: GuardPeople): WithStartWorkflowOperation<typeof containmentGuardWorkflow> {
  return new WithStartWorkflowOperation('containmentGuardWorkflow', {
    taskQueue: QUEUES.playbook,
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowId: GUARD_ID,
    args: [{ keys, deciders }],
    staticSummary: 'Stop switch of all containment',
  });
}

/** The records role's way to other workflows: by workflow id, started when they are not there; no case while one under its id is being forgotten. */
export function workflowsPort(client: Client, pool: Pool): WorkflowsPort {
  const taskQueue = QUEUES.playbook;
  const start = { taskQueue, workflowIdConflictPolicy: 'USE_EXISTING' } as const;
  return {
    joinAlerts: async ({ caseId, subjectId, home, after, alerts }) => {
      await refuseWhileForgetting(pool, caseId);
      await client.workflow.executeUpdateWithStart(joinAlertsUpdate, {
        startWorkflowOperation: new WithStartWorkflowOperation<typeof caseWorkflow>('caseWorkflow', {
          ...start,
          workflowId: caseId,
          args: [{ caseId, subjectId, home, after }],
        }),
        args: [{ alerts }],
      });
    },
    joinIncident: async ({ incidentId, caseId, severity, closed }) => {
      await client.workflow.signalWithStart<typeof incidentWorkflow, [JoinIncident]>('incidentWorkflow', {
        taskQueue,
        workflowId: incidentId,
        args: [{ incidentId }],
        signal: joinIncidentSignal,
        signalArgs: [{ caseId, severity, ...(closed ? { closed } : {}) }],
        staticSummary: 'Cases that share an attacker',
      });
    },
    containment: async (containmentId) => {
      try {
        return await client.workflow.getHandle(containmentId).query(containmentViewQuery);
      } catch {
        return undefined; // not known (any more): the report says what the case knows
      }
    },
  };
}
