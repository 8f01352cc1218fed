import { pinned } from '../../domain/weights.js';
import { createHash } from 'node:crypto';
import { saidClosing } from '../../domain/case-words.js';
import { summarise, type CaseSummary } from '../../domain/case-summary.js';
import type { TimelineEntry } from '../../domain/case.js';
import { PIVOT } from '../../domain/pivot.js';
import type { CasePolicy } from '../../domain/policy.js';
import type { AuditEntry } from '../../store/audit/entry.js';
import { instant } from '../context.js';
import type { RecordsActivities } from '../contract.js';
import type { RecordsDeps } from './deps.js';
import { closeInIncident, incidentAtClose, joinIncident } from './incidents.js';
import { writeReport } from './report/write-report.js';

/** Pins the policy as it is now with the keys and people of this configuration, writes the first line of the case and lists it. */
export async function openCase(
  deps: RecordsDeps,
  { summary, alerts }: Parameters<RecordsActivities['openCase']>[0],
): Promise<CasePolicy> {
  const { caseId, subjectId } = summary;
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
  await vouchForDossier(deps, summary);
  await deps.index.put(summary, at);
  const { contact, containment, decision, disclosure, escalation, windows, readContentFrom } = policy;
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
    decision: pinned(decision),
    windows,
    readContentFrom,
    keys: deps.keys,
    resultKeys: deps.resultKeys,
    deciders: await deps.deciders(),
    pace: deps.pace,
    mode: deps.mode,
    tenants: deps.tenants ?? [],
    pivot: policy.pivot ?? PIVOT,
  };
}

/** Lines into the chain, the incident joined, the case into the index. */
export async function recordProgress(
  deps: RecordsDeps,
  { summary, entries }: Parameters<RecordsActivities['recordProgress']>[0],
): Promise<{ readonly incidentId?: string }> {
  await appendLines(deps, summary, entries);
  const joined = await joinIncident(deps, summary);
  await deps.index.put({ ...summary, ...joined }, instant(deps.clock));
  if (summary.stage === 'closed') await deps.chain.checkpoint();
  return joined;
}

/** What was sent to a workflow and not obeyed; a retry, or a count that is known, adds nothing. */
export async function recordRefusals(
  deps: RecordsDeps,
  { workflowId, firstRunId, caseId, refused, count }: Parameters<RecordsActivities['recordRefusals']>[0],
): Promise<void> {
  await deps.chain.append([
    {
      key: `${workflowId}:${firstRunId}:refused:${String(count)}`.slice(0, 300),
      at: instant(deps.clock),
      kind: 'messages.refused',
      by: 'playbook',
      ...(caseId === undefined ? {} : { caseId }),
      data: { workflowId, count, refused: refused.map(({ at, message, code }) => `${at} ${message} ${code}`) },
    },
  ]);
}

/** The last lines, the report over them, the case closed in the index; the chain gets a checkpoint. */
export async function closeCase(
  deps: RecordsDeps,
  { state, entries }: Parameters<RecordsActivities['closeCase']>[0],
): ReturnType<RecordsActivities['closeCase']> {
  const closedAs = saidClosing(state);
  const summary = { ...summarise(state), ...(closedAs === undefined ? {} : { closedAs }) };
  await appendLines(deps, summary, entries);
  const joined = await incidentAtClose(deps, summary);
  const report = await writeReport(deps, { ...state, ...joined });
  const at = instant(deps.clock);
  await deps.index.put({ ...summary, ...joined, stage: 'closed', report }, at);
  await closeInIncident(deps, { ...summary, ...joined }, at);
  await deps.chain.checkpoint();
  return report;
}

/** Each line once; what other roles noted goes into the chain with them. */
async function appendLines(deps: RecordsDeps, summary: CaseSummary, entries: readonly TimelineEntry[]): Promise<void> {
  await deps.chain.append(entries.map((entry, i) => line(summary, entry, entries.slice(0, i))));
  await vouchForDossier(deps, summary);
}

/** The chain names what lies in the dossier, by the names of the encrypted files: one that goes missing later is found without a key. */
async function vouchForDossier({ dossier, chain, clock }: RecordsDeps, { caseId }: CaseSummary): Promise<void> {
  const keys = [...(await dossier.reader.list(caseId))].sort();
  if (keys.length === 0) return;
  const hash = createHash('sha256').update(keys.join('\n')).digest('hex').slice(0, 32);
  await chain.append([
    {
      key: `${caseId}:dossier:${hash}`,
      at: instant(clock),
      kind: 'dossier.kept',
      by: 'records',
      caseId,
      evidence: keys.map((key) => ({ key, compartment: 'dossier' })),
    },
  ]);
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
