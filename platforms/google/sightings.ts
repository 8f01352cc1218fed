import { z } from 'zod';
import type { TraceKind } from '../../domain/pivot.js';
import type { Instant } from '../../domain/platform.js';
import type { EvidencePort } from '../ports.js';
import { idsOf, readable, search, type Search, type Seen } from '../sightings.js';
import { METHODS } from './methods.js';
import { activity } from './sources/reports.js';
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
const TAKEN = ['view', 'download', 'copy'] as const;

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

const page = z.looseObject({ items: z.array(z.unknown()).nullish(), nextPageToken: z.string().nullish() });

function answering({ client, settings }: SourceContext, question: Question, { from, to }: Window): Search {
  const { source, application, by, value, ...narrowed } = question;
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
        page,
        signal,
      );
      const rows = readable(answer.items ?? [], activity).flatMap((row): readonly Seen[] => {
        const nativeId = row.actor?.profileId;
        const at = Date.parse(row.id.time);
        const succeeded = outcomeOf(application, row.events ?? []);
        if (!nativeId || Number.isNaN(at) || succeeded === undefined) return [];
        const id = `${row.id.time}:${row.id.uniqueQualifier}`;
        return [{ id, nativeId, by, value, at: new Date(at).toISOString(), succeeded }];
      });
      return { rows, next: answer.nextPageToken ?? undefined };
    },
  };
}

/** Undefined for what shows nobody at work. */
function outcomeOf(application: string, events: readonly { readonly name: string }[]): boolean | undefined {
  const names = events.map((e) => e.name);
  if (application === 'token') return names.some((n) => n === 'authorize' || n === 'activity') ? true : undefined;
  if (application !== 'login') return names.length > 0 ? true : undefined;
  const acts = names.flatMap((n) => ACTS_OF_LOGIN[n] ?? []);
  return acts.length === 0 ? undefined : acts.some(Boolean);
}
