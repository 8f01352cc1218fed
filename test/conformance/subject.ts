import type { FastifyInstance } from 'fastify';
import pMap from 'p-map';
import type { Platform } from '../../domain/platform.js';
import type { World } from '../../simulator/core/world.js';

/** A simulated tenant under test. */
export interface Subject {
  readonly platform: Platform;
  readonly world: World;
  /** Nothing of this may be in an error: credentials, every token that was sent, mail addresses. */
  secrets(): readonly string[];
}

interface Served {
  readonly world: World;
  readonly app: FastifyInstance;
}

/** Watches what is sent to a tenant. `credentials`: keys, secrets and tokens that the product was handed to get in. */
export function subjectOf(
  platform: Platform,
  { world, app }: Served,
  credentials: readonly (string | undefined)[],
): Subject {
  const sent = new Set<string>();
  app.server.on('request', (request: { readonly headers: { readonly authorization?: string } }) => {
    const token = request.headers.authorization?.replace(/^\w+ /, '');
    if (token !== undefined) sent.add(token);
  });
  const handed = credentials.flatMap((text) => text?.split('\n') ?? []).filter((line) => line.length > 16);
  const mails = Object.values(world.scenario.people).map((person) => person.email);
  return { platform, world, secrets: () => [...sent, ...handed, ...mails] };
}

/** Does work and counts which operations are called for it. */
export async function observed<T>(
  world: World,
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly calls: ReadonlyMap<string, number> }> {
  const seen: NonNullable<World['calls']> = [];
  world.calls = seen;
  try {
    const value = await work();
    const calls = new Map<string, number>();
    for (const { operation } of seen) calls.set(operation, (calls.get(operation) ?? 0) + 1);
    return { value, calls };
  } finally {
    world.calls = undefined;
  }
}

/** A time after everything that the tenant holds, so many milliseconds after another. */
export const until = ({ world }: { readonly world: World }, ms: number): string =>
  new Date(world.startedAt.getTime() + 60_000 + ms).toISOString();

/** Does work for each, so that those who wait do not keep the others waiting, and the machine is not overrun. */
export async function aFewAtATime<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  return await pMap(items, work, { concurrency: 4 });
}
