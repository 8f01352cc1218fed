import type { FastifyInstance, FastifyRequest } from 'fastify';
import { METHODS, type GoogleApi, type GoogleMethod } from '../../platforms/google/methods.js';
import type { World } from '../core/world.js';
import type { Authority, Caller } from './authority.js';
import type { User } from './entities.js';
import { badRequest, denied, notAuthorized, notFound, ok, unauthenticated, type Reply } from './replies.js';
import type { TenantState } from './state.js';

export interface Call {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** The person acted as; the administrator's account for admin calls, absent for our app. */
  readonly subject?: User;
}
type Handler = (call: Call) => Reply;
interface Route {
  readonly method: GoogleMethod;
  readonly handler: Handler;
}

/** What `{+parent}` and `{+name}` stand for in the methods of each API that are used. */
const RESOURCE_NAMES: Readonly<Partial<Record<GoogleApi, Readonly<Record<string, string>>>>> = {
  // With a pattern, so that the verb behind it is no part of it.
  cloudidentity: { parent: 'devices/:device', name: 'devices/:device/deviceUsers/:deviceUser(^[\\w-]+)' },
  chat: { parent: 'spaces/:space', name: 'spaces/:space/messages/:message' },
  accesscontextmanager: { parent: 'accessPolicies/:policy', name: 'accessPolicies/:policy/accessLevels/:level' },
};

/** Routes made from the adapter's table of methods: same paths, same scopes; everything else is unknown. */
export class Router {
  readonly #routes = new Map<string, Route[]>();

  constructor(
    private readonly world: World,
    private readonly state: TenantState,
    private readonly authority: Authority,
    private readonly pageSize: number,
  ) {}

  on(method: GoogleMethod, handler: Handler): void {
    const path = method.path
      .replace(/:(\w+)$/, '::$1') // a verb after a colon, not a parameter
      .replace(/\{\+(\w+)\}/g, (_, name: string) => RESOURCE_NAMES[method.api]?.[name] ?? '')
      .replace(/\{(\w+)\}/g, ':$1');
    const key = `${method.method} ${path}`;
    this.#routes.set(key, [...(this.#routes.get(key) ?? []), { method, handler }]);
  }

  /** Variants of one method, and methods that two roles use with different scopes. */
  operationsAt(route: string): readonly string[] {
    return (this.#routes.get(route) ?? []).map(({ method }) => method.name);
  }

  /** Variants of one method are told apart by the property that the body sets. */
  operationOf(request: FastifyRequest): string | undefined {
    return this.#pick(`${request.method} ${request.routeOptions.url ?? ''}`, bodyOf(request))?.method.name;
  }

  register(app: FastifyInstance): void {
    for (const [key, [first]] of this.#routes) {
      const [method = 'GET', url = ''] = key.split(' ');
      app.route({
        method,
        url,
        config: { operation: first?.method.name ?? key },
        handler: async (request, reply) => {
          const route = this.#pick(key, bodyOf(request));
          const answer = route
            ? this.#answer(route, request)
            : badRequest(first?.method.api ?? 'directory', 'Invalid Input');
          await reply
            .code(answer.status)
            .headers({ ...answer.headers })
            .send(answer.body);
        },
      });
    }
  }

  /** One page under `key`, which is absent when there is nothing, as in all of Google's lists. */
  page(
    call: Call,
    key: string,
    rows: readonly object[],
    options: { readonly size?: string | undefined; readonly common?: object } = {},
  ): Reply {
    const size = Math.max(1, Math.min(Number(options.size ?? 100), this.pageSize));
    const token = call.query['pageToken'];
    const position = token === undefined ? '0' : Buffer.from(token, 'base64url').toString();
    if (!/^\d+$/.test(position)) return badRequest('directory', 'Invalid page token');
    const from = Number(position);
    const { odd = {}, loops = [] } = this.state.options;
    const all = [...(odd[key] ?? []), ...rows];
    const to = loops.includes(key) ? from : from + size;
    const next = to < all.length ? Buffer.from(String(to)).toString('base64url') : undefined;
    const shown = all.slice(from, from + size);
    return ok({
      ...options.common,
      ...(shown.length === 0 ? {} : { [key]: shown }),
      ...(next === undefined ? {} : { nextPageToken: next }),
    });
  }

  #pick(key: string, body: Readonly<Record<string, unknown>>): Route | undefined {
    const choices = this.#routes.get(key) ?? [];
    return choices.length <= 1
      ? choices[0]
      : choices.find(({ method }) => Object.keys(body).some((property) => method.name.endsWith(` ${property}`)));
  }

  #answer({ method, handler }: Route, request: FastifyRequest): Reply {
    const caller = this.authority.caller(request.headers.authorization);
    if (!caller) return unauthenticated(method.api);
    if (!allowed(method, caller.scopes)) return denied(method.api);
    const params = request.params as Record<string, string>;
    const subject = this.#subject(method, caller, params['userId']);
    if (subject === 'refused') return notAuthorized(method.api);
    if (subject === 'missing') return notFound(method.api);
    const gate = this.state.gate(method, subject);
    if (gate) return gate;
    return handler({
      params,
      query: request.query as Record<string, string | undefined>,
      body: bodyOf(request),
      ...(subject === undefined ? {} : { subject }),
    });
  }

  /** Whether the one acted as is of the kind that the method asks for, and the mailbox is theirs. */
  #subject(
    method: GoogleMethod,
    caller: Caller,
    mailbox: string | undefined,
  ): User | 'refused' | 'missing' | undefined {
    if (caller.subject === undefined) return method.as.includes('app') ? undefined : 'refused';
    const user = this.state.user(caller.subject);
    if (!user) return 'missing';
    if (method.as.includes('admin')) return user.admin || user.delegatedAdmin ? user : 'refused';
    if (!method.as.some((as) => as === 'person' || as === 'sender')) return 'refused';
    return mailbox === undefined || mailbox === 'me' || mailbox.toLowerCase() === user.email ? user : 'refused';
  }
}

/** The scopes that any use of this route takes: the table lists one method twice where roles ask for different ones. */
function allowed(method: GoogleMethod, scopes: readonly string[]): boolean {
  const same = (Object.values(METHODS) as readonly GoogleMethod[]).filter((m) => m.name === method.name);
  return same.some((m) => m.scopes.some((s) => scopes.includes(s)));
}

function bodyOf(request: FastifyRequest): Readonly<Record<string, unknown>> {
  return request.body !== null && typeof request.body === 'object' ? (request.body as Record<string, unknown>) : {};
}
