import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionOptions, PeerCertificate } from 'node:tls';
import { Client } from 'pg';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { QuellError } from '../../../domain/errors.js';
import { clientConfig, databaseSettings, socketUrl } from '../../../store/postgres/settings.js';

const folder = mkdtempSync(join(tmpdir(), 'quell-settings-'));
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const of = (url: string, more = {}) => databaseSettings({ DATABASE_URL: url, ...more });
const SECRET = ['not', 'a', 'secret'].join('-');

function refusal(work: () => unknown): QuellError {
  try {
    work();
  } catch (error) {
    if (error instanceof QuellError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('where the database is', () => {
  it('is read from the URL', () => {
    expect(of(`postgresql://intake:${SECRET}@db.example.com:6432/quell`)).toEqual({
      ...{ host: 'db.example.com', port: 6432, user: 'intake', password: SECRET, database: 'quell' },
      tls: {},
    });
  });

  it('is a folder when the server is on a Unix socket', () => {
    const settings = of(socketUrl('/var/lib/a folder/é%', 'intake', 'quell'));
    expect(settings).toEqual({ host: '/var/lib/a folder/é%', port: 5432, user: 'intake', database: 'quell' });
  });

  it.each([
    [
      'postgresql://intake@h1.example.com:6432,h2.example.com/quell',
      ['h1.example.com', 6432],
      ['h2.example.com', 5432],
    ],
    [
      'postgresql://intake@h1.example.com,[2001:db8::7]:1/quell?target_session_attrs=read-write',
      ['h1.example.com', 5432],
      ['2001:db8::7', 1],
    ],
    ['postgresql://intake@/quell?host=/run/a,/run/b', ['/run/a', 5432], ['/run/b', 5432]],
    [
      'postgresql://intake@/quell?host=h1.example.com,h2.example.com&port=1,2',
      ['h1.example.com', 1],
      ['h2.example.com', 2],
    ],
    ['postgresql://intake@h1.example.com,h2.example.com/quell?port=7', ['h1.example.com', 7], ['h2.example.com', 7]],
  ])('names a primary and its standby: %s', (url, first, other) => {
    const settings = of(url);
    const [[host, port], [otherHost, otherPort]] = [first, other];
    expect(settings).toMatchObject({ host, port, others: [{ host: otherHost, port: otherPort }] });
  });

  it.each([
    ['nothing', ''],
    ['no URL', 'db.example.com'],
    ['another database', 'mysql://intake@db.example.com/quell'],
    ['no host', 'postgresql://intake@/quell'],
    ['no role', 'postgresql://db.example.com/quell'],
    ['no database', 'postgresql://intake@db.example.com/'],
    ['a host without a name among several', 'postgresql://intake@db1.example.com,/quell'],
    ['ports that are not as many as the hosts', 'postgresql://intake@/quell?host=/a,/b,/c&port=1,2'],
    ['two lists of hosts that are not as many', 'postgresql://intake@h1,h2/quell?host=/a,/b,/c'],
    ['a port that is none', `postgresql://intake:${SECRET}@db.example.com:x/quell`],
    ['a port out of range', `postgresql://intake:${SECRET}@db.example.com/quell?port=99999`],
    ['a password with a question mark', `postgresql://u:?${SECRET}=1@db.example.com/quell`],
    [
      'a parameter that would be left undone',
      `postgresql://intake:${SECRET}@db.example.com/quell?target_session_attrs=any`,
    ],
  ])('is refused for %s, without telling the URL', (_, url) => {
    const error = refusal(() => of(url));
    expect(error.code).toBe('CONFIG');
    expect(error.message).not.toContain(SECRET);
  });
});

describe('TLS', () => {
  const REMOTE = 'postgresql://intake@db.example.com/quell';
  it.each([
    [REMOTE, {}],
    [`${REMOTE}?sslmode=verify-full`, {}],
    [`${REMOTE}?sslrootcert=/ca.pem`, { ca: '/ca.pem' }],
    [`${REMOTE}?sslcert=/c.pem&sslkey=/k.pem`, { cert: '/c.pem', key: '/k.pem' }],
    ['postgresql://intake@192.0.2.7/quell', {}],
    ['postgresql://intake@[2001:db8::7]/quell', {}],
    ['postgresql://intake@10.0.0.7/quell', {}],
    ['postgresql://intake@localhost.example.com/quell', {}],
    ['postgresql://intake@127.0.0.1/quell?sslmode=verify-full', {}],
    ['postgresql://intake@localhost/quell?sslrootcert=/ca.pem', { ca: '/ca.pem' }],
    ['postgresql://intake@127.0.0.1/quell', undefined],
    ['postgresql://intake@127.1.2.3/quell?sslmode=disable', undefined],
    ['postgresql://intake@[::1]/quell', undefined],
    ['postgresql://intake@localhost/quell', undefined],
    ['postgresql://intake@/quell?host=/run/postgresql', undefined],
  ])('%s: %j', (url, tls) => {
    expect(of(url).tls).toEqual(tls);
    expect(clientConfig({ ...of(url), ...(tls ? { tls: {} } : {}) }).ssl).toEqual(
      tls ? expect.objectContaining({ rejectUnauthorized: true }) : false,
    );
  });

  it.each([
    ...['disable', 'allow', 'prefer', 'require', 'verify-ca', 'no-verify', 'Verify-Full', ''].map(
      (m) => `${REMOTE}?sslmode=${m}`,
    ),
    `${REMOTE}?host=db2.example.com&sslmode=disable`,
    `${REMOTE}?ssl=false`,
    `${REMOTE}?uselibpqcompat=true&sslmode=prefer`,
    'postgresql://intake@/quell?host=db.example.com&sslmode=disable',
    'postgresql://intake@localhost/quell?sslmode=prefer',
    'postgresql://intake@localhost,db.example.com/quell?sslmode=disable',
    `${REMOTE}?sslcert=/c.pem`,
  ])('refuses %s', (url) => {
    expect(refusal(() => of(url)).code).toBe('CONFIG');
  });

  it('checks the host that the URL names, also when that is an address', () => {
    const { ssl } = clientConfig(of('postgresql://intake@192.0.2.7/quell')) as { ssl: ConnectionOptions };
    const forHost = (subjectaltname: string) =>
      ssl.checkServerIdentity?.('localhost', { subject: {}, subjectaltname } as unknown as PeerCertificate);
    expect(forHost('DNS:localhost')).toBeInstanceOf(Error);
    expect(forHost('IP Address:192.0.2.7')).toBeUndefined();
  });

  it('takes certificate and key from files, and refuses without the path when one is not there', () => {
    const path = join(folder, 'cert.pem');
    writeFileSync(path, 'PEM');
    const url = (key: string): string => `${REMOTE}?sslcert=${path}&sslkey=${key}`;
    expect(clientConfig(of(url(path))).ssl).toMatchObject({ cert: 'PEM', key: 'PEM' });
    expect(refusal(() => clientConfig(of(url('/nowhere/key.pem')))).message).toMatch(/sslkey.*ENOENT/);
  });
});

describe('the password', () => {
  it('is read from the file for each connection, and wins over the URL', async () => {
    const file = join(folder, 'password');
    const { password } = clientConfig(of(`postgresql://a:${SECRET}@/q?host=/run`, { DATABASE_PASSWORD_FILE: file }));
    const ask = password as () => Promise<string>;
    await expect(ask()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE', retryable: true });
    writeFileSync(file, 'one\n');
    expect(await ask()).toBe('one');
    writeFileSync(file, ' two ');
    expect(await ask()).toBe(' two ');
  });

  it('is never one of the shell', () => {
    vi.stubEnv('PGPASSWORD', SECRET);
    const { password } = new Client(clientConfig(of('postgresql://a@/q?host=/run')));
    expect((password as unknown as () => string)()).toBe('');
  });
});
