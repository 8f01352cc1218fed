import type { Server } from 'node:http';
import type { FastifyHttpOptions } from 'fastify';

/** A request that takes longer to arrive, milliseconds, is nobody's who has something to say. */
export const REQUEST_WITHIN_MS = 15_000;

/**
 * Time limits of a server: head and body of a request are there within the time, or the connection is answered 408 and closed. Node looks
 * only every 30 seconds by itself, and gives a head 60 unless the server is made with less.
 */
export const requestWithin = (ms: number) =>
  ({
    requestTimeout: ms,
    connectionTimeout: 2 * ms,
    http: { requestTimeout: ms, connectionsCheckingInterval: Math.max(50, Math.floor(ms / 15)) },
  }) satisfies FastifyHttpOptions<Server>;
