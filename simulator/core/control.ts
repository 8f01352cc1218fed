import Fastify, { type FastifyInstance } from 'fastify';
import { z } from 'zod';
import { PLATFORMS } from './platforms.js';
import { VENDOR_ROLES } from '../../platforms/operation.js';
import { listenOnLoopback } from './loopback.js';
import type { VendorSimulator } from './server.js';
import { FAULT_KINDS, type World } from './world.js';

const platform = z.enum(PLATFORMS);
const fault = z.strictObject({
  platform,
  operation: z.string(),
  kind: z.enum(FAULT_KINDS),
  times: z.int().positive().default(1),
  skip: z.int().nonnegative().default(0),
  retryAfterSeconds: z.number().optional(),
  scope: z.string().optional(),
});

const grant = z.strictObject({
  platform,
  role: z.enum(VENDOR_ROLES),
  token: z.string().optional(),
  scope: z.string(),
  given: z.boolean(),
});

/** What tests and the demo ask of the simulated organisation: its journal, its state, faults, grants. Loopback only. */
export async function serveControl(
  world: World,
  vendors: readonly VendorSimulator[],
  port = 0,
  /** What the product is handed to get in; asked for at `/credentials`. */
  credentials: object = {},
): Promise<{ readonly app: FastifyInstance; readonly url: string }> {
  const app = Fastify();
  app.setErrorHandler(async (error, _, reply) => {
    const wrong = error instanceof z.ZodError;
    await reply.code(wrong ? 400 : 500).send({ error: wrong ? z.prettifyError(error) : String(error) });
  });
  app.get('/credentials', () => credentials);
  app.get('/journal', () => world.journal);
  /** Calls that were told to slow down; `/early` are those that did not listen. */
  app.get('/throttled', () => world.throttled);
  app.get('/early', () => world.throttled.filter((call) => call.early));
  app.get('/scenario', () => world.scenario);
  app.get<{ Params: { platform: string }; Querystring: { about: string } }>('/inspect/:platform', (request) => {
    const wanted = platform.parse(request.params.platform);
    const vendor = vendors.find((v) => v.platform === wanted);
    return vendor?.inspect(request.query.about) ?? {};
  });
  app.post('/faults', (request) => {
    world.faults.push(
      ...z
        .array(fault)
        .parse(request.body)
        .map(({ retryAfterSeconds, scope, ...f }) => ({
          ...f,
          ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
          ...(scope === undefined ? {} : { scope }),
        })),
    );
    return { faults: world.faults.length };
  });
  app.get('/faults', () => world.faults.filter(({ times }) => times > 0));
  app.delete('/faults', () => {
    world.faults.length = 0;
    return { faults: 0 };
  });
  /** Gives a scope to our own credentials, or takes it away, as an administrator would. */
  app.post('/grants', (request) => {
    const { platform: wanted, ...change } = grant.parse(request.body);
    vendors.find((v) => v.platform === wanted)?.grant?.(change);
    return change;
  });
  /** Messages that people of the organisation received, newest last: what a person would read. */
  app.get<{ Params: { person: string } }>('/messages/:person', (request) =>
    vendors.flatMap((v) => v.messagesTo?.(request.params.person) ?? []),
  );
  const url = await listenOnLoopback(app, port);
  return { app, url };
}
