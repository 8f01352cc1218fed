import { z } from 'zod';
import { isInside, networkOf } from '../../domain/address.js';
import { resourceName, type GoogleClient } from './client.js';
import { METHODS } from './methods.js';
import { allPages } from './pages.js';

/** What a level asks besides the address; in a negated condition any of it would let a listed address in again. */
const others = ['regions', 'members', 'devicePolicy', 'requiredAccessLevels', 'vpcNetworkSources'];
const condition = z.looseObject({ ipSubnetworks: z.array(z.string()).nullish(), negate: z.boolean().nullish() });
export const level = z.looseObject({
  name: z.string(),
  basic: z.looseObject({ combiningFunction: z.string().nullish(), conditions: z.array(condition).nullish() }).nullish(),
});
export type Condition = z.infer<typeof condition>;
export type Level = z.infer<typeof level>;

/** True when a level of the same policy lets a range in that holds the address: then it is the organisation's own. */
export async function isTrustedAddress(
  client: GoogleClient,
  levelName: string,
  address: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const levels = await levelsOf(client, levelName, signal);
  return (
    levels
      .flatMap((l) => l.basic?.conditions ?? [])
      .filter((c) => c.negate !== true)
      .flatMap((c) => c.ipSubnetworks ?? [])
      // Who is let in by a range that nobody can read is unknown.
      .some((range) => networkOf(range) === undefined || isInside(address, [range]))
  );
}

/** Every level of the policy that a level is of. */
export async function levelsOf(
  client: GoogleClient,
  levelName: string,
  signal?: AbortSignal,
): Promise<readonly Level[]> {
  const parent = resourceName(levelName).split('/').slice(0, 2).join('/');
  return allPages(async (at) => {
    const page = await client.call(
      METHODS.accessLevels,
      'app',
      (accesscontextmanager, o) =>
        accesscontextmanager.accessPolicies.accessLevels.list({ parent, pageSize: 100, ...at }, o),
      z.looseObject({ accessLevels: z.array(level).nullish(), nextPageToken: z.string().nullish() }),
      signal,
    );
    return { rows: page.accessLevels, next: page.nextPageToken };
  });
}

/** A condition that keeps out whoever comes from its ranges, whatever else is true of them. */
export function isDenyList(c: Condition): boolean {
  const asked = (key: string): boolean => {
    const value = c[key];
    return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null;
  };
  return c.negate === true && (c.ipSubnetworks ?? []).length > 0 && !others.some(asked);
}

/** Whether a condition holds that very range. */
export const lists = (c: Condition, cidr: string): boolean =>
  (c.ipSubnetworks ?? []).some((range) => sameRange(range, cidr));

/** Ranges are written in several ways and compared by what they hold. */
export const sameRange = (a: string, b: string): boolean => networkOf(a) !== undefined && networkOf(a) === networkOf(b);
