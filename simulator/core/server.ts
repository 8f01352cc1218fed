import type { ServerResponse } from 'node:http';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { QuellError } from '../../domain/errors.js';
import type { Platform } from './platforms.js';
import type { RateLimit, VendorRole } from '../../platforms/operation.js';
import type { CallLog, LoggedCall } from './call-log.js';
import { Limits } from './limits.js';
import { listenOnLoopback } from './loopback.js';
import type { Fault, World } from './world.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Vendor operation of a route, in the adapter's words; every vendor route has one. */
    operation?: string;
  }
}

/** What a vendor simulator gives: its routes, how it words throttling and scope errors, and its state for promises. */
export interface VendorSimulator {
  readonly platform: Platform;
  /** Registers all routes, each with `config.operation`. */
  register(app: FastifyInstance): void;
  /** Operation of a request where one route serves many (Slack's `/api/:method`). */
  operationOf?(request: FastifyRequest): string | undefined;
  /** All operations of such a route, `POST /api/:method`; for any other it is the one of its `config`. */
  operationsAt?(route: string): readonly string[];
  /** Operations that change nothing although they are not a GET: token endpoints, and reads by POST. */
  changesNothing?(operation: string): boolean;
  /** How often an operation may be called, from the vendor's table. */
  limitOf?(operation: string): RateLimit | undefined;
  /** Which app a call comes from; by default the token tells. */
  callerOf?(request: FastifyRequest): string | undefined;
  /** True where the vendor tells a caller to slow down, and not for how long. */
  saysNoWait?(operation: string): boolean;
  faultReply(
    fault: Fault,
    operation: string,
  ): { readonly status: number; readonly headers?: Record<string, string>; readonly body: unknown };
  /** Flat facts about a person (`@key`), app or address, for a scenario's promise and for tests. */
  inspect(about: string): Record<string, string | number | boolean>;
  /** Messages and mails that our product sent to a person (key of the scenario), oldest first. */
  messagesTo?(person: string): readonly ReceivedMessage[];
  /** Changes what our own credentials are given. */
  grant?(change: GrantChange): void;
}

/** A scope that an administrator gives to a role's credential, or takes from it. */
export interface GrantChange {
  readonly role: VendorRole;
  /** Which credential, where a role has several (`admin` token); with none named, all of them. */
  readonly token?: string | undefined;
  readonly scope: string;
  readonly given: boolean;
}

/** A message as the person who got it sees it. */
export interface ReceivedMessage {
  readonly channel: 'slack' | 'teams' | 'google_chat' | 'mail';
  readonly at: string;
  readonly text: string;
  readonly links: readonly string[];
}

interface Served {
  readonly app: FastifyInstance;
  readonly url: string;
}

/** One vendor on a loopback port, with faults applied. Never reachable from elsewhere. */
export async function serveVendor(world: World, simulator: VendorSimulator, port = 0): Promise<Served> {
  const { app } = buildVendor(world, simulator);
  return { app, url: await listenOnLoopback(app, port) };
}

/**
 * Vendors that go on where they stood: the calls of the log are told them again before anybody can reach them, and what
 * they accept from then on is added to it. `ports` in the order of `simulators`. Errors: STORE when a tenant no longer takes
 * a call of its log.
 */
export async function serveLastingVendors(
  world: World,
  simulators: readonly VendorSimulator[],
  log: CallLog,
  ports: readonly number[],
): Promise<readonly Served[]> {
  const built = simulators.map((simulator) => ({ simulator, ...buildVendor(world, simulator, log) }));
  for (const call of log.read()) await built.find((b) => b.simulator.platform === call.platform)?.repeat(call);
  return await Promise.all(built.map(async ({ app }, n) => ({ app, url: await listenOnLoopback(app, ports[n]) })));
}

