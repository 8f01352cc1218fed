import type { TraceKind } from '../../domain/pivot.js';
import type { Instant } from '../../domain/platform.js';
import type { EvidencePort } from '../ports.js';
import { instantOf } from '../../domain/instants.js';
import { mapRows, needed, type Mapped } from '../kit/rows.js';
import { idsOf, search, type Search, type Seen } from '../sightings.js';
import { METHODS } from './methods.js';
import { activitiesPage, eventRows, eventShape, personIn } from './sources/activity.js';
import type { SourceContext } from './sources/source.js';

interface Window {
  readonly from: Instant;
  readonly to: Instant;
}

/** What is asked of one log. `filters` need an `eventName`. */
interface Question {
  readonly source: string;
  readonly application: string;
  readonly by: TraceKind;
  readonly value: string;
  readonly actorIpAddress?: string;
  readonly eventName?: string;
  readonly filters?: string;
}

/** Google warns and signs out on its own: such rows name an address that the person did not use. */
const ACTS_OF_LOGIN: Readonly<Record<string, boolean>> = { login_success: true, login_failure: false };
/** The ways in which a file leaves; each is asked for by name. */
const TAKEN = ['view', 'download', 'copy', 'sync_item_content'] as const;

/** Who else of a Google tenant has an attacker's traces: sign-ins, app calls and files by address; grants by app; files; forwarding. */
export function findSightings(
  context: SourceContext,
  hasDriveLog: boolean,
): NonNullable<EvidencePort['findSightings']> {
  const drive = { source: 'google.drive', application: 'drive' } as const;
  return async (traces, from, to, options) => {
    const questions: readonly Question[] = [
      ...traces.addresses.flatMap((ip) =>
        [
          { source: 'google.login', application: 'login' },
          { source: 'google.token', application: 'token' },
          ...(hasDriveLog ? [drive] : []),
        ].map((log): Question => ({ ...log, by: 'address', value: ip, actorIpAddress: ip })),
      ),
      ...idsOf(traces, 'app', 'google').map((id): Question => {
        const log = { source: 'google.token', application: 'token', eventName: 'authorize' };
        return { ...log, by: 'app', value: id, filters: `client_id==${id}` };
      }),
      ...(hasDriveLog ? idsOf(traces, 'file', 'google') : []).flatMap((id) =>
        TAKEN.map((eventName): Question => ({ ...drive, by: 'file', value: id, eventName, filters: `doc_id==${id}` })),
      ),
      ...traces.forwards.map((to): Question => {
        const log = {
          source: 'google.login',
          application: 'user_accounts',
          eventName: 'email_forwarding_out_of_domain',
        };
        return { ...log, by: 'forward', value: to, filters: `email_forwarding_destination_address==${to}` };
      }),
    ];
    return await search(
      context,
      questions.map((question) => answering(context, question, { from, to })),
      options,
    );
  };
}

function answering({ client, settings }: SourceContext, question: Question, { from, to }: Window): Search {
  const { source, application, by: _by, value: _value, ...narrowed } = question;
  return {
    source,
    page: async (pageToken, { signal }) => {
      const answer = await client.call(
        METHODS.activities,
        'admin',
        (reports, options) =>
          reports.activities.list(
            {
              ...{ userKey: 'all', applicationName: application, customerId: settings.customerId },
              ...{ startTime: from, endTime: to, maxResults: 1000 },
              ...narrowed,
              ...(pageToken === undefined ? {} : { pageToken }),
            },
            options,
          ),
        activitiesPage,
        signal,
      );
      return { rows: seenIn(question, answer.items).values, next: answer.nextPageToken };
    },
  };
}

/** Who has the trace in rows that were asked for by it. Services and nobody in particular are nobody's account. */
export const seenIn = (
  { application, by, value }: Pick<Question, 'application' | 'by' | 'value'>,
  items: readonly unknown[],
): Mapped<Seen> =>
  mapRows(eventRows(items), eventShape, (row): readonly Seen[] => {
    const at = needed(instantOf(row.id.time), 'id.time');
    const nativeId = row.actor?.callerType === 'KEY' ? undefined : personIn(row.actor?.profileId);
    const succeeded = outcomeOf(application, row.events.name);
    if (nativeId === undefined || succeeded === undefined) return [];
    return [{ id: `${String(row.id.time)}:${row.id.uniqueQualifier}`, nativeId, by, value, at, succeeded }];
  });

/** Undefined for what shows nobody at work. */
function outcomeOf(application: string, event: string): boolean | undefined {
  if (application === 'token') return event === 'authorize' || event === 'activity' ? true : undefined;
  return application === 'login' ? ACTS_OF_LOGIN[event] : true;
}
