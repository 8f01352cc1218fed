import { afterEach, describe, expect, it } from 'vitest';
import { EncryptionCodec, payloadKeys } from '../../../store/payload-codec.js';
import { testKeys } from '../../store/support.js';
import { PEOPLE } from '../support/played-case.js';
import { playConsole, testSessions, type PlayedConsole } from '../support/played-console.js';
import { signIn } from '../support/signed-in.js';

const open: PlayedConsole[] = [];
const play = (...args: Parameters<typeof playConsole>): PlayedConsole => {
  const played = playConsole(...args);
  open.push(played);
  return played;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ app }) => app.close()));
});

const AUTH = { type: 'proxy', header: 'x-person', secretHeader: 'x-proof', secret: 'a secret of the proxy' } as const;

describe('signing out', () => {
  it('ends the session: a copy of its cookie opens nothing, another session of the person goes on', async () => {
    const p = play();
    const [here, there] = [await signIn(p, 'ann'), await signIn(p, 'ann')];
    expect((await here.post('/logout', {})).headers.location).toBe('/login');
    for (const url of ['/', '/cases/case-s-dana', '/dead-letters'])
      expect([(await here.get(url)).headers.location, (await there.get(url)).statusCode]).toEqual(['/login', 200]);
    expect((await here.post('/stop', { verb: 'stop' })).statusCode).toBe(403);
    expect(p.switch.stopped).toBeUndefined();
    expect(p.audits.filter((a) => a.kind === 'console.signed_out')).toEqual([
      { kind: 'console.signed_out', by: 'ann' },
    ]);
  });

  it('by nobody ends nothing', async () => {
    const p = play();
    const ann = await signIn(p, 'ann');
    await p.app.inject({ method: 'POST', url: '/logout', headers: { cookie: 'quell_session=x.y' } });
    expect((await ann.get('/')).statusCode).toBe(200);
    expect(p.audits.filter((a) => a.kind === 'console.signed_out')).toEqual([]);
  });
});

describe('a session', () => {
  it('of a person whom the configuration no longer knows is dead, and so is what they would decide', async () => {
    const sessions = testSessions();
    const before = play({ sessions });
    const ben = await signIn(before, 'ben');
    const after = play({ sessions, people: PEOPLE.filter((p) => p.personId !== 'ben') });
    const headers = { cookie: ben.cookie, 'content-type': 'application/x-www-form-urlencoded' };
    expect((await after.app.inject({ url: '/', headers })).headers.location).toBe('/login');
    const payload = `verb=stop&form=${encodeURIComponent(ben.token)}`;
    expect((await after.app.inject({ method: 'POST', url: '/stop', headers, payload })).statusCode).toBe(403);
    expect(after.switch.stopped).toBeUndefined();
  });
});

describe('the codec server', () => {
  const codec = new EncryptionCodec(payloadKeys(testKeys()), 'pass');
  const people = [
    ...PEOPLE,
    ...(['responder', 'investigator', 'counsel', 'secret_owner'] as const).map((role) => ({
      ...{ personId: role, name: role, email: `${role}@example.com`, roles: [role], subjectId: `s-${role}` },
    })),
    { personId: 'none', name: 'No role', email: 'none@example.com', roles: [], subjectId: 's-none' },
  ];
  const decode = async (p: PlayedConsole, headers: Record<string, string>, remoteAddress = '127.0.0.1') =>
    (
      await p.app.inject({
        ...{ method: 'POST', url: '/codec/decode', payload: { payloads: [] }, remoteAddress },
        headers: { origin: 'http://127.0.0.1:8233', ...headers },
      })
    ).statusCode;

  it('serves who works on cases, by the role of whom the proxy names', async () => {
    const p = play({ auth: AUTH, demo: false, codec, people });
    const as = (person: string, proof: string = AUTH.secret) => decode(p, { 'x-person': person, 'x-proof': proof });
    for (const person of ['ann', 'ben', 'responder', 'investigator', 'counsel'])
      expect(await as(person), person).toBe(200);
    for (const person of ['ida', 'secret_owner', 'none', 'nobody']) expect(await as(person), person).toBe(403);
    expect(await as('ann', 'guessed')).toBe(403);
    expect(await decode(p, {})).toBe(403);
  });

  it('serves this machine in a demo, and there whom the cookie names by their role', async () => {
    const p = play({ codec });
    expect(await decode(p, {})).toBe(200);
    expect(await decode(p, {}, '192.0.2.7')).toBe(403);
    expect(await decode(p, { cookie: (await signIn(p, 'ann')).cookie })).toBe(200);
    expect(await decode(p, { cookie: (await signIn(p, 'ida')).cookie })).toBe(403);
  });

  it('serves nobody by a password outside a demo', async () => {
    expect(await decode(play({ codec, demo: false }), {})).toBe(403);
  });
});
