import type { Pool } from 'pg';
import type { Instant } from '../../domain/platform.js';
import { query } from '../postgres/connection.js';

/** Of the cases that were opened in a time, merged ones left out. Seconds are means over the cases of which both moments are known; absent where there is none. */
export interface CaseNumbers {
  readonly opened: number;
  readonly closed: number;
  readonly alerts: number;
  readonly falsePositives: number;
  readonly benign: number;
  /** Compromised or insider. */
  readonly attacks: number;
  /** Of those that closed; absent when none has. */
  readonly falsePositiveShare?: number;
  /** From the first event that an alert tells of to the first alert: mean time to detect. */
  readonly detectSeconds?: number;
  /** From the first alert to the first decision of a person: mean time to acknowledge. */
  readonly acknowledgeSeconds?: number;
  /** From the first alert until every step that took hold was read back: mean time to contain. */
  readonly containSeconds?: number;
  /** From the first alert to the close: mean time to respond. */
  readonly respondSeconds?: number;
}

/** Of one detector; a case with alerts of several counts for each. */
export interface SourceNumbers extends CaseNumbers {
  readonly source: string;
}

/** All together, and by detector, the one with most cases first. */
export interface AllNumbers {
  readonly all: CaseNumbers;
  readonly bySource: readonly SourceNumbers[];
}

/** `from` is in, `to` is not. Errors: those of `query`. */
export async function caseNumbers(database: Pool, from: Instant, to: Instant): Promise<AllNumbers> {
  const { rows } = await query<NumbersRow>(database, NUMBERS, [from, to]);
  const [all] = rows.filter((row) => row.source === null);
  return {
    all: numbersOf(all),
    bySource: rows.flatMap((row) => (row.source === null ? [] : { source: row.source, ...numbersOf(row) })),
  };
}

interface NumbersRow {
  readonly source: string | null;
  readonly opened: number;
  readonly closed: number;
  readonly alerts: number;
  readonly false_positives: number;
  readonly benign: number;
  readonly attacks: number;
  readonly detect: number | null;
  readonly acknowledge: number | null;
  readonly contain: number | null;
  readonly respond: number | null;
}

function numbersOf(row: NumbersRow | undefined): CaseNumbers {
  if (!row) return { opened: 0, closed: 0, alerts: 0, falsePositives: 0, benign: 0, attacks: 0 };
  const { opened, closed, alerts, false_positives: falsePositives, benign, attacks } = row;
  return {
    ...{ opened, closed, alerts, falsePositives, benign, attacks },
    ...(closed === 0 ? {} : { falsePositiveShare: falsePositives / closed }),
    ...seconds('detectSeconds', row.detect),
    ...seconds('acknowledgeSeconds', row.acknowledge),
    ...seconds('containSeconds', row.contain),
    ...seconds('respondSeconds', row.respond),
  };
}

const seconds = (name: keyof CaseNumbers, mean: number | null): Partial<CaseNumbers> =>
  mean === null ? {} : { [name]: Math.round(mean) };

/** Clocks differ: what would have taken less than no time counts as none. Who decided on a plan has acknowledged the case that it is of. */
const NUMBERS = `
  WITH measured AS (
    SELECT c.sources, c.alert_count, c.verdict, c.closed_at IS NOT NULL AS closed,
      extract(epoch FROM c.detected_at - c.began_at) AS detect,
      extract(epoch FROM LEAST(c.acknowledged_at, (
        SELECT min(p.decided_at) FROM plan_waits p WHERE p.case_id = c.case_id AND p.decided_at BETWEEN c.opened_at AND COALESCE(c.closed_at, 'infinity')
      )) - COALESCE(c.detected_at, c.opened_at)) AS acknowledge,
      extract(epoch FROM c.contained_at - COALESCE(c.detected_at, c.opened_at)) AS contain,
      extract(epoch FROM c.closed_at - COALESCE(c.detected_at, c.opened_at)) AS respond
    FROM cases c WHERE c.opened_at >= $1 AND c.opened_at < $2 AND c.closed_as IS DISTINCT FROM 'merged'),
  told AS (SELECT NULL AS source, m.* FROM measured m UNION ALL SELECT source, m.* FROM measured m, unnest(m.sources) AS source)
  SELECT source, count(*)::int AS opened, (count(*) FILTER (WHERE closed))::int AS closed, sum(alert_count)::int AS alerts,
    (count(*) FILTER (WHERE closed AND verdict = 'false_positive'))::int AS false_positives,
    (count(*) FILTER (WHERE closed AND verdict = 'benign'))::int AS benign,
    (count(*) FILTER (WHERE verdict IN ('compromised', 'insider')))::int AS attacks,
    ${['detect', 'acknowledge', 'contain', 'respond'].map((time) => `(avg(GREATEST(0, ${time})) FILTER (WHERE ${time} IS NOT NULL))::float8 AS ${time}`).join(', ')}
  FROM told GROUP BY source ORDER BY opened DESC, source`;
