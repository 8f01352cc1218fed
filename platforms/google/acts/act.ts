import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import type { ActionTarget, VendorWrite } from '../../../domain/plan.js';
import type { WriteOptions } from '../../ports.js';
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

/**
 * Sends one write, announced to the caller first. When the answer is lost the effect may still be there: then the state
 * decides, so that a write that took effect is reported as one, and not made again.
 */
export async function sendOnce(
  done: VendorWrite,
  send: () => Promise<void>,
  took: () => Promise<boolean>,
  options: WriteOptions,
): Promise<readonly VendorWrite[]> {
  try {
    await (options.record ? options.record(done, send) : send());
  } catch (error) {
    const unclear = error instanceof QuellError && (error.code === 'VENDOR_DOWN' || error.code === 'VENDOR_REPLY');
    if (!unclear || !(await took().catch(() => false))) throw error;
  }
  return [done];
}

export function accountOf(target: ActionTarget): string {
  const id = target.type === 'account' ? target.id : target.accountId;
  if (id === undefined) throw new QuellError('CONFIG', `target of type ${target.type} names no account`);
  return id;
}

/**
 * True when the admin log shows an event about the account at or after an instant. Sessions and passwords have no field
 * that tells when they were ended or changed; this log, minutes late, is the only proof.
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
    ({ reports }, options) =>
      reports.activities.list(
        {
          userKey: 'all',
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
