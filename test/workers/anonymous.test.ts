import { readFileSync, statSync } from 'node:fs';
import type { Client } from '@temporalio/client';
import type { FastifyInstance, HTTPMethods } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { createConsole } from '../../gateway/console/app.js';
import { hashPassword, Sessions } from '../../gateway/console/session.js';
import type { ConsoleAuth } from '../../gateway/console/sign-in.js';
import { createIntake } from '../../gateway/intake.js';
import { chatCallback } from '../../platforms/google/callback.js';
import { teamsCallback } from '../../platforms/microsoft/callback.js';
import { slackCallback } from '../../platforms/slack/callback.js';
import { mintAnswerToken } from '../../store/answer-token.js';
import { EndedSessions } from '../../store/ended-sessions.js';
import { outcomeOf } from '../../store/inbox/outcome.js';
import { EncryptionCodec, payloadKeys } from '../../store/payload-codec.js';
import { PEOPLE } from '../gateway/support/played-case.js';
import { filesUnder } from '../store/support.js';
import { message, taken } from '../support/inbox.js';
import { standing, type Standing } from './support/standing.js';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const PROXY: ConsoleAuth = {
  type: 'proxy',
  header: 'x-person',
  secretHeader: 'x-proof',
  secret: 'the proof of a proxy',
};
const PASSWORD: ConsoleAuth = { type: 'password', hash: hashPassword('a password of the test') };

/** What a stranger may send along; all of it wrong. */
const HEADERS: readonly Readonly<Record<string, string>>[] = [
  {},
  { cookie: '__Host-quell_session=x.y; quell_session=x.y' },
  { authorization: 'Bearer wrong', 'x-person': 'ann', 'x-proof': 'wrong' },
  { 'x-person': 'ann' },
  { origin: 'https://temporal.example.com', 'x-forwarded-for': '127.0.0.1', 'access-control-request-method': 'POST' },
];
const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'OPTIONS'];

/** One inbox, one dead letter, one delivered alert: everything that a route could find. */
async function house(): Promise<Standing> {
  // Whoever is not known makes nobody ask Temporal.
  const client = new Proxy<object>(
    {},
    {
      get: (_, name) => {
        throw new Error(`Temporal was asked: ${String(name)}`);
      },
    },
  ) as Client;
  const s = await standing(client);
  ends.push(s.close);
  for (const i of [1, 2, 3]) await s.inbox.append(message(i));
  await taken(s.reader);
  await s.reader.settle([
    { seq: 1, status: 'dead_letter', text: 'ALERT_FORMAT' },
    { seq: 2, status: 'delivered', caseIds: ['case-s-1'] },
  ]);
  await s.reader.release();
  return s;
}

async function intakeOf({ keys, inbox, database }: Standing): Promise<FastifyInstance> {
  const refuse = () => Promise.reject(new Error('not from there'));
  const app = createIntake({
    inbox,
    sources: [
      { name: 'siem', format: 'quell', auth: 'hmac' },
      { name: 'graph', format: 'graph-alerts-v2', auth: 'graph-client-state' },
    ],
    secret: () => 'a shared secret of the test',
    callbacks: [slackCallback('a signing secret of the test'), chatCallback(refuse), teamsCallback(refuse)],
    outcome: (seq) => outcomeOf(database.as('intake'), seq),
    answerKey: keys.secret('answer'),
    publicUrl: 'https://intake.example.com',
  });
  await app.ready();
  return app;
}

async function consoleOf({ ports, keys, database }: Standing, auth: ConsoleAuth): Promise<FastifyInstance> {
  const app = createConsole({
    ...{ ports, people: PEOPLE, auth, key: keys.signing('decision'), planKeys: [], demo: auth.type === 'password' },
    sessions: new Sessions(keys.secret('session'), new EndedSessions(database.as('console'))),
    codec: new EncryptionCodec(payloadKeys(keys), 'pass'),
    temporalUi: { url: 'https://temporal.example.com', namespace: 'default' },
  });
  await app.ready();
  return app;
}

/** Paths of all routes, as the server itself draws them: a tree, four columns a level. */
function pathsOf(app: FastifyInstance): readonly string[] {
  const above: string[] = [];
  return app
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const [, indent = '', part = '', methods] = /^(.*?)[├└]── (\S*)( \(.*\))?/.exec(line) ?? [];
      if (part === '') return [];
      const level = indent.length / 4;
      above.splice(level, above.length, `${above[level - 1] ?? ''}${part}`);
      return methods === undefined ? [] : [above[level] ?? ''];
    });
}

/** Every file with its bytes and the time of its last change, every row with its last transaction. */
const stateOf = async ({ paths, database }: Standing): Promise<readonly unknown[]> => [
  ...filesUnder(paths.root)
    .sort()
    .map((file) => [file, readFileSync(file).toString('base64'), statSync(file).mtimeMs]),
  ...(await database.pool.query<object>('SELECT xmin, * FROM inbox ORDER BY seq')).rows,
];

async function walk(app: FastifyInstance, fill: (path: string) => readonly string[]): Promise<number> {
  let asked = 0;
  for (const url of pathsOf(app).flatMap(fill))
    for (const method of METHODS)
      for (const headers of HEADERS) {
        const { statusCode } = await app.inject({ method, url, headers });
        expect(statusCode, `${method} ${url}`).toBeLessThan(500);
        asked += 1;
      }
  return asked;
}

describe('a request that only looks, from nobody who is known', () => {
  it('leaves the state as it was, whatever it looks at in the intake', async () => {
    const s = await house();
    const app = await intakeOf(s);
    ends.push(() => app.close());
    const open = mintAnswerToken(
      { caseId: 'case-s-1', askId: 'a', personId: 's-1', channel: 'mail', expiresAt: '2999-01-01T00:00:00.000Z' },
      s.keys.secret('answer'),
    );
    expect(pathsOf(app)).toEqual(
      expect.arrayContaining([
        '/health',
        '/alerts/:source',
        '/alerts/status/:receipt',
        '/answers/:token',
        '/callbacks/slack',
      ]),
    );
    const before = await stateOf(s);
    const asked = await walk(app, (path) => [
      path.replace(/:\w+/, 'x'),
      path.replace(':source', 'siem').replace(':receipt', '1-AAAA').replace(':token', open),
      `${path.replace(':source', 'graph').replace(/:\w+/, open)}?validationToken=x&answer=me&token=x`,
    ]);
    expect(asked).toBeGreaterThan(100);
    expect(await stateOf(s)).toEqual(before);
  });

  it.each([PASSWORD, PROXY])(
    'leaves the state as it was, whatever it looks at in the console ($type)',
    async (auth) => {
      const s = await house();
      const app = await consoleOf(s, auth);
      ends.push(() => app.close());
      expect(pathsOf(app)).toEqual(
        expect.arrayContaining([
          '/',
          '/login',
          '/logout',
          '/cases/:caseId/plans/:planId',
          '/dead-letters/:seq/resend',
          '/codec/decode',
        ]),
      );
      const before = await stateOf(s);
      const asked = await walk(app, (path) => [
        path.replace(':caseId', 'case-s-1').replace(':planId', 'p-1').replace(':taskId', 't-1').replace(':seq', '1'),
        `${path.replaceAll(/:\w+/g, '..%2f..')}?verb=stop&person=ann&password=x&form=x`,
      ]);
      expect(asked).toBeGreaterThan(250);
      expect(await stateOf(s)).toEqual(before);
    },
  );
});
