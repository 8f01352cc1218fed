import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { z } from 'zod';

/** Payloads of a page of history; the server takes at most 2 MB each. */
const BODY_LIMIT = 32 * 1024 * 1024;

const base64 = z.string().transform((text) => Buffer.from(text, 'base64'));
const body = z.object({
  payloads: z
    .array(z.object({ metadata: z.record(z.string(), base64).default({}), data: base64.optional() }))
    .default([]),
});

export interface CodecServerOptions {
  readonly prefix: string;
  /** Exact origins of the Temporal UI; no other page may read a reply. */
  readonly origins: readonly string[];
  /** In mode `pass`: a plain payload stays as it is. */
  readonly codec: PayloadCodec;
  /**
   * Who may decode. An origin is no credential (whoever is not a browser says what it likes), so only a demo on loopback goes
   * without; the UI sends cookies and `authorization` when it is told to include credentials.
   */
  readonly allowed?: (request: FastifyRequest) => boolean;
}

/** Decodes payloads for the Temporal UI: `POST <prefix>/decode`, nothing else. What cannot be decoded comes back as it was. */
export function registerCodecServer(app: FastifyInstance, options: CodecServerOptions): void {
  const { prefix, origins, codec, allowed = () => true } = options;
  const cors = ({ headers: { origin } }: FastifyRequest): Record<string, string> | undefined =>
    origin === undefined || !origins.includes(origin)
      ? undefined
      : {
          'access-control-allow-origin': origin,
          'access-control-allow-headers': 'content-type,x-namespace,authorization',
          'access-control-allow-methods': 'POST',
          'access-control-allow-credentials': 'true',
          'cache-control': 'no-store',
          vary: 'origin',
        };

  app.options(`${prefix}/decode`, async (request, reply) => {
    const headers = cors(request);
    return headers ? reply.headers(headers).code(204).send() : reply.code(403).send();
  });

  app.post(`${prefix}/decode`, { bodyLimit: BODY_LIMIT }, async (request, reply) => {
    const headers = cors(request);
    if (!headers || !allowed(request)) return reply.code(403).send({ message: 'not for this origin or person' });
    const parsed = body.safeParse(request.body ?? {});
    if (!parsed.success) return reply.headers(headers).code(400).send({ message: 'not a list of payloads' });
    const decoded = await Promise.all(parsed.data.payloads.map((p) => decodeOne(codec, payloadOf(p))));
    return reply.headers(headers).send({ payloads: decoded.map(jsonOf) });
  });
}

/** One payload of a lost key must not hide the others of its page. */
async function decodeOne(codec: PayloadCodec, payload: Payload): Promise<Payload> {
  try {
    const [decoded] = await codec.decode([payload]);
    return decoded ?? payload;
  } catch {
    return payload;
  }
}

function payloadOf({ metadata, data }: z.infer<typeof body>['payloads'][number]): Payload {
  return { metadata, ...(data === undefined ? {} : { data }) };
}

function jsonOf({ metadata, data }: Payload): object {
  return {
    metadata: Object.fromEntries(
      Object.entries(metadata ?? {}).map(([k, v]) => [k, Buffer.from(v).toString('base64')]),
    ),
    data: Buffer.from(data ?? []).toString('base64'),
  };
}
