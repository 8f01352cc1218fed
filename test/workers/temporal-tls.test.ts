import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { connect as dial, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { NativeConnection } from '@temporalio/worker';
import { Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../cli/demo/ports.js';
import { temporalSettings } from '../../gateway/temporal-settings.js';
import { temporalCli } from '../../scripts/lib/temporal-binaries.mjs';

import { DevServer } from '../../workers/dev-server.js';

/** Certificates are made on the spot, by the one program that is not ours: where it is missing this is not tried. */
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

const folder = mkdtempSync(join(tmpdir(), 'quell-tls-'));
const at = (name: string): string => join(folder, name);
let temporal: DevServer;
let front: Server;

/** An authority that signs both sides, as an organisation's own would. */
function makeCertificates(): void {
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '2',
    '-subj',
    '/CN=Example authority',
  );
  for (const [name, alt] of [
    ['server', 'DNS:temporal.example.com'],
    ['client', 'DNS:quell.example.com'],
  ] as const)
    openssl(
      ...['req', '-x509', ...key, '-keyout', `${name}.key`, '-out', `${name}.pem`, '-days', '2'],
      ...[
        '-subj',
        `/CN=${name}`,
        '-addext',
        `subjectAltName=${alt}`,
        '-addext',
        'basicConstraints=critical,CA:FALSE',
        '-CA',
        'ca.pem',
        '-CAkey',
        'ca.key',
      ],
    );
}

describe.runIf(hasOpenssl)('Temporal behind mutual TLS', () => {
  beforeAll(async () => {
    makeCertificates();
    temporal = await DevServer.start({
      cli: temporalCli(),
      port: await freePort(0),
      database: at('temporal.db'),
      log: at('temporal.log'),
    });
    const [host = '', port = ''] = temporal.address.split(':');
    front = createServer(
      {
        key: readFileSync(at('server.key')),
        cert: readFileSync(at('server.pem')),
        ca: readFileSync(at('ca.pem')),
        requestCert: true,
        rejectUnauthorized: true,
        ALPNProtocols: ['h2'],
      },
      (socket) => {
        const back = dial(Number(port), host);
        socket.pipe(back).pipe(socket);
        for (const end of [socket, back]) end.on('error', () => [socket, back].forEach((s) => s.destroy()));
      },
    );
    await new Promise<void>((done) => front.listen(0, '127.0.0.1', done));
  }, 60_000);

  afterAll(async () => {
    front.close();
    await temporal.stop();
  });

  const env = (): Readonly<Record<string, string>> => ({
    TEMPORAL_ADDRESS: `127.0.0.1:${(front.address() as AddressInfo).port}`,
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: at('ca.pem'),
    TEMPORAL_TLS_SERVER_NAME: 'temporal.example.com',
  });
  const withCertificate = (): Readonly<Record<string, string>> => ({
    ...env(),
    TEMPORAL_TLS_CLIENT_CERT_PATH: at('client.pem'),
    TEMPORAL_TLS_CLIENT_KEY_PATH: at('client.key'),
  });

  it('reaches a server that asks for a client certificate, as a client and as a worker', async () => {
    const { namespace, ...server } = temporalSettings(withCertificate());
    for (const connection of [await Connection.connect(server), await NativeConnection.connect(server)]) {
      const { namespaceInfo } = await connection.workflowService.describeNamespace({ namespace });
      expect(namespaceInfo?.name).toBe('default');
      await connection.close();
    }
  });

  it('is turned away without the certificate', async () => {
    const { namespace: _, ...server } = temporalSettings(env());
    await expect(Connection.connect({ ...server, connectTimeout: 2_000 })).rejects.toThrow();
  });
});
