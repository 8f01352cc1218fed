import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

/** A real forward proxy that takes every name for one server, and notes which it was asked for. */
let proxy: Server;
let server: Server;
let tunnels: string[] = [];
let credentials: (string | undefined)[] = [];
const portOf = (s: Server): number => (s.address() as AddressInfo).port;
const listen = (s: Server): Promise<void> => new Promise((resolve) => s.listen(0, '127.0.0.1', resolve));

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          host: request.headers.host,
          method: request.method,
          authorization: request.headers.authorization,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
  });
  proxy = createServer((_, response) => response.writeHead(501).end());
  proxy.on('connect', (request, socket) => {
    tunnels.push(request.url ?? '');
    credentials.push(request.headers['proxy-authorization']);
    const up = connect(portOf(server), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(up).pipe(socket);
    });
    up.on('error', () => socket.destroy());
    socket.on('error', () => up.destroy());
  });
  await listen(server);
  await listen(proxy);
});
afterAll(async () => {
  for (const s of [server, proxy]) {
    s.closeAllConnections();
    await new Promise((resolve) => s.close(resolve));
  }
});

beforeEach(() => {
  tunnels = [];
  credentials = [];
  vi.resetModules();
  for (const name of ['http_proxy', 'https_proxy', 'no_proxy'])
    for (const spelled of [name, name.toUpperCase()]) vi.stubEnv(spelled, undefined);
});
afterEach(() => vi.unstubAllEnvs());

const proxyUrl = (user = ''): string => `http://${user}127.0.0.1:${String(portOf(proxy))}`;
/** The server at an address that counts as no loopback. */
const here = (): string => `http://0.0.0.0:${String(portOf(server))}/`;
/** As a process that starts with these settings. */
async function fresh(env: Record<string, string>): Promise<typeof fetch> {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  return (await import('../../../platforms/wire/outgoing.js')).outgoing;
}

describe('requests that leave the house', () => {
  it.each(['HTTP_PROXY', 'http_proxy'])('go through the proxy of %s', async (name) => {
    const send = await fresh({ [name]: proxyUrl() });
    const response = await send('http://vendor.example.com/x', {
      method: 'POST',
      headers: new Headers({ authorization: 'Bearer t' }),
      body: new URLSearchParams({ a: '1' }),
    });
    expect(await response.json()).toEqual({
      host: 'vendor.example.com',
      method: 'POST',
      authorization: 'Bearer t',
      body: 'a=1',
    });
    expect(tunnels).toEqual(['vendor.example.com:80']);
  });

  it.each(['HTTPS_PROXY', 'https_proxy'])('take a tunnel for https by %s', async (name) => {
    const send = await fresh({ [name]: proxyUrl() });
    // The server behind speaks no TLS: that the tunnel was asked for is what can be seen.
    await expect(send('https://vendor.example.com/x')).rejects.toThrow('fetch failed');
    expect(tunnels).toEqual(['vendor.example.com:443']);
  });

  it('prove themselves to a proxy that asks for it', async () => {
    const send = await fresh({ HTTP_PROXY: proxyUrl('quell:pass@') });
    await send('http://vendor.example.com/');
    expect(credentials).toEqual([`Basic ${Buffer.from('quell:pass').toString('base64')}`]);
  });

  it.each(['NO_PROXY', 'no_proxy'])('go past the proxy where %s says so', async (name) => {
    const send = await fresh({ HTTP_PROXY: proxyUrl(), [name]: 'intern.example.com, 0.0.0.0' });
    await send(here());
    expect(tunnels).toEqual([]);
    await send('http://vendor.example.org/');
    expect(tunnels).toEqual(['vendor.example.org:80']);
  });

  it.each(['127.0.0.1', 'localhost'])('never use a proxy for %s', async (host) => {
    const send = await fresh({ HTTP_PROXY: proxyUrl(), HTTPS_PROXY: proxyUrl() });
    const url = `http://${host}:${String(portOf(server))}/`;
    expect(await (await send(url)).json()).toMatchObject({ method: 'GET' });
    expect(tunnels).toEqual([]);
  });

  it('go straight without a proxy, and load nothing for it', async () => {
    vi.doMock('undici', () => {
      throw new Error('not needed');
    });
    const send = await fresh({});
    expect((await send(here())).status).toBe(200);
    vi.doUnmock('undici');
  });

  it('are given up when the caller leaves, through a proxy too', async () => {
    const send = await fresh({ HTTP_PROXY: proxyUrl() });
    await expect(send('http://vendor.example.com/', { signal: AbortSignal.abort(new Error('left')) })).rejects.toThrow(
      'left',
    );
    expect(tunnels).toEqual([]);
  });
});
