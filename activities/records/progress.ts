import { createHash } from 'node:crypto';
import type { CaseSummary, TimelineEntry } from '../../domain/case.js';
import type { CasePolicy } from '../../domain/policy.js';
import type { AuditEntry } from '../../store/audit-entry.js';
import type { CaseEntry } from '../../store/case-index.js';
import { instant } from '../context.js';
import type { RecordsActivities } from '../contract.js';
import type { RecordsDeps } from './deps.js';

/** Pins the policy as it is now with the keys and people of this configuration, and writes the first line of the case. */
export async function openCase(
  deps: RecordsDeps,
  { caseId, subjectId, alerts }: Parameters<RecordsActivities['openCase']>[0],
): Promise<CasePolicy> {
  const { policy, digest } = await deps.policies.current();
  const at = instant(deps.clock);
  const first = alerts.map((a) => a.receivedAt).sort()[0] ?? at;
  const data = {
    subjectId,
    policyDigest: digest,
    mode: deps.mode,
    alerts: alerts.map((a) => a.alertId),
    keys: deps.keys.map((k) => k.keyId),
  };
  await deps.chain.append([{ key: `${caseId}:${first}:opened`, at, kind: 'case.opened', by: 'records', caseId, data }]);
  const { contact, containment, disclosure, escalation, windows, readContentFrom } = policy;
  return {
    digest,
    contact,
    containment: {
      approvalRules: containment.approvalRules,
      approvalWithinMinutes: containment.approvalWithinMinutes,
      holdChecks: containment.holdChecks,
      holdEveryMinutes: containment.holdEveryMinutes,
    },
    disclosure: {
      significantItems: disclosure.significantItems,
      significantSecrets: disclosure.significantSecrets,
      acknowledgeWithinMinutes: disclosure.acknowledgeWithinMinutes,
      clocks: disclosure.clocks,
    },
    escalation,
    windows,
    readContentFrom,
    keys: deps.keys,
    deciders: deps.deciders.map(({ name: _name, ...decider }) => decider),
    pace: deps.pace,
    mode: deps.mode,
  };
}

/** Lines into the chain (each once), the case into the index, and what other roles left for the chain. */
export async function recordProgress(
  deps: RecordsDeps,
  { summary, entries }: Parameters<RecordsActivities['recordProgress']>[0],
): Promise<void> {
  await deps.chain.append(entries.map((entry, i) => line(summary, entry, entries.slice(0, i))));
  await deps.spool.drain(deps.chain);
  await deps.index.put(indexEntry(summary, instant(deps.clock)), summary.alertIds);
  if (summary.stage === 'closed') await deps.chain.checkpoint();
}

/** The key names the line by its content, and twins in one batch by their order: a retry adds nothing. */
function line({ caseId, openedAt }: CaseSummary, entry: TimelineEntry, before: readonly TimelineEntry[]): AuditEntry {
  const id = (e: TimelineEntry): string => JSON.stringify([e.at, e.stage, e.text]);
  const twin = before.filter((b) => id(b) === id(entry)).length;
  const hash = createHash('sha256').update(id(entry)).digest('hex').slice(0, 32);
  return {
    key: `${caseId}:${openedAt}:${hash}:${String(twin)}`,
    at: entry.at,
    kind: `case.${entry.stage}`,
    by: 'playbook',
    caseId,
    text: entry.text.slice(0, 4000),
  };
}

function indexEntry(summary: CaseSummary, updatedAt: string): CaseEntry {
  const {
    caseId,
    subjectId,
    openedAt,
    stage,
    severity,
    verdict,
    platforms,
    alertCount,
    openTasks,
    openPlans,
    incidentId,
    closedAs,
    report,
  } = summary;
  return {
    ...{
      caseId,
      subjectId,
      openedAt,
      updatedAt,
      stage,
      severity,
      verdict,
      platforms,
      alertCount,
      openTasks,
      openPlans,
    },
    ...(incidentId === undefined ? {} : { incidentId }),
    ...(closedAs === undefined ? {} : { closedAs }),
    ...(report === undefined ? {} : { report }),
  };
}
