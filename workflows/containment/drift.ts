import type { AlertRef } from '../../domain/alert.js';
import { now } from '../clock.js';
import type { ContainmentInput } from '../messages.js';
import { records } from '../proxies.js';
import { planOf } from '../retired/before-last-gate.js';

/** Containment that no longer holds is an alert of its own: it joins the subject's open case or starts a new one, linked. */
export async function reportDrift({ plan: signed, caseId }: ContainmentInput, steps: readonly number[]): Promise<void> {
  const at = now();
  const plan = planOf(signed);
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
  const { platform, tenant } = home;
  await records.raiseAlerts.executeWithOptions({ summary: 'Containment no longer holds: raise an alert' }, [
    { caseId, subjectId: plan.subjectId, home: { platform, tenant }, after: caseId, alerts: [alert] },
  ]);
}
