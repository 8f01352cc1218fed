import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import type { EventKind, EvidenceEvent } from '../../../domain/evidence.js';
import type { EvidenceSource, SourcePage, SourceQuery } from '../../ports.js';
import { mapRows, type Mapped } from '../../kit/rows.js';
import { actorsOfApp } from '../app-actors.js';
import { OPERATIONS } from '../methods.js';
import { nextOf } from '../pages.js';
import { kindOf, type AuditActionTable } from './audit-actions.js';
import { auditEntry, auditPage, type AuditEntry } from './audit-entry.js';
import { toEvent } from './audit-event.js';
import { openPlacesIn } from './audit-logs.js';
import type { Outside } from './audit-share.js';
import { outsideOf } from './outside.js';
import { isApp, pageOf, seconds, stateOf, type SourceContext } from './source.js';

const ID = 'slack.audit_logs.apps';
/** Entries per page, and pages of one account: at most four minutes of the whole tenant's budget; nearly every account has one page. */
const LIMIT = '1000';
const MAX_PAGES = 200;

const cursorShape = z.strictObject({
  /** The accounts that the app acts as. */
  actors: z.array(z.string()),
  at: z.int().nonnegative(),
  page: z.int().nonnegative(),
  next: z.string().optional(),
  /** Some of it was left out. */
  isCut: z.boolean(),
});
type Cursor = z.infer<typeof cursorShape>;

/**
 * What the tokens of an app did. The Audit Logs API filters by action, actor and entity, never by app, and the actor of such an entry is
 * the account whose token it is: everything that those accounts did in the window is read, and what the app did of it is kept. Empty
 * for people. Enterprise only. Errors: VENDOR_NOT_FOUND when no account is known; TOO_MUCH, after the last page, when something was left out.
 */
export function appActivitySource(context: SourceContext, table: AuditActionTable): EvidenceSource {
  return {
    id: ID,
    logSource: 'file_transfer',
    depth: 'narrow',
    kinds: table.flatMap(({ actions }) => Object.keys(actions) as EventKind[]),
    lagSeconds: 3600,
    async read(query, cursor, { signal } = {}) {
      if (!isApp(query.nativeId)) return { events: [] };
      const at = stateOf(cursorShape, cursor) ?? (await begin(context, query.nativeId, signal));
      const actor = at.actors[at.at];
      if (actor === undefined) throw new QuellError('TOO_MUCH', LEFT_OUT);
      const body = await context.client.rest(
        OPERATIONS.auditLogs,
        {
          method: 'GET',
          path: 'logs',
          query: {
            actor,
            oldest: String(seconds(query.from)),
            latest: String(seconds(query.to, 'up')),
            limit: LIMIT,
            cursor: at.next,
          },
          signal,
        },
        auditPage,
      );
      const { outside, gap } = await outsideOf(context, openPlacesIn(body.entries, isOfApp(query)), signal);
      const mapped = actsOfApp(context, table, query, body.entries, outside);
      return { ...pageOf(mapped, after(at, nextOf(body.response_metadata).next)), ...(gap ? { gap } : {}) };
    },
  };
}

const LEFT_OUT =
  'The app acts as more accounts, or these did more, than is read. What was read until then is kept; look the rest up in the audit log of Slack.';

async function begin(context: SourceContext, appId: string, signal: AbortSignal | undefined): Promise<Cursor> {
  const { actors, isCut } = await actorsOfApp(context, appId, signal);
  if (actors.length === 0)
    throw new QuellError('VENDOR_NOT_FOUND', 'No log tells as whom the app acts, so that its acts can’t be looked up.');
  return { actors: [...actors], at: 0, page: 0, isCut };
}

/** Where it goes on: the account's next page, the next account, or one more call that says that something is missing. */
function after(at: Cursor, next: string | undefined): Pick<SourcePage, 'next'> {
  // A page that leads to itself ends the account, and something is missing.
  const goesOn = next !== undefined && next !== at.next && at.page + 1 < MAX_PAGES;
  const isCut = at.isCut || (next !== undefined && !goesOn);
  const following = goesOn ? { ...at, page: at.page + 1, next } : { actors: at.actors, at: at.at + 1, page: 0, isCut };
  const isOver = following.at >= at.actors.length && !isCut;
  return isOver ? {} : { next: JSON.stringify(following) };
}

/** An entry in the words of the source that reads it of a person, so that the same entry has the same id wherever it was read. */
export const actsOfApp = (
  context: SourceContext,
  table: AuditActionTable,
  { nativeId }: SourceQuery,
  rows: readonly unknown[],
  outside: Outside,
): Mapped<EvidenceEvent> =>
  mapRows(rows, auditEntry, (entry, notes) => {
    if (!isOfApp({ nativeId })(entry)) return [];
    return table.flatMap(({ id, logSource, actions }) => {
      const kind = kindOf(actions, entry.action);
      const reading = { context, origin: { source: id, logSource }, outside };
      return (kind && toEvent(reading, kind, entry, notes)) ?? [];
    });
  });

const isOfApp =
  ({ nativeId }: Pick<SourceQuery, 'nativeId'>) =>
  (entry: AuditEntry): boolean =>
    entry.context?.app?.id === nativeId;
