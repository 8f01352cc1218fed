import { execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, afterEach, expect, it } from 'vitest';
import { headKeeper } from '../../../store/audit/heads.js';
import type { Checkpoint } from '../../../store/audit/line.js';
import { keptIn } from '../support.js';

const folder = mkdtempSync(join(tmpdir(), 'quell-syslog-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const HEAD: Checkpoint = {
  ...{ lines: 7, head: 'a'.repeat(64), at: '2026-01-01T00:00:00.000Z' },
  ...{ counts: { cases: 2, 'ledger rows': 3 }, keyId: 'k-1', signature: 'c2ln' },
};
let server: Server | undefined;
afterEach(() => void server?.close());

/** What a server on this machine got, by each connection. */
async function listening(
  made: Server,
  event: 'connection' | 'secureConnection' = 'connection',
): Promise<{ readonly port: number; readonly got: Promise<string>[] }> {
  server = made;
  const got: Promise<string>[] = [];
  made.on(event, (socket: Socket) => {
    socket.on('error', () => undefined);
    got.push(text(socket).catch(() => ''));
  });
  made.listen(0, '127.0.0.1');
  await once(made, 'listening');
  return { port: (made.address() as AddressInfo).port, got };
}

/** As a syslog server keeps it, and `quell verify --checkpoint` reads it. */
async function readBack(message: string): Promise<readonly Checkpoint[]> {
  const file = join(folder, 'messages.log');
  writeFileSync(file, `${message}\n`);
  return await keptIn(file);
}
const MESSAGE = /^<109>1 2026-01-01T00:00:00\.000Z \S+ quell \d+ audit-head - \{.*\}$/;

it('is sent each head by UDP', async () => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const got = once(socket, 'message');
  await headKeeper({ syslog: `udp://127.0.0.1:${socket.address().port}` })(HEAD);
  const message = String((await got)[0]);
  socket.close();
  expect(message).toMatch(MESSAGE);
  expect(await readBack(message)).toEqual([HEAD]);
});

it('is sent each head by TCP, with its length before it', async () => {
  const { port, got } = await listening(createServer());
  await headKeeper({ syslog: `tcp://127.0.0.1:${port}` })(HEAD);
  const [, length, message = ''] = /^(\d+) (.*)$/s.exec((await got[0]) ?? '') ?? [];
  expect(message).toMatch(MESSAGE);
  expect(Number(length)).toBe(Buffer.byteLength(message));
});

/** By a process that is told whom to trust, as one of Quell is. */
async function sendsTo(port: number, trusts: string): Promise<number | null> {
  const send = `import('${new URL('../../../store/audit/syslog.ts', import.meta.url).href}').then(({ sendSyslog }) => sendSyslog('tls://127.0.0.1:${port}', '2026-01-01T00:00:00.000Z', '{}'))`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--eval', send], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: trusts },
    stdio: 'ignore',
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

it('is sent by TLS to whom the process trusts, and to nobody else', async () => {
  const made = ['log', 'other'].map((name) => ({
    key: join(folder, `${name}.key`),
    cert: join(folder, `${name}.crt`),
  }));
  for (const { key, cert } of made)
    execFileSync(
      'openssl',
      [
        ...[
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:P-256',
          '-nodes',
          '-days',
          '2',
          '-subj',
          '/CN=log',
        ],
        ...['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert],
      ],
      { stdio: 'ignore' },
    );
  const [own, other] = made;
  const options = { key: readFileSync(own!.key), cert: readFileSync(own!.cert) };
  const { port, got } = await listening(createTlsServer(options), 'secureConnection');
  expect(await sendsTo(port, other!.cert)).not.toBe(0);
  expect(await sendsTo(port, own!.cert)).toBe(0);
  expect(await got.at(-1)).toMatch(/^\d+ <109>1 .* audit-head - \{\}$/);
});

it('says so when nobody is there', async () => {
  const { port } = await listening(createServer());
  server?.close();
  await expect(headKeeper({ syslog: `tcp://127.0.0.1:${port}` })(HEAD)).rejects.toMatchObject({ code: 'STORE' });
});
