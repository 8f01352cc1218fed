import { connect } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { useEdges } from './support/answers.js';
import { playConsole } from './support/played-console.js';

const edge = useEdges();
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()));
});

/** Sends the beginning of a request and then a byte now and again, for as long as the other side lets it. What came back. */
async function drip(app: FastifyInstance, beginning: string, byte: string): Promise<string> {
  const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  return await new Promise((resolve) => {
    let more: NodeJS.Timeout | undefined;
    const socket = connect(Number(port), '127.0.0.1', () => {
      socket.write(beginning); // nothing goes out before it
      more = setInterval(() => socket.writable && socket.write(byte), 20);
    });
    let answer = '';
    socket.on('data', (data) => (answer += data.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(more);
      resolve(answer);
    });
  });
}

const head = (method: string, url: string): string =>
  `${method} ${url} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n`;
const CASES = [
  ['a body that never ends', (url: string) => `${head('POST', url)}content-length: 1000\r\n\r\n{`, ' '],
  [
    'a chunked body that never ends',
    (url: string) => `${head('POST', url)}transfer-encoding: chunked\r\n\r\n`,
    '1\r\n \r\n',
  ],
  ['a head that never ends', (url: string) => `${head('POST', url)}x-slow: `, 'x'],
] as const;

describe.each(CASES)('%s', (_, beginning, byte) => {
  it('is cut at the intake, and nothing is kept', async () => {
    const e = await edge({ requestWithinMs: 300 });
    ends.push(e.close);
    expect(await drip(e.app, beginning('/alerts/siem'), byte)).toMatch(/^HTTP\/1.1 408/);
    expect(await e.kept()).toEqual([]);
  });

  it('is cut at the console', async () => {
    const p = playConsole({ requestWithinMs: 300 });
    ends.push(() => p.app.close());
    expect(await drip(p.app, beginning('/login'), byte)).toMatch(/^HTTP\/1.1 408/);
    expect(p.audits).toEqual([]);
  });
});

describe('unless told otherwise', () => {
  it('fifteen seconds are for the whole of a request, and somebody looks at least every second', async () => {
    const e = await edge();
    const p = playConsole();
    ends.push(e.close, () => p.app.close());
    for (const { server } of [e.app, p.app])
      expect(server).toMatchObject({
        requestTimeout: 15_000,
        headersTimeout: 15_000,
        connectionsCheckingInterval: 1_000,
      });
  });
});