function buildVendor(
  world: World,
  simulator: VendorSimulator,
  log?: CallLog,
): { readonly app: FastifyInstance; repeat(call: LoggedCall): Promise<void> } {
  const app = Fastify({
    bodyLimit: 8 * 1024 * 1024,
    routerOptions: { ignoreTrailingSlash: true, caseSensitive: false },
  });
  const operation = (request: FastifyRequest): string =>
    simulator.operationOf?.(request) ?? request.routeOptions.config.operation ?? `${request.method} ${request.url}`;
  const limits = new Limits(world, simulator);
  const caller = (request: FastifyRequest): string =>
    simulator.callerOf?.(request) ?? request.headers.authorization ?? '';
  let repeated: LoggedCall | undefined;

  app.addHook('preHandler', async (request, reply) => {
    if (repeated) return;
    const wait = limits.take(operation(request), caller(request));
    const fault: Fault | undefined =
      wait === undefined
        ? world.takeFault(simulator.platform, operation(request))
        : tooMany(simulator, operation(request), wait);
    if (!fault) return;
    if (fault.kind === 'throttle' && fault.retryAfterSeconds !== undefined)
      limits.stayAway(operation(request), caller(request), fault.retryAfterSeconds);
    if (fault.kind === 'reply_lost') {
      (request as FastifyRequest & { loseReply?: boolean }).loseReply = true;
      return;
    }
    await applyFault(fault, simulator, operation(request), request, reply);
  });
  // With a callback, so that the handler runs inside: each call is done at one instant, the first time and every time after.
  app.addHook('preHandler', (_request, _reply, done) => {
    world.at(repeated ? new Date(repeated.at) : world.now(), done);
  });
  app.addHook('onSend', async (request, reply, payload) => {
    if (log && !repeated && changed(request, reply.statusCode) && !simulator.changesNothing?.(operation(request)))
      log.append(callOf(simulator.platform, request, world.now(), reply.statusCode));
    if ((request as FastifyRequest & { loseReply?: boolean }).loseReply) {
      reply.hijack();
      request.raw.socket.destroy();
    }
    return payload;
  });
  simulator.register(app);
  return {
    app,
    async repeat(call) {
      repeated = call;
      const { method, url, headers, body } = call;
      const { statusCode } = await app.inject({ method, url, headers, ...(body === '' ? {} : { payload: body }) });
      repeated = undefined;
      if (statusCode !== call.status)
        throw new QuellError(
          'STORE',
          `the simulated ${call.platform} tenant answers ${statusCode}, and not ${call.status} as before, to a call of ${call.at}: ${method} ${url}`,
        );
    },
  };
}

const tooMany = (simulator: VendorSimulator, operation: string, retryAfterSeconds: number): Fault => ({
  platform: simulator.platform,
  operation,
  kind: simulator.saysNoWait?.(operation) ? 'throttle_without_header' : 'throttle',
  times: 1,
  retryAfterSeconds,
});

const changed = ({ method }: FastifyRequest, status: number): boolean =>
  status < 400 && ['POST', 'PUT', 'PATCH', 'DELETE'].includes(method);

/** What of a call is needed to make it again. The body is worded anew: all of them are JSON or forms. */
function callOf(
  platform: Platform,
  { method, url, headers, body }: FastifyRequest,
  at: Date,
  status: number,
): LoggedCall {
  const kept = ['authorization', 'content-type'].flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return {
    at: at.toISOString(),
    platform,
    method: method as LoggedCall['method'],
    url,
    headers: Object.fromEntries(kept),
    body:
      body instanceof URLSearchParams
        ? body.toString()
        : body === null || body === undefined
          ? ''
          : JSON.stringify(body),
    status,
  };
}

async function applyFault(
  fault: Fault,
  simulator: VendorSimulator,
  operation: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  switch (fault.kind) {
    case 'reset':
      reply.hijack();
      request.raw.socket.destroy();
      return;
    case 'timeout':
      reply.hijack(); // never answered: the client's own time-out ends it
      return;
    case 'slow_body':
      startBody(reply); // and nothing more: a time-out must hold for the body too
      return;
    case 'cut_off':
      startBody(reply).write('1', () => request.raw.socket.destroy());
      return;
    case 'html':
      await reply.code(502).type('text/html').send('<!doctype html><title>502 Bad Gateway</title><h1>Bad Gateway</h1>');
      return;
    case 'broken_json':
      await reply.code(200).type('application/json').send('{"value":[{"id":');
      return;
    default: {
      const answer = simulator.faultReply(fault, operation);
      await reply
        .code(answer.status)
        .headers(answer.headers ?? {})
        .send(answer.body);
    }
  }
}

/** Headers and the beginning of a JSON body that is said to be longer. */
function startBody(reply: FastifyReply): ServerResponse {
  reply.hijack();
  reply.raw.writeHead(200, { 'content-type': 'application/json', 'content-length': '4096' });
  reply.raw.write('{"value":[{"id":');
  return reply.raw;
}
