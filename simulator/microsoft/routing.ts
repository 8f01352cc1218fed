import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { MicrosoftApi, MicrosoftOperation } from '../../platforms/microsoft/operations.js';
import type { MicrosoftLicences } from '../../platforms/microsoft/settings.js';
import type { World } from '../core/world.js';
import type { Authority } from './auth.js';
import { gate } from './licences.js';
import { compileFilter, FilterError, pageOf, type Entity } from './odata.js';
import { badRequest, denied, fail, ok, unauthenticated, type Reply } from './replies.js';

export interface Call {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Client id of the calling app. */
  readonly clientId: string;
  /** What that app holds beside the permissions of its token. */
  readonly app: { readonly resourceSpecific: readonly string[]; readonly directoryRoles: ReadonlySet<string> };
  /** Path as the real service would write it in links. */
  readonly path: string;
  /** Name of the operation. */
  readonly operation: string;
}
type Handler = (call: Call) => Reply;

/** Hosts of the real services, for links. */
const HOSTS: Readonly<Record<MicrosoftApi, string>> = {
  graph: 'https://graph.microsoft.com',
  manage: 'https://manage.office.com',
  defender: 'https://api.security.microsoft.com',
  connector: 'https://smba.trafficmanager.net',
};

export interface Flaws {
  /** Rows that have not the documented form. */
  oddRows(operation: string): readonly Entity[];
  /** Operations whose pages lead to themselves. */
  readonly loops: ReadonlySet<string>;
}
const LOOP = 'loop';

/** Routes made from the adapter's table of operations: same paths, same permissions; everything else is unknown. */
export class Router {
  readonly #routes = new Map<string, { readonly operation: MicrosoftOperation; readonly handler: Handler }[]>();

  constructor(
    private readonly world: World,
    private readonly authority: Authority,
    private readonly pageSize: number,
    private readonly licences: Required<MicrosoftLicences>,
    /** What is wrong with lists, by the operation. */
    private readonly flaws: Flaws = { oddRows: () => [], loops: new Set() },
  ) {}

  on(operation: MicrosoftOperation, handler: Handler): void {
    const key = `${operation.method} ${prefix(operation)}${operation.path.replace(/\{(\w+)\}/g, ':$1')}`;
    this.#routes.set(key, [...(this.#routes.get(key) ?? []), { operation, handler }]);
  }

  /** Operations that share method and path. */
  operationsAt(route: string): readonly string[] {
    return (this.#routes.get(route) ?? []).map(({ operation }) => operation.name);
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
            .headers({ ...headersOf(first?.operation.api, id), ...answer.headers })
            .send(echoed(answer.body, id));
        },
      });
    }
    this.#refuseOtherVerbs(app);
  }

  /** A path that exists, called by a verb that it does not have. */
  #refuseOtherVerbs(app: FastifyInstance): void {
    const verbs = new Map<string, string[]>();
    for (const key of this.#routes.keys()) {
      const [method = '', url = ''] = key.split(' ');
      verbs.set(url, [...(verbs.get(url) ?? []), method]);
    }
    for (const [url, known] of verbs) {
      app.route({
        method: ['GET', 'POST', 'PATCH', 'DELETE'].filter((m) => !known.includes(m)),
        url,
        config: { operation: `another verb of ${url}` },
        handler: async (_, reply) => {
          const answer = fail(
            405,
            'Request_BadRequest',
            'Specified HTTP method is not allowed for the request target.',
          );
          await reply.code(answer.status).send(answer.body);
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
      /** Every page after the first begins with the last row of the page before, as lists of Teams do. */
      readonly repeats?: boolean;
    } = {},
  ): Reply {
    const filter = call.query['$filter'];
    const test = filter === undefined ? () => true : compileFilter(filter, options.filter ?? {});
    if (options.maxTop !== undefined && Number(call.query['$top'] ?? 0) > options.maxTop)
      throw new FilterError(`The limit of '${String(options.maxTop)}' for Top query has been exceeded.`);
    const maxTop = Math.min(options.maxTop ?? 100, this.pageSize);
    const found = [...rows.filter(test), ...this.flaws.oddRows(call.operation)];
    if (this.flaws.loops.has(call.operation))
      return ok({ value: found.slice(0, maxTop), '@odata.nextLink': `${call.path}?$skiptoken=${LOOP}` });
    return ok({
      '@odata.context': `${HOSTS.graph}/v1.0/$metadata`,
      ...pageOf({
        rows: found,
        query: call.query,
        address: call.path,
        defaultTop: Math.min(options.top ?? 100, maxTop),
        maxTop,
        now: this.world.now(),
        repeats: options.repeats ?? false,
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
    const unlicensed = gate(operation, this.licences);
    if (unlicensed) return unlicensed;
    try {
      const call: Call = {
        params: request.params as Record<string, string>,
        query: request.query as Record<string, string | undefined>,
        body: bodyOf(request),
        headers: request.headers,
        clientId: caller.clientId,
        app: caller,
        path: `${HOSTS[operation.api]}${request.url.split('?')[0] ?? ''}`,
        operation: operation.name,
      };
      const answer = handler(call);
      return operation.api === 'graph' && operation.method === 'GET' ? selected(answer, call) : answer;
    } catch (error) {
      if (error instanceof FilterError) return badRequest(error.message);
      throw error;
    }
  }
}

/** `$select` keeps what it names, beside ids, annotations and what was expanded. */
function selected(answer: Reply, { query }: Call): Reply {
  const names = query['$select']?.split(',');
  const body = answer.body as { readonly value?: unknown } | undefined;
  if (!names || answer.status !== 200 || !body) return answer;
  const kept = new Set(['id', ...names, ...(query['$expand'] ?? '').split(/[(,]/)]);
  const pick = (row: unknown): unknown =>
    row !== null && typeof row === 'object'
      ? Object.fromEntries(Object.entries(row).filter(([k]) => k.startsWith('@') || kept.has(k)))
      : row;
  return { ...answer, body: Array.isArray(body.value) ? { ...body, value: body.value.map(pick) } : pick(body) };
}

function headersOf(api: MicrosoftApi | undefined, id: unknown): Readonly<Record<string, string>> {
  return {
    'request-id': randomUUID(),
    ...(typeof id === 'string' ? { 'client-request-id': id } : {}),
    ...(api === 'graph'
      ? {
          'x-ms-ags-diagnostic': '{"ServerInfo":{"DataCenter":"West Europe","Slice":"E","Ring":"5","ScaleUnit":"000"}}',
        }
      : {}),
  };
}

/** An error names the caller's own id for the request. */
function echoed(body: unknown, id: unknown): unknown {
  const inner = (body as { error?: { innerError?: Record<string, unknown> } } | undefined)?.error?.innerError;
  if (inner && typeof id === 'string') inner['client-request-id'] = id;
  return body;
}

function prefix(operation: MicrosoftOperation): string {
  return operation.api === 'graph' ? `/${operation.version}` : '';
}

function bodyOf(request: FastifyRequest): Readonly<Record<string, unknown>> {
  return request.body !== null && typeof request.body === 'object' ? (request.body as Record<string, unknown>) : {};
}
