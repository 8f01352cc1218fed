import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { hostname } from 'node:os';
import { connect as connectTls } from 'node:tls';
import { QuellError } from '../../domain/errors.js';
import type { Instant } from '../../domain/platform.js';

/** Facility 13 (log audit), severity 5 (notice): https://www.rfc-editor.org/rfc/rfc5424#section-6.2.1 */
const PRIORITY = 13 * 8 + 5;
const SENT_WITHIN_MS = 10_000;
const PORTS = { 'udp:': 514, 'tcp:': 601, 'tls:': 6514 } as const;

/**
 * Sends one message by RFC 5424 to `udp://host:port`, `tcp://…` or `tls://…` (verified, by the system's certificates and NODE_EXTRA_CA_CERTS). Syslog answers nothing: over UDP
 * nobody knows that it came, over the others that it was sent. Errors: STORE.
 */
export async function sendSyslog(url: string, at: Instant, text: string): Promise<void> {
  const { protocol, hostname: host, port } = new URL(url);
  const to = { host: host.replace(/^\[|\]$/g, ''), port: Number(port || PORTS[protocol as keyof typeof PORTS]) };
  const line = Buffer.from(`<${PRIORITY}>1 ${at} ${hostname() || '-'} quell ${process.pid} audit-head - ${text}`);
  try {
    await (protocol === 'udp:' ? byUdp(to, line) : byStream(protocol === 'tls:', to, line));
  } catch {
    throw new QuellError('STORE', 'the head of the audit log was not sent by syslog');
  }
}

interface Address {
  readonly host: string;
  readonly port: number;
}

async function byUdp({ host, port }: Address, line: Buffer): Promise<void> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  try {
    await new Promise<void>((resolve, reject) => {
      socket.on('error', reject);
      socket.send(line, port, host, (error) => (error ? reject(error) : resolve()));
    });
  } finally {
    socket.close();
  }
}

/** Framed by its length (RFC 6587, 3.4.1; RFC 5425, 4.3). */
async function byStream(isTls: boolean, to: Address, line: Buffer): Promise<void> {
  const signal = AbortSignal.timeout(SENT_WITHIN_MS);
  const socket = isTls ? connectTls({ ...to, servername: to.host }) : connectTcp(to);
  try {
    await once(socket, isTls ? 'secureConnect' : 'connect', { signal });
    socket.end(Buffer.concat([Buffer.from(`${line.length} `), line]));
    await once(socket, 'close', { signal });
  } finally {
    socket.destroy();
  }
}
