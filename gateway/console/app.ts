import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyCookie from '@fastify/cookie';
import fastifyFormbody from '@fastify/formbody';
import type { PayloadCodec } from '@temporalio/common';
import { Eta } from 'eta';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Decider } from '../../domain/decision.js';
import { QuellError } from '../../domain/errors.js';
import type { SigningKey, VerifyKey } from '../../store/key-ring.js';
import { registerCodecServer } from '../codec-server.js';
import { Limits, retryAfter } from '../limits.js';
import type { PerMinute } from '../per-minute.js';
import { REQUEST_WITHIN_MS, requestWithin } from '../server-times.js';
import { registerActions } from './actions.js';
import { registerDue } from './due.js';
import { formats } from './format.js';
import { registerLists } from './lists.js';
import { registerPages } from './pages.js';
import type { ConsolePorts } from './ports.js';
import type { Session, Sessions } from './session.js';
import { mayDecode, registerSignIn, sessionOf, vouchedFor, type ConsoleAuth } from './sign-in.js';

const VIEWS = fileURLToPath(new URL('./views', import.meta.url));
const STYLE = fileURLToPath(new URL('./console.css', import.meta.url));
const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="#1f56ab"/><path d="M4.5 8h7" stroke="#fff" stroke-width="2" stroke-linecap="round"/></svg>';
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
} as const;

/** Somebody who may sign in. */
export interface ConsolePerson extends Decider {
  readonly name: string;
  readonly email: string;
}

export interface ConsoleOptions {
  readonly ports: ConsolePorts;
  readonly people: readonly ConsolePerson[];
  readonly sessions: Sessions;
  /** Signs decisions for the person who is signed in. */
  readonly key: SigningKey;
  /** Authors of plans: only what they signed is shown and signed. */
  readonly planKeys: readonly VerifyKey[];
  readonly auth: ConsoleAuth;
  readonly temporalUi?: { readonly url: string; readonly namespace: string };
  /** Decodes payloads for the Temporal UI. */
  readonly codec?: PayloadCodec;
  readonly demo: boolean;
  /** Milliseconds for a request to arrive; 15 seconds. */
  readonly requestWithinMs?: number;
  readonly limits?: PerMinute;
  /** Addresses (CIDR) of proxies in front, whose `X-Forwarded-For` counts. */
  readonly proxies?: readonly string[];
  readonly now?: () => Date;
  /** Told of what went wrong; no personal data. */
  readonly log?: (what: string, data: Readonly<Record<string, unknown>>) => void;
}

/** `body` is the layout's own word for the page, which it takes as markup: no data may go by that name. */
export type PageData = Readonly<Record<string, unknown>> & { readonly body?: never };

export interface Console {
  readonly options: ConsoleOptions;
  readonly now: () => Date;
  readonly limits: Limits;
  /** Every page of a signed-in person says whether containment is stopped. */
  render(reply: FastifyReply, view: string, data: PageData, session?: Session): Promise<FastifyReply>;
  /** Of a request whose cookie is good. */
  session(request: FastifyRequest): Session | undefined;
  /** The signed-in person; sends people without a session to the sign-in page. */
  who(request: FastifyRequest): { readonly session: Session; readonly person: ConsolePerson };
}

/** The internal console: server-rendered pages, no script, no decision by GET. */
export function createConsole(options: ConsoleOptions): FastifyInstance {
  const { now = () => new Date(), log = () => undefined, people, demo, temporalUi, codec } = options;
  const app = Fastify({
    bodyLimit: 256 * 1024,
    forceCloseConnections: true,
    ...requestWithin(options.requestWithinMs ?? REQUEST_WITHIN_MS),
    trustProxy: (options.proxies ?? []).length > 0 ? [...(options.proxies ?? [])] : false,
  });
  const limits = new Limits(app, options.limits);
  const eta = new Eta({ views: VIEWS, cache: true, autoEscape: true });
  const css = readFileSync(STYLE, 'utf8');
  void app.register(fastifyCookie);
  void app.register(fastifyFormbody);

  // Read once for each request, when its cookies are known; the 404 page has it too.
  const sessions = new WeakMap<FastifyRequest, Session>();
  app.addHook('preParsing', async (request) => {
    const session = await sessionOf(options, request);
    if (session) sessions.set(request, session);
    if (request.routeOptions.url === '/health') return;
    const personId = session?.personId ?? vouchedFor(options, request)?.personId;
    await limits.count(request, personId === undefined ? 'stranger' : 'person', personId);
  });

  const console: Console = {
    options,
    now,
    limits,
    session: (request) => sessions.get(request),
    render: async (reply, view, data, session) => {
      const person = people.find((p) => p.personId === session?.personId);
      const form = session ? options.sessions.formToken(session) : '';
      const nameOf = (id: string): string => people.find((p) => p.personId === id)?.name ?? id;
      const ui = temporalUi?.url;
      const guard = person && (await options.ports.guard());
      const shown = { refresh: undefined, person, form, demo, ui, guard, nameOf, ...formats(now()), ...data };
      const page = eta.render(view, shown);
      return reply.headers(HEADERS).type('text/html').send(page);
    },
    who: (request) => {
      const session = console.session(request);
      const person = people.find((p) => p.personId === session?.personId);
      if (!session || !person) throw new QuellError('SIGNATURE', 'sign in first');
      return { session, person };
    },
  };

  app.setErrorHandler(async (error: Error & { statusCode?: number }, request, reply) => {
    const known = error instanceof QuellError ? error : undefined;
    if (known?.code === 'SIGNATURE' && request.method === 'GET') return reply.redirect('/login', 303);
    if (!known && (error.statusCode ?? 500) >= 500)
      log('a page broke', { failure: error.name, route: request.routeOptions.url });
    if (known?.code === 'TOO_MANY') reply.header('retry-after', retryAfter(known, 60));
    const [, caseId] = /^\/cases\/([A-Za-z0-9-]+)/.exec(request.url) ?? [];
    return console.render(
      reply.code(known ? statusOf(known) : (error.statusCode ?? 500)),
      'error',
      {
        title: known ? 'Not done' : 'Something broke',
        text: known?.message ?? 'The console met an error that it does not know. Its log says where.',
        back: caseId === undefined ? undefined : `/cases/${caseId}`,
      },
      console.session(request),
    );
  });
  app.setNotFoundHandler(async (request, reply) =>
    console.render(
      reply.code(404),
      'error',
      { title: 'No such page', text: 'There is nothing at this address.', back: undefined },
      console.session(request),
    ),
  );

  app.get('/console.css', (_, reply) => reply.header('x-content-type-options', 'nosniff').type('text/css').send(css));
  app.get('/icon.svg', (_, reply) => reply.type('image/svg+xml').send(ICON));
  app.get('/health', () => ({ ok: true }));
  registerSignIn(app, console);
  registerLists(app, console);
  registerPages(app, console);
  registerDue(app, console);
  registerActions(app, console);
  if (codec && temporalUi)
    registerCodecServer(app, {
      prefix: '/codec',
      origins: [new URL(temporalUi.url).origin],
      codec,
      allowed: (request) => mayDecode(options, request, console.session(request)),
    });
  return app;
}

function statusOf({ code, retryable }: QuellError): number {
  if (code === 'SIGNATURE' || code === 'NOT_AUTHORISED' || code === 'PLAN_AUTHOR') return 403;
  if (code === 'STORE_GONE') return 404;
  if (code === 'TOO_MANY') return 429;
  return retryable ? 503 : 409;
}
