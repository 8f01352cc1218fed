import type { CaseState } from '../../../domain/case.js';
import { REPORT_NAMES } from '../../../store/evidence-store.js';
import { instant } from '../../context.js';
import type { RecordsDeps } from '../deps.js';
import { gather } from './gather.js';
import { page } from './page.js';

/** Both forms, encrypted for who reads reports; the chain names both. Returns their keys in the store; `sha256` is that of the JSON. */
export async function writeReport(
  deps: RecordsDeps,
  state: CaseState,
): Promise<{ readonly html: string; readonly json: string; readonly sha256: string }> {
  const { caseId, openedAt } = state;
  const report = await gather(deps, state);
  const text = `${JSON.stringify(report, undefined, 2)}\n`;
  const json = await deps.reports.writeBytes(caseId, REPORT_NAMES.json, Buffer.from(text));
  const html = await deps.reports.writeBytes(caseId, REPORT_NAMES.html, Buffer.from(page(report)));
  await deps.chain.append([
    {
      // By the files: what the case is told was written is what the chain names, also after a retry.
      key: `${caseId}:${openedAt}:${json.key}`,
      at: instant(deps.clock),
      kind: 'case.reported',
      by: 'records',
      caseId,
      evidence: [json, html].map((file) => ({ ...file, compartment: 'reports' as const })),
      data: { verdict: report.verdict, actions: report.actions.length },
    },
  ]);
  return { html: html.key, json: json.key, sha256: json.sha256 };
}
