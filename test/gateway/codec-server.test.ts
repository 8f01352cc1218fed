import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { isLoopback, registerCodecServer, type CodecServerOptions } from '../../gateway/codec-server.js';
import { EncryptionCodec, payloadKeys } from '../../store/payload-codec.js';
import { testKeys } from '../store/support.js';

const UI = 'http://127.0.0.1:8233';
const keys = payloadKeys(testKeys());

function server(more: Partial<CodecServerOptions> = {}) {
  const app = Fastify();
  registerCodecServer(app, {
    prefix: '/codec',
    origins: [UI],
    codec: new EncryptionCodec(keys, 'pass'),
    allowed: isLoopback,
    ...more,
  });
  return app;
}

const json = ({ metadata, data }: Payload): object => ({
  metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([k, v]) => [k, Buffer.from(v).toString('base64')])),
  data: Buffer.from(data ?? []).toString('base64'),
});

async function encrypted(value: unknown, with_ = keys): Promise<object> {
  const [payload] = await new EncryptionCodec(with_).encode([defaultPayloadConverter.toPayload(value)]);
  return json(payload!);
}

const decode = (
  app: ReturnType<typeof server>,
  payload: unknown,
  headers: Record<string, string | undefined> = { origin: UI },
) => app.inject({ method: 'POST', url: '/codec/decode?preserveStorageRefs=true', headers, payload: payload as object });

const texts = (body: string): readonly unknown[] =>
  (JSON.parse(body) as { payloads: { data: string }[] }).payloads.map(({ data }) =>
    Buffer.from(data, 'base64').toString(),
  );

describe('the codec server', () => {
  it('decodes for the UI, with the headers that its browser asks for', async () => {
    const app = server();
    const asked = await app.inject({ method: 'OPTIONS', url: '/codec/decode', headers: { origin: UI } });
    expect(asked.statusCode).toBe(204);
    expect(asked.headers).toMatchObject({
      'access-control-allow-origin': UI,
      'access-control-allow-headers': 'content-type,x-namespace,authorization',
      'access-control-allow-methods': 'POST',
    });
    const reply = await decode(app, { payloads: [await encrypted({ step: 1 })] });
    expect(reply.statusCode).toBe(200);
    expect(reply.headers['access-control-allow-origin']).toBe(UI);
    expect(texts(reply.body)).toEqual(['{"step":1}']);
  });

  it.each([[{}], [{ origin: 'http://127.0.0.1:8234' }], [{ origin: 'null' }], [{ origin: `${UI}.example.org` }]])(
    'gives nothing to another origin: %j',
    async (headers) => {
      const app = server();
      const payloads = [await encrypted('secret')];
      const reply = await decode(app, { payloads }, headers);
      expect(reply.statusCode).toBe(403);
      expect(reply.headers['access-control-allow-origin']).toBeUndefined();
      expect(reply.body).not.toContain('payloads');
      const asked = await app.inject({ method: 'OPTIONS', url: '/codec/decode', headers });
      expect(asked.statusCode).toBe(403);
    },
  );

  it('asks for a credential where one is configured: an origin is none', async () => {
    const app = server({ allowed: ({ headers }) => headers.authorization === 'Bearer right' });
    const payloads = [await encrypted('secret')];
    expect((await decode(app, { payloads })).statusCode).toBe(403);
    const reply = await decode(app, { payloads }, { origin: UI, authorization: 'Bearer right' });
    expect(texts(reply.body)).toEqual(['"secret"']);
  });

  it('knows this machine by the address of the connection', async () => {
    const payloads = [await encrypted('secret')];
    const from = async (remoteAddress: string): Promise<number> => {
      const headers = { origin: UI, 'x-forwarded-for': '127.0.0.1' };
      return (
        await server().inject({ method: 'POST', url: '/codec/decode', headers, payload: { payloads }, remoteAddress })
      ).statusCode;
    };
    expect(await from('192.0.2.7')).toBe(403);
    expect(await from('::1')).toBe(200);
  });

  it('does not encode', async () => {
    const reply = await server().inject({ method: 'POST', url: '/codec/encode', headers: { origin: UI }, payload: {} });
    expect(reply.statusCode).toBe(404);
  });

  it('takes bodies without payloads, as the Temporal CLI sends them, and refuses what is no list', async () => {
    expect((await decode(server(), {})).json()).toEqual({ payloads: [] });
    for (const payloads of ['x', [1], [{ metadata: { a: 1 } }], [{ data: '<>' }], { 0: {} }])
      expect((await decode(server(), { payloads })).statusCode).toBe(400);
  });

  it('gives back what it cannot decode and still decodes the rest of the page', async () => {
    const lost = await encrypted('other key', payloadKeys(testKeys()));
    const plain = json(defaultPayloadConverter.toPayload('plain'));
    const torn = { ...(await encrypted('torn')), data: Buffer.from('torn').toString('base64') };
    const reply = await decode(server(), { payloads: [lost, plain, torn, await encrypted('ours')] });
    expect((JSON.parse(reply.body) as { payloads: object[] }).payloads.slice(0, 3)).toEqual([lost, plain, torn]);
    expect(texts(reply.body)[3]).toBe('"ours"');
  });
});
