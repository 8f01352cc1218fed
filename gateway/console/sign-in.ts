import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isLoopback } from '../codec-server.js';
import { singleHeaders } from '../single-headers.js';
import type { Console, ConsoleOptions, ConsolePerson } from './app.js';
import { checkPassword, sameText, type Session } from './session.js';

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
export async function sessionOf(options: ConsoleOptions, request: FastifyRequest): Promise<Session | undefined> {
  const session = await options.sessions.read(request.cookies[cookieName(options)]);
  if (!session || !options.people.some((p) => p.personId === session.personId)) return undefined;
  if (options.auth.type === 'password') return session;
  return vouchedFor(options, request)?.personId === session.personId ? session : undefined;
}

/** Whom the proxy names; undefined when the request does not come through it. `person` is undefined for somebody whom the configuration does not know. */
function byProxy(
  { auth, people }: ConsoleOptions,
  request: FastifyRequest,
): { readonly person: ConsolePerson | undefined } | undefined {
  if (auth.type !== 'proxy') return undefined;
  const headers = singleHeaders(request);
  const [named, proof] = [headers[auth.header.toLowerCase()], headers[auth.secretHeader.toLowerCase()]];
  if (named === undefined || proof === undefined || !sameText(proof, auth.secret)) return undefined;
  return { person: people.find((p) => p.personId === named || p.email === named.toLowerCase()) };
}

/** The person whom the proxy names, if the configuration knows them. */
export const vouchedFor = (options: ConsoleOptions, request: FastifyRequest): ConsolePerson | undefined =>
  byProxy(options, request)?.person;

/** Who works on cases. An auditor has the audit log, the owner of a secret a task; histories are none of their business. */
const READS_HISTORIES: readonly string[] = ['responder', 'lead', 'investigator', 'counsel'];

/**
 * Whether the Temporal UI of who asks gets payloads decoded: by the roles of the person whom the proxy names, whose word the UI's calls bring
 * without a cookie. In a demo with its password whoever is on this machine may look, unless a browser says by its cookie who it is.
 */
export function mayDecode(options: ConsoleOptions, request: FastifyRequest, session: Session | undefined): boolean {
  const reads = (person: ConsolePerson | undefined): boolean =>
    person?.roles.some((role) => READS_HISTORIES.includes(role)) ?? false;
  if (options.auth.type === 'proxy') return reads(vouchedFor(options, request));
  if (!options.demo || !isLoopback(request)) return false;
  return session === undefined || reads(options.people.find((p) => p.personId === session.personId));
}

export function registerSignIn(app: FastifyInstance, console: Console): void {
  const { options } = console;
  const { auth, people, sessions, ports } = options;
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
    const named = byProxy(options, request);
    // Nobody vouches for who came past the proxy: looking must not write, so that is for the log alone.
    if (named === undefined) options.log?.('a sign-in did not come through the proxy', {});
    else
      await ports.audit({
        kind: named.person === undefined ? 'console.sign_in_failed' : 'console.signed_in',
        by: named.person?.personId ?? 'unknown',
      });
    if (named?.person) return signIn(reply, named.person.personId);
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
    await console.limits.count(request, 'signInFrom');
    await console.limits.count(request, 'signIn', person);
    const ok = (await checkPassword(password, auth.hash)) && people.some((p) => p.personId === person);
    await ports.audit({ kind: ok ? 'console.signed_in' : 'console.sign_in_failed', by: ok ? person : 'unknown' });
    if (!ok) return failed(401, 'Wrong name or password.');
    return signIn(reply, person);
  });

  app.post('/logout', async (request, reply) => {
    const session = console.session(request);
    if (session) {
      await sessions.end(session);
      await ports.audit({ kind: 'console.signed_out', by: session.personId });
    }
    return reply.clearCookie(cookieName(options), { path: '/' }).redirect('/login', 303);
  });
}
