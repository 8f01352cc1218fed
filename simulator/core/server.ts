import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Platform } from '../../domain/platform.js';
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
  faultReply(
    fault: Fault,
    operation: string,
  ): { readonly status: number; readonly headers?: Record<string, string>; readonly body: unknown };
  /** Flat facts about a person (`@key`), app or address, for a scenario's promise and for tests. */
  inspect(about: string): Record<string, string | number | boolean>;
  /** Messages and mails that our product sent to a person (key of the scenario), oldest first. */
  messagesTo?(person: string): readonly ReceivedMessage[];
}

/** A message as the person who got it sees it. */
export interface ReceivedMessage {
  readonly channel: 'slack' | 'teams' | 'google_chat' | 'mail';
  readonly at: string;
  readonly text: string;
  readonly links: readonly string[];
}

/** One vendor on a loopback port, with faults applied. Never reachable from elsewhere. */
export async function serveVendor(
  world: World,
  simulator: VendorSimulator,
  port = 0,
): Promise<{ readonly app: FastifyInstance; readonly url: string }> {
  const app = Fastify({
    bodyLimit: 8 * 1024 * 1024,
    routerOptions: { ignoreTrailingSlash: true, caseSensitive: false },
  });
  const operation = (request: FastifyRequest): string =>
    simulator.operationOf?.(request) ?? request.routeOptions.config.operation ?? `${request.method} ${request.url}`;

  app.addHook('preHandler', async (request, reply) => {
    const fault = world.takeFault(simulator.platform, operation(request));
    if (!fault) return;
    if (fault.kind === 'reply_lost') {
      (request as FastifyRequest & { loseReply?: boolean }).loseReply = true;
      return;
    }
    await applyFault(fault, simulator, operation(request), request, reply);
  });
  app.addHook('onSend', async (request, reply, payload) => {
    if ((request as FastifyRequest & { loseReply?: boolean }).loseReply) {
      reply.hijack();
      request.raw.socket.destroy();
    }
    return payload;
  });
  simulator.register(app);
  const url = await app.listen({ host: '127.0.0.1', port });
  return { app, url };
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
