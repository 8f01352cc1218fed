import { z } from 'zod';
import type { GoogleClient } from './client.js';
import { METHODS } from './methods.js';
import type { GoogleSettings } from './settings.js';

/** OAuth clients are known by their id alone: `….apps.googleusercontent.com`. */
export const isClientId = (id: string): boolean => id.endsWith('.apps.googleusercontent.com');

export interface GoogleApp {
  readonly clientId: string;
  readonly name?: string;
  /** Directory id of who let it in first, of those whom the log still has. */
  readonly grantedBy?: string;
}

const text = z.string().nullish();
const page = z.looseObject({
  items: z
    .array(
      z.looseObject({
        id: z.looseObject({ time: z.string() }),
        actor: z.looseObject({ profileId: text }).nullish(),
        events: z
          .array(z.looseObject({ parameters: z.array(z.looseObject({ name: text, value: text })).nullish() }))
          .nullish(),
      }),
    )
    .nullish(),
  nextPageToken: text,
});

/** Google has no list of the apps that people let in: the token log's consents tell of one. Undefined when it has none (kept six months). */
export async function readApp(
  { customerId }: Pick<GoogleSettings, 'customerId'>,
  client: GoogleClient,
  clientId: string,
  signal: AbortSignal | undefined,
): Promise<GoogleApp | undefined> {
  const rows = [];
  let pageToken: string | undefined;
  do {
    const answer = await client.call(
      METHODS.activities,
      'admin',
      (reports, options) =>
        reports.activities.list(
          {
            ...{ userKey: 'all', applicationName: 'token', customerId, maxResults: 1000 },
            ...{ eventName: 'authorize', filters: `client_id==${clientId}` },
            ...(pageToken === undefined ? {} : { pageToken }),
          },
          options,
        ),
      page,
      signal,
    );
    rows.push(...(answer.items ?? []));
    pageToken = answer.nextPageToken ?? undefined;
  } while (pageToken !== undefined);
  const [first] = rows.sort((a, b) => (a.id.time < b.id.time ? -1 : 1));
  if (first === undefined) return undefined;
  const name = first.events?.[0]?.parameters?.find((p) => p.name === 'app_name')?.value;
  return {
    clientId,
    ...(name ? { name } : {}),
    ...(first.actor?.profileId ? { grantedBy: first.actor.profileId } : {}),
  };
}
