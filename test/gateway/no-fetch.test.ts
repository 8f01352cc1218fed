import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import dns from 'node:dns';
import net from 'node:net';
import { FORMAT_NAMES } from '../../gateway/alerts/index.js';
import { hmacSignature } from '../../gateway/intake/verify-sender.js';
import { sampleOf } from './alerts/samples.js';
import { useEdges } from './support/answers.js';
import { NOW, SECRET } from './support/edge.js';

const edge = useEdges();
const asked: unknown[] = [];
beforeEach(() => {
  asked.length = 0;
  const note =
    (what: string) =>
    (...given: readonly unknown[]): never => {
      asked.push([what, given[0]]);
      throw new Error('nothing goes out from here');
    };
  vi.spyOn(globalThis, 'fetch').mockImplementation(note('fetch'));
  // What is accepted goes to the database, by its Unix socket.
  const { connect } = net.Socket.prototype;
  vi.spyOn(net.Socket.prototype, 'connect').mockImplementation(function (this: net.Socket, ...given: unknown[]) {
    if (String(given[0]).endsWith('/.s.PGSQL.5432')) return Reflect.apply(connect, this, given) as net.Socket;
    return note('connect')(...given);
  });
  vi.spyOn(dns, 'lookup').mockImplementation(note('lookup'));
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Where nobody must be led: metadata services, this machine in several spellings, a name that may be anything, a way round. */
const TARGETS = [
  'http://169.254.169.254/latest/meta-data/',
  'http://metadata.google.internal/computeMetadata/v1/',
  'http://127.0.0.1:9/',
  'http://[::ffff:169.254.169.254]/',
  'http://localhost/',
  'https://rebind.example.org/',
  'file:///etc/hostname',
];

/** Every text of an alert with an address beside it, and fields that invite to fetch. */
function baited(value: unknown, url: string): unknown {
  if (Array.isArray(value)) return value.map((v) => baited(v, url));
  if (typeof value !== 'object' || value === null) return value;
  const inner = Object.entries(value).map(([k, v]) => [k, baited(v, url)] as const);
  const bait = [
    'url',
    'link',
    'url_private',
    'avatar',
    'image_192',
    'webhook',
    'response_url',
    'results_link',
    'contentUrl',
  ];
  return { ...Object.fromEntries(bait.map((name) => [name, url])), ...Object.fromEntries(inner) };
}

describe('an address in an alert', () => {
  it.each(FORMAT_NAMES)('is followed by nobody: %s', async (format) => {
    const e = await edge({ sources: [{ name: 'siem', format, auth: 'hmac' }] });
    const timestamp = String(Math.floor(NOW.getTime() / 1_000));
    for (const url of TARGETS) {
      const payload = JSON.stringify(baited(sampleOf(format), url));
      const headers = {
        'content-type': 'application/json',
        'x-quell-timestamp': timestamp,
        'x-quell-signature': hmacSignature(SECRET, timestamp, payload),
      };
      const answer = await e.app.inject({ method: 'POST', url: '/alerts/siem', headers, payload });
      expect(answer.statusCode).toBe(202);
    }
    expect(asked).toEqual([]);
    expect(await e.kept()).toHaveLength(TARGETS.length);
  });
});
