import { mailOf } from '../../../domain/account-names.js';
import type { Address } from '../../../domain/address.js';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import { instantOf } from '../../../domain/instants.js';
import type { SourcePage, SourceQuery } from '../../ports.js';
import { compact } from '../../kit/compact.js';
import { mapRows, needed, type Mapped, type Notes } from '../../kit/rows.js';
import { METHODS } from '../methods.js';
import { isClientId } from '../apps.js';
import { eachInTurn } from '../pages.js';
import { isOwnCall, type GoogleSettings } from '../settings.js';
import { emptyWhenMissing, type Step } from '../../kit/steps.js';
import { activitiesPage, eventRows, eventShape, networkOf, whoActed, type Activity } from './activity.js';
import { Said } from './parameters.js';
import type { SourceContext } from './source.js';

/** One event of an activity in the shape that mappers read; parameters as Google wrote them. */
export class ReportEvent extends Said {
  readonly type: string;
  readonly name: string;
  /** Done by Quell as the administrator: by its client where the row names one, else by that account's address. */
  readonly isOurs: boolean;
  readonly #notes: Notes;

  constructor({ events, actor }: Activity, settings: GoogleSettings, mail: string | undefined, notes: Notes) {
    super(events.parameters);
    const client = actor?.applicationInfo?.oauthClientId;
    const own = settings.ownAppIds ?? [];
    this.type = events.type ?? '';
    this.name = events.name;
    this.isOurs = client !== undefined && own.length > 0 ? own.includes(client) : isOwnCall(settings, mail);
    this.#notes = notes;
  }

  /** A client's address in a parameter. */
  address(name: string): Address | undefined {
    return this.#notes.address(name, this.text(name));
  }
}
/** What a mapper adds; undefined for events that say nothing about the playbook. */
export type Mapper = (
  event: ReportEvent,
  query: SourceQuery,
) => (Pick<EvidenceEvent, 'kind'> & Partial<Omit<EvidenceEvent, 'platform' | 'tenant' | 'source' | 'at'>>) | undefined;

export interface ReportLog {
  readonly source: string;
  readonly application: string;
  readonly logSource: EvidenceEvent['logSource'];
  readonly map: Mapper;
}

/** Everything that the person did in one application. */
export function actsOf(context: SourceContext, log: ReportLog): Step {
  return emptyWhenMissing((query, next, { signal }) =>
    readPage(context, log, query, { userKey: query.nativeId }, next, signal),
  );
}

/** One event of others, or of Google itself, that names one of the person's addresses in a parameter. */
export function aboutPerson(context: SourceContext, log: ReportLog, eventName: string, parameterName: string): Step {
  return emptyWhenMissing((query, cursor, { signal }) =>
    eachInTurn(query.emails, cursor, (mail, next) =>
      readPage(context, log, query, { userKey: 'all', eventName, filters: `${parameterName}==${mail}` }, next, signal),
    ),
  );
}
/** One event of whoever did it, in the whole organisation. */
export function byAnybody(context: SourceContext, log: ReportLog, eventName: string): Step {
  return emptyWhenMissing((query, next, { signal }) =>
    readPage(context, log, query, { userKey: 'all', eventName }, next, signal),
  );
}

/** One event of a subject that is an app, in whosever name: a parameter holds its client id. Nothing for people. */
export function byApp(context: SourceContext, log: ReportLog, eventName: string, parameterName: string): Step {
  return emptyWhenMissing(async (query, next, { signal }) =>
    isClientId(query.nativeId)
      ? readPage(
          context,
          log,
          query,
          { userKey: 'all', eventName, filters: `${parameterName}==${query.nativeId}` },
          next,
          signal,
        )
      : { events: [] },
  );
}

async function readPage(
  context: SourceContext,
  log: ReportLog,
  query: SourceQuery,
  search: { readonly userKey: string; readonly eventName?: string; readonly filters?: string },
  pageToken: string | undefined,
  signal: AbortSignal | undefined,
): Promise<SourcePage> {
  const { items, nextPageToken } = await context.client.call(
    METHODS.activities,
    'admin',
    (reports, options) =>
      reports.activities.list(
        {
          applicationName: log.application,
          customerId: context.settings.customerId,
          startTime: query.from,
          endTime: query.to,
          maxResults: 1000,
          ...search,
          ...(pageToken === undefined ? {} : { pageToken }),
        },
        options,
      ),
    activitiesPage,
    signal,
  );
  const { values, odd } = activitiesIn(context, log, query, items);
  return { events: values, odd, ...(nextPageToken === undefined ? {} : { next: nextPageToken }) };
}

/** Activities of one application in the words of the playbook; a row is one event of one activity. */
export function activitiesIn(
  context: Omit<SourceContext, 'client'>,
  log: ReportLog,
  query: SourceQuery,
  items: readonly unknown[],
): Mapped<EvidenceEvent> {
  const own = mailOf(context.settings.serviceAccount.email);
  return mapRows(eventRows(items), eventShape, (row, notes): readonly EvidenceEvent[] => {
    const at = needed(instantOf(row.id.time), 'id.time');
    const mail = mailOf(row.actor?.email);
    const event = new ReportEvent(row, context.settings, mail, notes);
    if (log.application !== 'admin' && ((mail !== undefined && mail === own) || isByOwnApp(context, row, event)))
      return [];
    const mapped = log.map(event, query);
    if (!mapped) return [];
    return [
      compact({
        id: `google:${log.source}:${String(row.id.time)}:${row.id.uniqueQualifier}:${String(row.index)}`,
        platform: context.platform,
        tenant: context.tenant,
        source: log.source,
        logSource: log.logSource,
        at,
        operation: event.name,
        ip: notes.address('ipAddress', row.ipAddress),
        ...networkOf(row),
        // Whom a warning is about did not raise it.
        ...(mapped.actor === undefined ? whoActed(row, query) : {}),
        ...mapped,
      }),
    ];
  });
}

/**
 * What Quell itself did as the person: it reads their Chat, mail and Drive, and those calls stand in the logs as theirs. In the admin log
 * it acts as the administrator, whose rows are judged there.
 */
function isByOwnApp({ settings }: Omit<SourceContext, 'client'>, row: Activity, event: Said): boolean {
  const client =
    row.actor?.applicationInfo?.oauthClientId ?? event.text('client_id') ?? event.text('originating_app_id');
  return client !== undefined && (settings.ownAppIds ?? []).includes(client);
}
