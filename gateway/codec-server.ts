import type { FastifyInstance } from 'fastify';
import type { PayloadCodec } from '@temporalio/common';

interface JsonPayload {
  readonly metadata?: Readonly<Record<string, string>>;
  readonly data?: string;
}

/**
 * Decodes payloads for the Temporal UI: decode only, for the given origins alone. The UI sends no credential by default, so
 * in the demo the origin on loopback decides; in production it stands behind the console's sign-in (`allowed`).
 */
export function registerCodecServer(
  app: FastifyInstance,
  options: {
    readonly prefix: string;
    readonly origins: readonly string[];
    readonly codec: PayloadCodec;
    readonly allowed?: (authorization: string | undefined) => boolean;
  },
): void {
  const { prefix, origins, codec, allowed = () => true } = options;
  const cors = (origin: string): Record<string, string> => ({
    'access-control-allow-origin': origin,
    'access-control-allow-headers': 'content-type,x-namespace,authorization',
    'access-control-allow-methods': 'POST',
    'access-control-allow-credentials': 'true',
    vary: 'origin',
  });
  app.options(`${prefix}/decode`, async (request, reply) => {
    const { origin } = request.headers;
    if (origin === undefined || !origins.includes(origin)) return reply.code(403).send();
    return reply.headers(cors(origin)).code(204).send();
  });
  app.post<{ Body: { payloads?: readonly JsonPayload[] } | undefined }>(`${prefix}/decode`, async (request, reply) => {
    const { origin, authorization } = request.headers;
    if (origin === undefined || !origins.includes(origin) || !allowed(authorization))
      return reply.code(403).send({ message: 'not for this origin' });
    const payloads = (request.body?.payloads ?? []).map(({ metadata, data }) => ({
      metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([k, v]) => [k, Buffer.from(v, 'base64')])),
      data: Buffer.from(data ?? '', 'base64'),
    }));
    const decoded = await codec.decode(payloads, undefined);
    return reply.headers(cors(origin)).send({
      payloads: decoded.map(({ metadata, data }) => ({
        metadata: Object.fromEntries(
          Object.entries(metadata ?? {}).map(([k, v]) => [k, Buffer.from(v).toString('base64')]),
        ),
        data: Buffer.from(data ?? []).toString('base64'),
      })),
    });
  });
}
