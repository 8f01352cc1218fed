import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { afterEach } from 'vitest';
import { PASSWORD, playConsole, type PlayedConsole } from './played-console.js';

const open: PlayedConsole[] = [];
/** A played console that is closed after the test. */
export const play = (...args: Parameters<typeof playConsole>): PlayedConsole => {
  const played = playConsole(...args);
  open.push(played);
  return played;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ app }) => app.close()));
});

/** A form as browsers send it. */
export const form = (fields: Record<string, string | readonly string[]>): string =>
  new URLSearchParams(
    Object.entries(fields).flatMap(([k, v]) => [v].flat().map((x): [string, string] => [k, x])),
  ).toString();

type Answer = Promise<LightMyRequestResponse>;
export interface SignedIn {
  readonly get: (url: string, headers?: Record<string, string>) => Answer;
  readonly post: (
    url: string,
    fields: Record<string, string | readonly string[]>,
    headers?: Record<string, string>,
  ) => Answer;
  readonly token: string;
  readonly cookie: string;
}

/** A signed-in person: their cookie and the token of their forms. */
export async function signIn(p: PlayedConsole, person: string): Promise<SignedIn> {
  const answer = await p.app.inject({
    method: 'POST',
    url: '/login',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: form({ person, password: PASSWORD }),
  });
  const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? '';
  const get = (url: string, headers: Record<string, string> = {}) =>
    p.app.inject({ url, headers: { cookie, ...headers } });
  const token = /name="form" value="([^"]+)"/.exec((await get('/')).body)?.[1] ?? '';
  const post = (
    url: string,
    fields: Record<string, string | readonly string[]>,
    headers: Record<string, string> = {},
  ) =>
    p.app.inject({
      method: 'POST',
      url,
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded', ...headers },
      payload: form({ form: token, ...fields }),
    } satisfies InjectOptions);
  return { get, post, token, cookie };
}
