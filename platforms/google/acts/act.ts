import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import type { VendorWrite } from '../../../domain/plan.js';
import type { GoogleClient } from '../client.js';
import { METHODS, type GoogleMethod } from '../methods.js';
import type { GoogleSettings } from '../settings.js';

export interface ActContext {
  readonly client: GoogleClient;
  readonly settings: GoogleSettings;
}

export function write(method: GoogleMethod, targetId: string): VendorWrite {
  return { platform: 'google', operation: method.name, targetId };
}

/** Beyond this a list is called broken. */
const MAX_ROWS = 10_000;

/** All rows of a list; `page` gets `{}` first, then `{ pageToken }`. An empty page may still lead on. */
export async function allPages<T>(
  page: (at: {
    readonly pageToken?: string;
  }) => Promise<{ readonly rows?: readonly T[] | null | undefined; readonly next?: string | null | undefined }>,
): Promise<readonly T[]> {
  const found: T[] = [];
  let at: { readonly pageToken?: string } = {};
  for (let pages = 0; pages < MAX_ROWS; pages++) {
    const { rows, next } = await page(at);
    found.push(...(rows ?? []));
    if (!next) return found;
    if (found.length > MAX_ROWS) break;
    at = { pageToken: next };
  }
  throw new QuellError('VENDOR_REPLY', 'paging does not end');
}

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
