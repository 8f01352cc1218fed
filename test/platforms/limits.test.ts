import { describe, expect, it } from 'vitest';
import { METHODS } from '../../platforms/google/methods.js';
import { OPERATIONS as MICROSOFT } from '../../platforms/microsoft/operations.js';
import type { RateLimit, VendorOperation } from '../../platforms/operation.js';
import { OPERATIONS as SLACK } from '../../platforms/slack/methods.js';

describe.each<[string, Readonly<Record<string, VendorOperation>>]>([
  ['slack', SLACK],
  ['microsoft', MICROSOFT],
  ['google', METHODS],
])('the rate limits of %s', (_, table) => {
  const limits = Object.values(table).map(({ name, limit }) => ({ name, limit }));

  it('are numbers that can be kept', () => {
    for (const { name, limit } of limits) {
      expect(Number.isInteger(limit.calls) && limit.calls >= 1, name).toBe(true);
      expect(limit.seconds, name).toBeGreaterThan(0);
    }
  });

  it('are one limit for all that share a bucket', () => {
    const buckets = new Map<string, RateLimit>();
    for (const { name, limit } of limits) {
      expect(limit, name).toEqual(buckets.get(limit.bucket) ?? limit);
      buckets.set(limit.bucket, limit);
    }
  });
});
