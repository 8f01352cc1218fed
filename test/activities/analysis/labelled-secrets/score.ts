import { createHmac } from 'node:crypto';
import { scanPieces } from '../../../../activities/analysis/secret-scan/scan.js';
import type { Row } from './row.js';

export interface Verdict {
  readonly row: Row;
  /** The very secret that is meant, whole. */
  readonly found: boolean;
  /** Something that is no secret, or not the whole of it. */
  readonly wrong: boolean;
}

const KEY = new Uint8Array(32).fill(7);
const fingerprint = (secret: string): string =>
  createHmac('sha256', KEY).update(`quell secret v1\0${secret}`).digest('hex');

/** What the scan makes of each text, judged by the fingerprint of what is in it. */
export function judge(rows: readonly Row[]): readonly Verdict[] {
  return rows.map((row) => {
    const hits = scanPieces([{ eventId: 'row', text: row.text }], KEY);
    const meant = row.secret === undefined ? undefined : fingerprint(row.secret);
    const right = hits.filter((h) => h.fingerprint === meant);
    return { row, found: right.length > 0, wrong: hits.length > right.length };
  });
}

export interface Score {
  readonly positives: number;
  readonly found: number;
  readonly decoys: number;
  /** Texts in which something was found that is no secret. */
  readonly wrong: number;
  readonly recall: number;
  readonly precision: number;
}

export function score(verdicts: readonly Verdict[]): Score {
  const positives = verdicts.filter((v) => v.row.secret !== undefined).length;
  const found = verdicts.filter((v) => v.found).length;
  const wrong = verdicts.filter((v) => v.wrong).length;
  return {
    positives,
    found,
    decoys: verdicts.length - positives,
    wrong,
    recall: positives === 0 ? 1 : found / positives,
    precision: found + wrong === 0 ? 1 : found / (found + wrong),
  };
}
