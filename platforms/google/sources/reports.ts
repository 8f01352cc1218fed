import { z } from 'zod';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import type { SourceQuery } from '../../ports.js';
import { compact } from '../../compact.js';
import { METHODS } from '../methods.js';
import { isClientId } from '../apps.js';
import { emptyWhenMissing, type Step } from '../../steps.js';
import type { SourceContext } from './source.js';

const text = z.string().nullish();
interface Parameter {
  readonly name?: string | null | undefined;
  readonly value?: string | null | undefined;
  readonly intValue?: string | number | null | undefined;
  readonly boolValue?: boolean | string | null | undefined;
  readonly multiValue?: readonly string[] | null | undefined;
}
const parameter = z.looseObject({
  name: text,
  value: text,
  intValue: z.union([z.string(), z.number()]).nullish(),
  boolValue: z.union([z.boolean(), z.string()]).nullish(),
  multiValue: z.array(z.string()).nullish(),
});
export const activity = z.looseObject({
  id: z.looseObject({ time: z.string(), uniqueQualifier: z.string() }),
  actor: z
    .looseObject({ profileId: text, email: text, applicationInfo: z.looseObject({ oauthClientId: text }).nullish() })
    .nullish(),
  ipAddress: text,
  networkInfo: z.looseObject({ ipAsn: z.array(z.number()).nullish(), regionCode: text }).nullish(),
  events: z.array(z.looseObject({ type: text, name: z.string(), parameters: z.array(parameter).nullish() })).nullish(),
});
const page = z.looseObject({ items: z.array(activity).nullish(), nextPageToken: text });

/** One event of an activity in the shape that mappers read; parameters as Google wrote them. */
export interface ReportEvent {
  readonly type: string;
  readonly name: string;
  readonly actorEmail: string | undefined;
  /** Text of a parameter, of the first value where there are several. */
  text(name: string): string | undefined;
  list(name: string): readonly string[];
  flag(name: string): boolean | undefined;
  number(name: string): number | undefined;
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

/** One event of others, or of Google itself, that names the person's address in a parameter. */
export function aboutPerson(context: SourceContext, log: ReportLog, eventName: string, parameterName: string): Step {
  return emptyWhenMissing(async (query, cursor, { signal }) => {
    const at = cursor === undefined ? { mail: 0 } : position.parse(JSON.parse(cursor));
    const mail = query.emails[at.mail];
    if (mail === undefined) return { events: [] };
    const search = { userKey: 'all', eventName, filters: `${parameterName}==${mail}` };
    const { events, next } = await readPage(context, log, query, search, at.next, signal);
    if (next !== undefined) return { events, next: JSON.stringify({ ...at, next }) };
    return at.mail + 1 < query.emails.length ? { events, next: JSON.stringify({ mail: at.mail + 1 }) } : { events };
  });
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

const position = z.strictObject({ mail: z.int().nonnegative(), next: z.string().optional() });

async function readPage(
  context: SourceContext,
  log: ReportLog,
  query: SourceQuery,
  search: { readonly userKey: string; readonly eventName?: string; readonly filters?: string },
  pageToken: string | undefined,
  signal: AbortSignal | undefined,
): Promise<{ readonly events: readonly EvidenceEvent[]; readonly next?: string }> {
  const answer = await context.client.call(
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
    page,
    signal,
  );
  const events = (answer.items ?? []).flatMap((row) => eventsOf(context, log, query, row));
  return answer.nextPageToken ? { events, next: answer.nextPageToken } : { events };
}

/**
 * True for what Quell itself did as the person: it reads their Chat, mail and Drive, and those calls stand in the logs as
 * theirs. In the admin log it acts as the administrator, whose rows are judged there.
 */
function isOwn(context: SourceContext, log: ReportLog, row: z.infer<typeof activity>, clientId?: string): boolean {
  const client = row.actor?.applicationInfo?.oauthClientId ?? clientId;
  return (
    log.application !== 'admin' && typeof client === 'string' && (context.settings.ownAppIds ?? []).includes(client)
  );
}

/** `uniqueQualifier` is unique only together with the time; one activity may hold several events. */
function eventsOf(
  context: SourceContext,
  log: ReportLog,
  query: SourceQuery,
  row: z.infer<typeof activity>,
): readonly EvidenceEvent[] {
  return (row.events ?? []).flatMap(({ type, name, parameters }, index) => {
    const said = parametersOf(parameters ?? []);
    if (isOwn(context, log, row, said.text('client_id'))) return [];
    const mapped = log.map({ ...said, type: type ?? '', name, actorEmail: row.actor?.email ?? undefined }, query);
    if (!mapped) return [];
    return [
      compact({
        id: `google:${log.source}:${row.id.time}:${row.id.uniqueQualifier}:${String(index)}`,
        platform: context.platform,
        tenant: context.tenant,
        source: log.source,
        logSource: log.logSource,
        at: new Date(row.id.time).toISOString(),
        operation: name,
        actor: row.actor?.profileId ?? undefined,
        ip: row.ipAddress ?? undefined,
        asn: row.networkInfo?.ipAsn?.[0],
        country: row.networkInfo?.regionCode ?? undefined,
        ...mapped,
      }),
    ];
  });
}

function parametersOf(parameters: readonly Parameter[]): Pick<ReportEvent, 'text' | 'list' | 'flag' | 'number'> {
  const find = (wanted: string): Parameter | undefined => parameters.find((p) => p.name === wanted);
  return {
    text: (wanted) => find(wanted)?.value ?? find(wanted)?.multiValue?.[0] ?? undefined,
    list: (wanted) => {
      const found = find(wanted);
      return found?.multiValue ?? (found?.value ? [found.value] : []);
    },
    flag: (wanted) => {
      const value = find(wanted)?.boolValue ?? undefined;
      return value === undefined ? undefined : value === true || value === 'true';
    },
    number: (wanted) => {
      const value = find(wanted)?.intValue ?? undefined;
      return value === undefined || !Number.isFinite(Number(value)) ? undefined : Number(value);
    },
  };
}
