import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { SEVERITIES, type Instant, type Severity } from '../../domain/platform.js';
import { query, transaction, type Queryable } from '../postgres/connection.js';

/** A case that closed without an incident: a later one that shares a trace takes it in. */
export interface ClosedCase {
  readonly caseId: string;
  readonly openedAt: Instant;
  readonly severity: Severity;
}

/** A closed case is news to an incident for as long as a quiet incident waits for a related one. */
const REMEMBERED_DAYS = 30;

/**
 * Which incident an attacker's address, app or session (hashed) belongs to, and which cases know of it; outlives Temporal's retention. The first
 * incident that a link is told of keeps it, whichever process (records) told it. Errors: those of `query`.
 */
export class IncidentLinks {
  constructor(private readonly database: Pool) {}

  /** The incident of the first link that is known; else the one that the case is tied to, or a new one, whose id follows from the links, so that a retry finds the same. */
  join(caseId: string, given: readonly string[]): Promise<string> {
    const links = [...new Set(given)].sort();
    return transaction(this.database, async (on) => {
      const tied = await tiedTo(on, caseId);
      const made = `incident-${createHash('sha256').update(links.join('\n')).digest('hex').slice(0, 20)}`;
      const incidentId = await bind(on, links, tied ?? made);
      await know(on, caseId, links);
      return incidentId;
    });
  }

  /** Another case's traces led to this one: one incident, whatever its own evidence shows. `at`: now. */
  tie(caseId: string, incidentId: string, links: readonly string[], at: Instant): Promise<void> {
    return transaction(this.database, async (on) => {
      await bind(on, [...new Set(links)].sort(), incidentId);
      await know(on, caseId, links);
      await query(
        on,
        `INSERT INTO case_ties (case_id, incident_id, tied_at) VALUES ($1, $2, $3)
         ON CONFLICT (organisation, case_id) DO UPDATE SET incident_id = EXCLUDED.incident_id, tied_at = EXCLUDED.tied_at`,
        [caseId, incidentId, at],
      );
    });
  }

  tiedTo(caseId: string): Promise<string | undefined> {
    return tiedTo(this.database, caseId);
  }

  /** Does the case know of these links already? One that closed before `lastAt` does not know of what was seen since. */
  async knows(caseId: string, links: readonly string[], lastAt: Instant): Promise<boolean> {
    const { rows } = await query<{ known: boolean }>(this.database, KNOWS, [caseId, [...new Set(links)], lastAt]);
    return rows[0]?.known ?? false;
  }

  /** The incident that one of the links belongs to. */
  async incidentOf(links: readonly string[]): Promise<string | undefined> {
    const { rows } = await query<{ incident_id: string }>(
      this.database,
      'SELECT incident_id FROM incident_links WHERE link = ANY ($1) ORDER BY link LIMIT 1',
      [links],
    );
    return rows[0]?.incident_id;
  }

  /** The case has closed: what it knows is kept, and no tie of it is one of the subject's next case. */
  async noteClosed(caseId: string, links: readonly string[], at: Instant): Promise<void> {
    await know(this.database, caseId, links);
    await query(this.database, 'DELETE FROM case_ties WHERE case_id = $1 AND tied_at <= $2', [caseId, at]);
  }

  /** Cases that closed lately, share a link and are in no incident yet. */
  async earlier(links: readonly string[], now: Instant): Promise<readonly ClosedCase[]> {
    const { rows } = await query<{ case_id: string; opened_at: Date; severity: number }>(this.database, EARLIER, [
      links,
      now,
      REMEMBERED_DAYS,
    ]);
    return rows.map((row) => ({
      caseId: row.case_id,
      openedAt: row.opened_at.toISOString(),
      severity: SEVERITIES[row.severity] ?? 'critical',
    }));
  }
}

/** Links that nobody has told of yet belong to the incident of the first that somebody has, else to `fallback`. Whoever tells of the same link at once waits here for us, because the keys are sorted. */
async function bind(on: PoolClient, links: readonly string[], fallback: string): Promise<string> {
  const { rows: fresh } = await query<{ link: string }>(
    on,
    `INSERT INTO incident_links (link, incident_id) SELECT link, $2 FROM unnest($1::text[]) WITH ORDINALITY AS given (link, n) ORDER BY n
     ON CONFLICT DO NOTHING RETURNING link`,
    [links, fallback],
  );
  const bound = fresh.map(({ link }) => link);
  const { rows } = await query<{ incident_id: string }>(
    on,
    'SELECT incident_id FROM incident_links WHERE link = ANY ($1) AND link <> ALL ($2) ORDER BY link LIMIT 1',
    [links, bound],
  );
  const incidentId = rows[0]?.incident_id ?? fallback;
  if (incidentId !== fallback && bound.length > 0)
    await query(on, 'UPDATE incident_links SET incident_id = $1 WHERE link = ANY ($2)', [incidentId, bound]);
  return incidentId;
}

async function know(on: Queryable, caseId: string, links: readonly string[]): Promise<void> {
  await query(
    on,
    'INSERT INTO case_links (link, case_id) SELECT DISTINCT unnest($1::text[]), $2 ON CONFLICT DO NOTHING',
    [links, caseId],
  );
}

async function tiedTo(on: Queryable, caseId: string): Promise<string | undefined> {
  const { rows } = await query<{ incident_id: string }>(on, 'SELECT incident_id FROM case_ties WHERE case_id = $1', [
    caseId,
  ]);
  return rows[0]?.incident_id;
}

/** A tie that came after the close is of the subject's next case, which may not be in the index yet. */
const KNOWS = `
  SELECT (SELECT count(*) FROM case_links WHERE case_id = $1 AND link = ANY ($2)) = cardinality($2::text[]) AND NOT EXISTS (
    SELECT FROM (SELECT closed_at FROM cases WHERE case_id = $1 ORDER BY opened_at DESC LIMIT 1) newest
    WHERE newest.closed_at < $3 AND NOT EXISTS (SELECT FROM case_ties WHERE case_id = $1 AND tied_at >= newest.closed_at)) AS known`;

const EARLIER = `
  SELECT c.case_id, c.opened_at, c.severity FROM cases c
  WHERE c.case_id IN (SELECT l.case_id FROM case_links l WHERE l.link = ANY ($1)) AND c.links && $1
    AND c.closed_at >= $2::timestamptz - make_interval(days => $3) AND c.incident_id IS NULL AND c.closed_as IS DISTINCT FROM 'merged'
  ORDER BY c.closed_at`;
