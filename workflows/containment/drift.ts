import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { getExternalWorkflowHandle, ParentClosePolicy, startChild } from '@temporalio/workflow';
import type { AlertRef } from '../../domain/alert.js';
import type { caseWorkflow } from '../case.js';
import { now } from '../clock.js';
import { joinAlertsSignal, type ContainmentInput } from '../messages.js';

/** Containment that no longer holds is an alert of its own: it joins the subject's open case or starts a new one, linked. */
export async function reportDrift(input: ContainmentInput, steps: readonly number[]): Promise<void> {
  const at = now();
  const { plan, caseId } = input;
  const [home] = plan.actions;
  if (!home) return;
  const alert: AlertRef = {
    alertId: `drift-${plan.planId}-${steps.join('-')}`,
    source: 'quell-hold',
    platform: home.platform,
    severity: 'high',
    occurredAt: at,
    receivedAt: at,
  };
  try {
    const started = await startChild<typeof caseWorkflow>('caseWorkflow', {
      workflowId: caseId,
      args: [
        { caseId, subjectId: plan.subjectId, home: { platform: home.platform, tenant: home.tenant }, after: caseId },
      ],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      taskQueue: 'playbook',
      staticSummary: 'Containment no longer holds',
    });
    await started.signal(joinAlertsSignal, { alerts: [alert] });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    await getExternalWorkflowHandle(caseId).signal(joinAlertsSignal, { alerts: [alert] });
  }
}
