import { instantOf } from '../../domain/instants.js';
import { mapRows, needed } from '../kit/rows.js';
import type { GoogleClient } from './client.js';
import { METHODS } from './methods.js';
import { allPages } from './pages.js';
import type { GoogleSettings } from './settings.js';
import { activitiesPage, eventRows, eventShape, personIn } from './sources/activity.js';
import { Said } from './sources/parameters.js';

/** OAuth clients are known by their id alone: `….apps.googleusercontent.com`. */
export const isClientId = (id: string): boolean => id.endsWith('.apps.googleusercontent.com');

export interface GoogleApp {
  readonly clientId: string;
  readonly name?: string;
  /** Directory id of who let it in first, of those whom the log still has. */
  readonly grantedBy?: string;
}

/** Google has no list of the apps that people let in: the token log's consents tell of one. Undefined when it has none (kept six months). */
export async function readApp(
  { customerId }: Pick<GoogleSettings, 'customerId'>,
  client: GoogleClient,
  clientId: string,
  signal: AbortSignal | undefined,
): Promise<GoogleApp | undefined> {
  const rows = await allPages(async (at) => {
    const { items, nextPageToken } = await client.call(
      METHODS.activities,
      'admin',
      (reports, options) =>
        reports.activities.list(
          {
            ...{ userKey: 'all', applicationName: 'token', customerId, maxResults: 1000 },
            ...{ eventName: 'authorize', filters: `client_id==${clientId}`, ...at },
          },
          options,
        ),
      activitiesPage,
      signal,
    );
    return { rows: items, next: nextPageToken };
  });
  const consents = mapRows(eventRows(rows), eventShape, (row) => [
    {
      at: needed(instantOf(row.id.time), 'id.time'),
      name: new Said(row.events.parameters).text('app_name'),
      by: personIn(row.actor?.profileId),
    },
  ]).values;
  const [first] = consents.toSorted((a, b) => (a.at < b.at ? -1 : 1));
  if (first === undefined) return undefined;
  return {
    clientId,
    ...(first.name === undefined ? {} : { name: first.name }),
    ...(first.by === undefined ? {} : { grantedBy: first.by }),
  };
}
