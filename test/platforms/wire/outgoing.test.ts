import { createServer, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { close, forwardProxy, listen, portOf, type ForwardProxy } from '../../support/proxy.js';

/** It takes every name for one server. */
let proxy: ForwardProxy;
let server: Server;

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
  await listen(server);
  proxy = await forwardProxy(portOf(server));
});
afterAll(async () => {
  await proxy.close();
  await close(server);
});

beforeEach(() => {
  proxy.tunnels.length = 0;
  proxy.credentials.length = 0;
  vi.resetModules();
  for (const name of ['http_proxy', 'https_proxy', 'no_proxy'])
    for (const spelled of [name, name.toUpperCase()]) vi.stubEnv(spelled, undefined);
});
afterEach(() => vi.unstubAllEnvs());

/** The server at an address that counts as no loopback. */
const here = (): string => `http://0.0.0.0:${String(portOf(server))}/`;
/** As a process that starts with these settings. */
async function fresh(env: Record<string, string>): Promise<typeof fetch> {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  return (await import('../../../platforms/wire/outgoing.js')).outgoing;
}

describe('requests that leave the house', () => {
  it.each(['HTTP_PROXY', 'http_proxy'])('go through the proxy of %s', async (name) => {
    const send = await fresh({ [name]: proxy.url() });
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
    expect(proxy.tunnels).toEqual(['vendor.example.com:80']);
  });

  it.each(['HTTPS_PROXY', 'https_proxy'])('take a tunnel for https by %s', async (name) => {
    const send = await fresh({ [name]: proxy.url() });
    // The server behind speaks no TLS: that the tunnel was asked for is what can be seen.
    await expect(send('https://vendor.example.com/x')).rejects.toThrow('fetch failed');
    expect(proxy.tunnels).toEqual(['vendor.example.com:443']);
  });

  it('prove themselves to a proxy that asks for it', async () => {
    const send = await fresh({ HTTP_PROXY: proxy.url('quell:pass@') });
    await send('http://vendor.example.com/');
    expect(proxy.credentials).toEqual([`Basic ${Buffer.from('quell:pass').toString('base64')}`]);
  });

  it.each(['NO_PROXY', 'no_proxy'])('go past the proxy where %s says so', async (name) => {
    const send = await fresh({ HTTP_PROXY: proxy.url(), [name]: 'intern.example.com, 0.0.0.0' });
    await send(here());
    expect(proxy.tunnels).toEqual([]);
    await send('http://vendor.example.org/');
    expect(proxy.tunnels).toEqual(['vendor.example.org:80']);
  });

  it.each(['127.0.0.1', 'localhost'])('never use a proxy for %s', async (host) => {
    const send = await fresh({ HTTP_PROXY: proxy.url(), HTTPS_PROXY: proxy.url() });
    const url = `http://${host}:${String(portOf(server))}/`;
    expect(await (await send(url)).json()).toMatchObject({ method: 'GET' });
    expect(proxy.tunnels).toEqual([]);
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
    const send = await fresh({ HTTP_PROXY: proxy.url() });
    await expect(send('http://vendor.example.com/', { signal: AbortSignal.abort(new Error('left')) })).rejects.toThrow(
      'left',
    );
    expect(proxy.tunnels).toEqual([]);
  });
});
