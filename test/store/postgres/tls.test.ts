import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket, type PeerCertificate } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { poolOf, query } from '../../../store/postgres/connection.js';
import { databaseSettings } from '../../../store/postgres/settings.js';

const folder = mkdtempSync(join(tmpdir(), 'quell-tls-'));
const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true, force: true });
});

const pathOf = (name: string): string => join(folder, `${name}.pem`);
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** A certificate that signs itself. */
function certificate(name: string, subject: string): void {
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const to = [
    '-keyout',
    pathOf(`${name}-key`),
    '-out',
    pathOf(name),
    '-subj',
    '/CN=db',
    '-addext',
    `subjectAltName=${subject}`,
  ];
  execFileSync('openssl', [...request, ...to], { stdio: 'pipe' });
}

const nameOf = (shown: Partial<PeerCertificate>): string => String(shown.subject?.CN ?? 'no certificate');

/** What speaks TLS as a PostgreSQL server does, and hangs up on who has said who he is. `heard` is what came through. */
async function serve(name: string): Promise<{ readonly port: number; readonly heard: string[] }> {
  const heard: string[] = [];
  const [cert, key] = [readFileSync(pathOf(name)), readFileSync(pathOf(`${name}-key`))];
  const server = createServer((plain) => {
    plain.on('error', () => undefined);
    plain.once('data', () => {
      plain.write('S');
      const secure = new TLSSocket(plain, { isServer: true, cert, key, requestCert: true, rejectUnauthorized: false });
      secure.on('error', () => undefined);
      secure.once('data', (data: Buffer) => {
        heard.push(`${data.toString('latin1')} ${nameOf(secure.getPeerCertificate())}`);
        secure.destroy();
      });
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return { port: (server.address() as AddressInfo).port, heard };
}

async function ask(port: number, parameters: string): Promise<unknown> {
  const url = `postgresql://intake:pw@127.0.0.1:${port}/quell?sslmode=verify-full${parameters}`;
  const pool = poolOf(databaseSettings({ DATABASE_URL: url }), { role: 'intake' });
  try {
    return await query(pool, 'SELECT 1').catch((error: unknown) => error);
  } finally {
    await pool.end();
  }
}

describe.runIf(hasOpenssl)('a server that speaks TLS', () => {
  beforeAll(() => {
    certificate('right', 'IP:127.0.0.1');
    certificate('other', 'DNS:localhost');
  });

  it('hears who asks when its certificate is trusted and of its host', async () => {
    const { port, heard } = await serve('right');
    expect(await ask(port, `&sslrootcert=${pathOf('right')}`)).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(heard).toEqual([expect.stringMatching(/intake.* no certificate$/s)]);
  });

  it('is shown the certificate of the role', async () => {
    const { port, heard } = await serve('right');
    const own = `&sslcert=${pathOf('other')}&sslkey=${pathOf('other-key')}`;
    await ask(port, `&sslrootcert=${pathOf('right')}${own}`);
    expect(heard).toEqual([expect.stringMatching(/intake.* db$/s)]);
  });

  it('of several is reached by the files as they were at the start, which may be gone since', async () => {
    const { port, heard } = await serve('right');
    copyFileSync(pathOf('right'), pathOf('copy'));
    const hosts = `127.0.0.1:${port},127.0.0.1:1`;
    const url = `postgresql://intake:pw@${hosts}/quell?sslmode=verify-full&sslrootcert=${pathOf('copy')}`;
    const pool = poolOf(databaseSettings({ DATABASE_URL: url }), { role: 'intake' });
    rmSync(pathOf('copy'));
    await expect(query(pool, 'SELECT 1')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await pool.end();
    expect(heard).toEqual([expect.stringMatching(/intake/)]);
  });

  it.each([
    ['that nobody signed', 'right', '', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['of another host', 'other', `&sslrootcert=${pathOf('other')}`, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('hears nothing when its certificate is one %s', async (_, name, parameters, state) => {
    const { port, heard } = await serve(name);
    expect(await ask(port, parameters)).toMatchObject({ code: 'DATABASE_UNAVAILABLE', state });
    expect(heard).toEqual([]);
  });
});
