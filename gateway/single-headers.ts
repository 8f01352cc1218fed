import type { FastifyRequest } from 'fastify';

/**
 * Headers of a request, those that it has twice left out: two values of one header are two claims, and neither counts. Node joins some of them
 * and takes the first of others (`authorization`); the raw list tells them apart.
 */
export function singleHeaders({ headers, raw }: FastifyRequest): Readonly<Record<string, string | undefined>> {
  const names = raw.rawHeaders.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
  const repeated = new Set(names.filter((name, i) => names.indexOf(name) !== i));
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      repeated.has(name) || typeof value !== 'string' ? undefined : value,
    ]),
  );
}
