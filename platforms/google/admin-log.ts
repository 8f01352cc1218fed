import { z } from 'zod';
import type { ActContext } from './act-context.js';
import { METHODS } from './methods.js';

/**
 * True when the admin log shows that we did this to the account at or after an instant. Sessions and passwords have no
 * field that tells when they were ended or changed; this log, minutes late, is the only proof. What others did counts
 * for nothing: an administrator's account in the wrong hands resets passwords too.
 */
export async function loggedSince(
  { client, settings }: ActContext,
  eventName: string,
  email: string,
  since: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { items } = await client.call(
    METHODS.activities,
    'admin',
    (reports, options) =>
      reports.activities.list(
        {
          userKey: settings.adminSubject,
          applicationName: 'admin',
          customerId: settings.customerId,
          eventName,
          filters: `USER_EMAIL==${email}`,
          startTime: new Date(Math.floor(Date.parse(since) / 1000) * 1000).toISOString(),
          maxResults: 1,
        },
        options,
      ),
    z.looseObject({ items: z.array(z.unknown()).nullish() }),
    signal,
  );
  return (items ?? []).length > 0;
}
