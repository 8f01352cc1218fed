import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaseState } from '../../../domain/case.js';
import { writeWhole } from '../../../store/files.js';
import { instant } from '../../context.js';
import { DOSSIER_NAMES } from '../../dossier.js';
import type { RecordsDeps } from '../deps.js';
import { gather } from './gather.js';
import { page } from './page.js';

/** Both files in the reports folder under the case's name and opening, and encrypted in the dossier. Returns file names, not paths; `sha256` is that of the JSON file. */
export async function writeReport(
  deps: RecordsDeps,
  state: CaseState,
): Promise<{ readonly html: string; readonly json: string; readonly sha256: string }> {
  const report = await gather(deps, state);
  const json = Buffer.from(`${JSON.stringify(report, undefined, 2)}\n`);
  const html = Buffer.from(page(report));
  const name = `${state.caseId}-${state.openedAt.replace(/[^0-9]/g, '').slice(0, 14)}`;
  const names = { html: `${name}.html`, json: `${name}.json` };
  await mkdir(deps.reportsFolder, { recursive: true, mode: 0o700 });
  await writeWhole(join(deps.reportsFolder, names.json), json);
  await writeWhole(join(deps.reportsFolder, names.html), html);
  const kept = [
    await deps.dossier.writer.writeBytes(state.caseId, DOSSIER_NAMES.reportJson, json),
    await deps.dossier.writer.writeBytes(state.caseId, DOSSIER_NAMES.reportHtml, html),
  ];
  const sha256 = createHash('sha256').update(json).digest('hex');
  const evidence = kept.map((file) => ({ ...file, compartment: 'dossier' as const }));
  const files = [
    { name: names.json, sha256 },
    { name: names.html, sha256: createHash('sha256').update(html).digest('hex') },
  ];
  await deps.chain.append([
    {
      key: `${state.caseId}:${state.openedAt}:report:${sha256}`,
      at: instant(deps.clock),
      kind: 'case.reported',
      by: 'records',
      caseId: state.caseId,
      evidence,
      data: { verdict: report.verdict, files, actions: report.actions.length },
    },
  ]);
  return { ...names, sha256 };
}
