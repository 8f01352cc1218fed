import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyCookie from '@fastify/cookie';
import fastifyFormbody from '@fastify/formbody';
import { Eta } from 'eta';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { QuellError } from '../../domain/errors.js';
import type { SigningKey } from '../../store/key-ring.js';
import { registerActions } from './actions.js';
import { registerPages } from './pages.js';
import type { ConsolePorts } from './ports.js';
import { checkPassword, type Session, type Sessions } from './session.js';

const VIEWS = fileURLToPath(new URL('./views', import.meta.url));
const COOKIE = 'quell_session';
const CSP =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

export interface Decider {
  readonly personId: string;
  readonly name: string;
  readonly roles: readonly string[];
}

export interface ConsoleOptions {
  readonly ports: ConsolePorts;
  readonly people: readonly Decider[];
  readonly sessions: Sessions;
  /** Signs decisions for the person who is signed in. */
  readonly key: SigningKey;
  /**
   * How people sign in: a password hash for all (demo), or a proxy that has authenticated them and names them in a header,
   * proving itself with a shared secret in another.
   */
  readonly auth:
    | { readonly type: 'password'; readonly hash: string }
    | { readonly type: 'proxy'; readonly header: string; readonly secretHeader: string; readonly secret: string };
  readonly temporalUi?: string;
  readonly demo: boolean;
  readonly now?: () => Date;
}

export interface Console {
  readonly options: ConsoleOptions;
  render(reply: FastifyReply, view: string, data: object, session?: Session): FastifyReply;
  /** The signed-in person; sends people without a session to the sign-in page. */
  who(request: FastifyRequest): Session;
}

/** The internal console: server-rendered pages, no script, no decision by GET. */
export function createConsole(options: ConsoleOptions): FastifyInstance {
  const app = Fastify({ bodyLimit: 256 * 1024 });
  const eta = new Eta({ views: VIEWS, cache: true, autoEscape: true });
  const css = readFileSync(fileURLToPath(new URL('./console.css', import.meta.url)), 'utf8');
  void app.register(fastifyCookie);
  void app.register(fastifyFormbody);

  const console: Console = {
    options,
    render: (reply, view, data, session) => {
      const person = options.people.find((p) => p.personId === session?.personId);
      const form = session ? options.sessions.formToken(session) : '';
      const page = eta.render('layout', {
        view,
        person,
        form,
        demo: options.demo,
        temporalUi: options.temporalUi,
        ...data,
        render: (name: string, more: object) => eta.render(name, { form, person, ...data, ...more }),
      });
      return reply
        .header('content-security-policy', CSP)
        .header('x-content-type-options', 'nosniff')
        .header('referrer-policy', 'no-referrer')
        .header('cache-control', 'no-store')
        .type('text/html')
        .send(page);
    },
    who: (request) => {
      const session = sessionOf(options, request);
      if (!session) throw new QuellError('SIGNATURE', 'sign in first');
      return session;
    },
  };

  app.setErrorHandler(async (error, request, reply) => {
    if (error instanceof QuellError && error.code === 'SIGNATURE' && request.method === 'GET')
      return reply.redirect('/login');
    const known = error instanceof QuellError ? error : undefined;
    if (!known) request.log.error(error);
    return console.render(
      reply.code(known ? 409 : 500),
      'error',
      {
        title: known ? 'Not done' : 'Something broke',
        code: known?.code ?? 'DEFECT',
        text: known?.message ?? 'The console met an error that it does not know. Its log says which.',
      },
      sessionOf(options, request),
    );
  });

  app.get('/console.css', (_, reply) => reply.type('text/css').send(css));
  app.get('/health', () => ({ ok: true }));
  registerSignIn(app, console);
  registerPages(app, console);
  registerActions(app, console);
  return app;
}

function sessionOf({ auth, sessions, people }: ConsoleOptions, request: FastifyRequest): Session | undefined {
  const session = sessions.read(request.cookies[COOKIE]);
  if (auth.type === 'password') return session;
  // Behind a proxy the person of every request must be the one of the session.
  const named = request.headers[auth.header.toLowerCase()];
  const proven = request.headers[auth.secretHeader.toLowerCase()] === auth.secret;
  return proven && session && named === session.personId && people.some((p) => p.personId === named)
    ? session
    : undefined;
}

function registerSignIn(app: FastifyInstance, console: Console): void {
  const { auth, people, sessions } = console.options;
  app.get('/login', async (request, reply) => {
    if (auth.type === 'password') return console.render(reply, 'login', { title: 'Sign in', failed: false });
    const named = request.headers[auth.header.toLowerCase()];
    if (
      request.headers[auth.secretHeader.toLowerCase()] !== auth.secret ||
      typeof named !== 'string' ||
      !people.some((p) => p.personId === named)
    )
      return console.render(reply.code(403), 'error', {
        title: 'Not signed in',
        code: 'SIGNATURE',
        text: 'The proxy names nobody whom the configuration knows.',
      });
    return setCookie(reply, sessions.open(named)).redirect('/');
  });
  app.post<{ Body: { person?: string; password?: string } }>('/login', async (request, reply) => {
    const { person = '', password = '' } = request.body;
    const ok =
      auth.type === 'password' && checkPassword(password, auth.hash) && people.some((p) => p.personId === person);
    await console.options.ports.audit({
      kind: ok ? 'console.signed_in' : 'console.sign_in_failed',
      by: ok ? person : 'unknown',
    });
    if (!ok) return console.render(reply.code(401), 'login', { title: 'Sign in', failed: true });
    return setCookie(reply, sessions.open(person)).redirect('/');
  });
  app.post('/logout', async (_, reply) => reply.clearCookie(COOKIE, { path: '/' }).redirect('/login'));
}

const setCookie = (reply: FastifyReply, value: string): FastifyReply =>
  reply.setCookie(COOKIE, value, { path: '/', httpOnly: true, sameSite: 'strict' });
