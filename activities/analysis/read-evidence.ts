import type { Collection, EvidenceEvent } from '../../domain/evidence.js';
import { datedStates } from '../../domain/states.js';
import type { AnalysisDeps } from './deps.js';

/** All rows of a case's collections, each once: the newest collection's copy of a row stands (it may hold text that an older one left out). What is only seen to be there is dated by the log that has its making. */
export async function readEvidence(
  deps: AnalysisDeps,
  caseId: string,
  collections: readonly Collection[],
): Promise<readonly EvidenceEvent[]> {
  const rows = new Map<string, EvidenceEvent>();
  for (const { file } of [...collections].sort((a, b) => (a.to < b.to ? -1 : 1))) {
    if (file.rows === 0) continue;
    for await (const event of deps.evidence.readRows<EvidenceEvent>(caseId, file)) {
      const known = rows.get(event.id);
      rows.set(
        event.id,
        known?.text !== undefined && event.text === undefined ? { ...event, text: known.text } : event,
      );
    }
  }
  return [...datedStates([...rows.values()])].sort((a, b) =>
    a.at < b.at ? -1 : a.at > b.at ? 1 : a.id < b.id ? -1 : 1,
  );
}
