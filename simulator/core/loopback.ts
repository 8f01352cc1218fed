import type { FastifyInstance } from 'fastify';
import { QuellError } from '../../domain/errors.js';

const LOOPBACK = '127.0.0.1';

/** Simulated tenants know no users and no secrets worth the name: nobody but this machine reaches them. Errors: CONFIG for any other address. */
export function listenOnLoopback(app: FastifyInstance, port = 0, host: string = LOOPBACK): Promise<string> {
  if (host !== LOOPBACK)
    return Promise.reject(new QuellError('CONFIG', `simulated tenants listen on ${LOOPBACK} alone, not on ${host}`));
  return app.listen({ host, port });
}
