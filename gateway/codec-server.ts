import type { Payload, PayloadCodec } from '@temporalio/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { QuellError } from '../domain/errors.js';

/** A page of a history is larger than anything else that the console takes. */
const BODY_LIMIT = 16 * 1024 * 1024;

const base64 = z.string().regex(/^[A-Za-z0-9+/_-]*={0,2}$/);
const Body = z
  .object({
    payloads: z.array(z.object({ metadata: z.record(z.string(), base64).nullish(), data: base64.nullish() })).nullish(),
  })
  .nullish();

export interface CodecServerOptions {
  /** Path before `/decode`. */
  readonly prefix: string;
  /** Of the Temporal UI, exactly. */
  readonly origins: readonly string[];
  readonly codec: PayloadCodec;
  /**
   * Who may decode, beside the right origin (which any program can claim): production asks for the console's session, which the browser
   * sends when the UI runs with `--codec-include-credentials` on the console's site. The loopback demo goes by the peer's address.
   */
  readonly allowed: (request: FastifyRequest) => boolean;
}

/** Decodes payloads for the Temporal UI: decode only (`POST <prefix>/decode`), nothing is ever encoded for a caller. */
export function registerCodecServer(
  app: FastifyInstance,
  { prefix, origins, codec, allowed }: CodecServerOptions,
): void {
  const isOurs = ({ headers }: FastifyRequest): boolean =>
    headers.origin !== undefined && origins.includes(headers.origin);
  const withCors = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
    reply.headers({
      'access-control-allow-origin': request.headers.origin,
      'access-control-allow-headers': 'content-type,x-namespace,authorization',
      'access-control-allow-methods': 'POST',
      'access-control-allow-credentials': 'true',
      'cache-control': 'no-store',
      vary: 'origin',
    });

  app.options(`${prefix}/decode`, async (request, reply) =>
    isOurs(request) ? withCors(request, reply).code(204).send() : reply.code(403).send(),
  );
  // The UI adds a query; the path alone decides.
  app.post(`${prefix}/decode`, { bodyLimit: BODY_LIMIT }, async (request, reply) => {
    if (!isOurs(request) || !allowed(request)) return reply.code(403).send({ message: 'not for this caller' });
    const body = Body.safeParse(request.body);
    if (!body.success) return withCors(request, reply).code(400).send({ message: 'not payloads' });
    const payloads = (body.data?.payloads ?? []).map(({ metadata, data }) => ({
      metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([k, v]) => [k, Buffer.from(v, 'base64')])),
      data: Buffer.from(data ?? '', 'base64'),
    }));
    const decoded = await Promise.all(payloads.map((payload) => decodeOne(codec, payload)));
    return withCors(request, reply).send({ payloads: decoded.map(inJson) });
  });
}

/** One payload of a key that is gone must not hide the rest of its page: it comes back as it was. */
async function decodeOne(codec: PayloadCodec, payload: Payload): Promise<Payload> {
  try {
    return (await codec.decode([payload]))[0] ?? payload;
  } catch (error) {
    if (!(error instanceof QuellError)) throw error;
    return payload;
  }
}

const inJson = ({ metadata, data }: Payload): object => ({
  metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([k, v]) => [k, Buffer.from(v).toString('base64')])),
  data: Buffer.from(data ?? []).toString('base64'),
});

/** Whether a request comes from this machine. */
export const isLoopback = ({ socket }: FastifyRequest): boolean =>
  ['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(socket.remoteAddress ?? '');
