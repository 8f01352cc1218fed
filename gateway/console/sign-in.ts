import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Console, ConsoleOptions } from './app.js';
import { checkPassword, sameText, Throttle, type Session } from './session.js';

/**
 * How people sign in: with the password that the first start made (demo), or through a proxy that has authenticated them and names them in a
 * header, proving itself with a shared secret in another.
 */
export type ConsoleAuth =
  | { readonly type: 'password'; readonly hash: string }
  | { readonly type: 'proxy'; readonly header: string; readonly secretHeader: string; readonly secret: string };

/** `__Host-` makes browsers insist on HTTPS and this host alone. */
const cookieName = ({ demo }: ConsoleOptions): string => (demo ? 'quell_session' : '__Host-quell_session');

/** The session of a request; behind a proxy its person must be the one whom the proxy names now. */
export function sessionOf(options: ConsoleOptions, request: FastifyRequest): Session | undefined {
  const session = options.sessions.read(request.cookies[cookieName(options)]);
  if (!session || !options.people.some((p) => p.personId === session.personId)) return undefined;
  if (options.auth.type === 'password') return session;
  return namedByProxy(options, request) === session.personId ? session : undefined;
}

function namedByProxy({ auth, people }: ConsoleOptions, { headers }: FastifyRequest): string | undefined {
  if (auth.type !== 'proxy') return undefined;
  const [named, proof] = [headers[auth.header.toLowerCase()], headers[auth.secretHeader.toLowerCase()]];
  if (typeof named !== 'string' || typeof proof !== 'string' || !sameText(proof, auth.secret)) return undefined;
  return people.find((p) => p.personId === named || p.email === named.toLowerCase())?.personId;
}

/** Whether the request's person is known without a cookie: the Temporal UI's calls bring the proxy's word alone. */
export const isVouchedFor = (options: ConsoleOptions, request: FastifyRequest): boolean =>
  namedByProxy(options, request) !== undefined;

export function registerSignIn(app: FastifyInstance, console: Console): void {
  const { options } = console;
  const { auth, people, sessions, ports } = options;
  const throttle = new Throttle(() => (options.now ?? (() => new Date()))().getTime());
  const signIn = (reply: FastifyReply, personId: string): FastifyReply =>
    reply
      .setCookie(cookieName(options), sessions.open(personId), {
        path: '/',
        httpOnly: true,
        sameSite: 'strict',
        secure: !options.demo,
      })
      .redirect('/', 303);

  app.get('/login', async (request, reply) => {
    if (auth.type === 'password') return console.render(reply, 'login', { title: 'Sign in', failed: '' });
    const personId = namedByProxy(options, request);
    await ports.audit({
      kind: personId === undefined ? 'console.sign_in_failed' : 'console.signed_in',
      by: personId ?? 'unknown',
    });
    if (personId !== undefined) return signIn(reply, personId);
    return console.render(reply.code(403), 'error', {
      title: 'Not signed in',
      text: 'The sign-in proxy names nobody whom the configuration knows.',
    });
  });

  app.post<{ Body: { person?: unknown; password?: unknown } | undefined }>('/login', async (request, reply) => {
    const { person = '', password = '' } = request.body ?? {};
    const failed = (code: number, text: string): Promise<FastifyReply> =>
      console.render(reply.code(code), 'login', { title: 'Sign in', failed: text });
    if (auth.type !== 'password' || typeof person !== 'string' || typeof password !== 'string')
      return failed(401, 'Sign in through your organisation.');
    const names = [`address:${request.ip}`, `person:${person}`];
    if (!throttle.mayTry(...names)) return failed(429, 'Too many tries. Wait a minute.');
    const ok = (await checkPassword(password, auth.hash)) && people.some((p) => p.personId === person);
    await ports.audit({ kind: ok ? 'console.signed_in' : 'console.sign_in_failed', by: ok ? person : 'unknown' });
    if (!ok) return failed(401, 'Wrong name or password.');
    throttle.succeeded(...names);
    return signIn(reply, person);
  });

  app.post('/logout', async (_, reply) =>
    reply.clearCookie(cookieName(options), { path: '/' }).redirect('/login', 303),
  );
}
