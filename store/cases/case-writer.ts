import type { Pool } from 'pg';
import type { CaseSummary } from '../../domain/case-summary.js';
import type { PlanWait } from '../../domain/plan-wait.js';
import { SEVERITIES, type Instant } from '../../domain/platform.js';
import { query } from '../postgres/connection.js';

/** Writes the case index, in any number of processes (records): a write that comes late never puts a case back. Errors: those of `query`. */
export class CaseWriter {
  constructor(private readonly database: Pool) {}

  /** The case as it is, of which the one counts that was written last (`written`); its alerts join what is known. `at`: now. */
  async put(summary: CaseSummary, at: Instant): Promise<void> {
    const { waits = [], taskRoles = [], sources = [], times = {}, report } = summary;
    await query(this.database, PUT, [
      ...[summary.caseId, summary.openedAt, summary.subjectId, summary.written ?? 0, at, summary.stage],
      ...[SEVERITIES.indexOf(summary.severity), summary.verdict, summary.platforms, sources, summary.alertCount],
      ...[summary.openTasks, summary.openPlans, JSON.stringify(waits), taskRoles, summary.dueAt, summary.links],
      ...[summary.incidentId, summary.closedAs, report && JSON.stringify(report)],
      ...[times.beganAt, times.detectedAt, times.acknowledgedAt, times.containedAt],
      ...[summary.stage === 'closed' ? at : undefined, summary.alertIds],
    ]);
  }

  /** A case that had closed belongs to an incident after all. Unknown cases stay unknown. */
  async setIncident(caseId: string, openedAt: Instant, incidentId: string): Promise<void> {
    await query(this.database, 'UPDATE cases SET incident_id = $3 WHERE case_id = $1 AND opened_at = $2', [
      caseId,
      openedAt,
      incidentId,
    ]);
  }

  /** Whose decision a plan waits for. */
  async putPlan({ planId, caseId, written, roles, until, decidedBy, decidedAt }: PlanWait): Promise<void> {
    await query(this.database, PUT_PLAN, [planId, caseId, written, roles, until, decidedBy, decidedAt]);
  }
}

/** Versions before did not count their writes: among those nothing follows the close. */
const PUT = `
  WITH alerts AS (
    INSERT INTO case_alerts (alert_id, case_id, opened_at) SELECT DISTINCT unnest($26::text[]), $1, $2::timestamptz ON CONFLICT DO NOTHING)
  INSERT INTO cases AS c (case_id, opened_at, subject_id, written, updated_at, stage, severity, verdict, platforms, sources, alert_count,
    open_tasks, open_plans, waits, task_roles, due_at, links, incident_id, closed_as, report, began_at, detected_at, acknowledged_at, contained_at, closed_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)
  ON CONFLICT (organisation, case_id, opened_at) DO UPDATE SET
    subject_id = EXCLUDED.subject_id, written = EXCLUDED.written, updated_at = EXCLUDED.updated_at, stage = EXCLUDED.stage,
    severity = EXCLUDED.severity, verdict = EXCLUDED.verdict, platforms = EXCLUDED.platforms, sources = EXCLUDED.sources,
    alert_count = EXCLUDED.alert_count, open_tasks = EXCLUDED.open_tasks, open_plans = EXCLUDED.open_plans, waits = EXCLUDED.waits,
    task_roles = EXCLUDED.task_roles, due_at = EXCLUDED.due_at, links = EXCLUDED.links,
    incident_id = COALESCE(EXCLUDED.incident_id, c.incident_id), closed_as = EXCLUDED.closed_as, report = EXCLUDED.report,
    began_at = EXCLUDED.began_at, detected_at = EXCLUDED.detected_at, acknowledged_at = EXCLUDED.acknowledged_at, contained_at = EXCLUDED.contained_at,
    closed_at = CASE WHEN EXCLUDED.closed_at IS NOT NULL THEN COALESCE(c.closed_at, EXCLUDED.closed_at) END
  WHERE c.written < EXCLUDED.written OR (c.written = EXCLUDED.written AND (c.closed_at IS NULL OR EXCLUDED.closed_at IS NOT NULL))`;

const PUT_PLAN = `
  INSERT INTO plan_waits AS p (plan_id, case_id, written, roles, ends_at, decided_by, decided_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
  ON CONFLICT (organisation, plan_id) DO UPDATE SET
    written = EXCLUDED.written, roles = EXCLUDED.roles, ends_at = EXCLUDED.ends_at, decided_by = EXCLUDED.decided_by, decided_at = EXCLUDED.decided_at
  WHERE p.case_id = EXCLUDED.case_id AND p.written <= EXCLUDED.written`;
