import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { MicrosoftApi, MicrosoftOperation } from '../../platforms/microsoft/operations.js';
import type { World } from '../core/world.js';
import type { Authority } from './auth.js';
import { compileFilter, FilterError, pageOf, type Entity } from './odata.js';
import { badRequest, denied, ok, unauthenticated, type Reply } from './replies.js';

export interface Call {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Client id of the calling app. */
  readonly clientId: string;
  /** Path as the real service would write it in links. */
  readonly path: string;
}
type Handler = (call: Call) => Reply;

/** Hosts of the real services, for links. */
const HOSTS: Readonly<Record<MicrosoftApi, string>> = {
  graph: 'https://graph.microsoft.com',
  manage: 'https://manage.office.com',
  defender: 'https://api.securitycenter.microsoft.com',
  connector: 'https://smba.trafficmanager.net',
};

/** Routes made from the adapter's table of operations: same paths, same permissions; everything else is unknown. */
export class Router {
  readonly #routes = new Map<string, { readonly operation: MicrosoftOperation; readonly handler: Handler }[]>();

  constructor(
    private readonly world: World,
    private readonly authority: Authority,
    private readonly pageSize: number,
  ) {}

  on(operation: MicrosoftOperation, handler: Handler): void {
    const key = `${operation.method} ${prefix(operation)}${operation.path.replace(/\{(\w+)\}/g, ':$1')}`;
    this.#routes.set(key, [...(this.#routes.get(key) ?? []), { operation, handler }]);
  }

  /** Several operations may share method and path; the property that the body names tells them apart. */
  operationOf(request: FastifyRequest): string | undefined {
    return this.#pick(`${request.method} ${request.routeOptions.url ?? ''}`, bodyOf(request))?.operation.name;
  }

  register(app: FastifyInstance): void {
    for (const [key, [first]] of this.#routes) {
      const [method = 'GET', url = ''] = key.split(' ');
      app.route({
        method,
        url,
        config: { operation: first?.operation.name ?? key },
        handler: async (request, reply) => {
          const picked = this.#pick(key, bodyOf(request));
          const answer = picked ? this.#answer(picked, request) : badRequest('No writable property in the request.');
          const id = request.headers['client-request-id'];
          await reply
            .code(answer.status)
            .headers({ ...(typeof id === 'string' ? { 'client-request-id': id } : {}), ...answer.headers })
            .send(answer.body);
        },
      });
    }
  }

  /** A Graph collection: filter by what the endpoint allows, then one page. */
  collection(
    call: Call,
    rows: readonly Entity[],
    options: {
      readonly filter?: Readonly<Record<string, readonly string[]>>;
      readonly top?: number;
      readonly maxTop?: number;
    } = {},
  ): Reply {
    const filter = call.query['$filter'];
    const test = filter === undefined ? () => true : compileFilter(filter, options.filter ?? {});
    const maxTop = Math.min(options.maxTop ?? 100, this.pageSize);
    return ok({
      '@odata.context': `${HOSTS.graph}/v1.0/$metadata`,
      ...pageOf({
        rows: rows.filter(test),
        query: call.query,
        address: call.path,
        defaultTop: Math.min(options.top ?? 100, maxTop),
        maxTop,
        now: this.world.now(),
      }),
    });
  }

  #pick(
    key: string,
    body: Readonly<Record<string, unknown>>,
  ): { readonly operation: MicrosoftOperation; readonly handler: Handler } | undefined {
    const choices = this.#routes.get(key) ?? [];
    return choices.length <= 1
      ? choices[0]
      : choices.find(({ operation }) => Object.keys(body).some((property) => operation.name.endsWith(` ${property}`)));
  }

  #answer(
    { operation, handler }: { readonly operation: MicrosoftOperation; readonly handler: Handler },
    request: FastifyRequest,
  ): Reply {
    const caller = this.authority.caller(request.headers.authorization, operation.api);
    if (!caller) return unauthenticated(operation.api);
    if (!caller.may(operation.scopes)) return denied(operation.api);
    try {
      return handler({
        params: request.params as Record<string, string>,
        query: request.query as Record<string, string | undefined>,
        body: bodyOf(request),
        headers: request.headers,
        clientId: caller.clientId,
        path: `${HOSTS[operation.api]}${request.url.split('?')[0] ?? ''}`,
      });
    } catch (error) {
      if (error instanceof FilterError) return badRequest(error.message);
      throw error;
    }
  }
}

function prefix(operation: MicrosoftOperation): string {
  return operation.api === 'graph' ? `/${operation.version}` : '';
}

function bodyOf(request: FastifyRequest): Readonly<Record<string, unknown>> {
  return request.body !== null && typeof request.body === 'object' ? (request.body as Record<string, unknown>) : {};
}
