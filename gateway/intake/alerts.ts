import { createHash, createHmac } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { QuellError } from '../../domain/errors.js';
import type { Glance } from '../alerts/glance.js';
import { Glancer } from '../alerts/glancer.js';
import type { AlertParser } from '../alerts/kit/parser.js';
import type { IntakeOptions } from '../intake.js';
import type { Limits } from '../limits.js';
import { singleHeaders } from '../single-headers.js';
import { equalText } from '../../platforms/equal-text.js';
import { IssuerKeys, verifySender, type SenderAuth } from './verify-sender.js';

/** A configured sender of alerts. */
export interface AlertSource extends SenderAuth {
  readonly name: string;
  readonly format: string;
  /** For a format that a mapping file teaches. */
  readonly parser?: AlertParser | undefined;
}

const MAX_VALIDATION_TOKEN = 1_024;

interface AlertRequest {
  Params: { source: string };
  Querystring: Record<string, unknown>;
  Body: Buffer | undefined;
}

/** `POST /alerts/{source}` and `GET /alerts/status/{receipt}`. */
export function registerAlerts(app: FastifyInstance, options: IntakeOptions, now: () => Date, limits: Limits): void {
  const { inbox, sources, secret, publicUrl, outcome } = options;
  const keys = options.issuerKeys ?? new IssuerKeys();
  const glancer = new Glancer(options.reading);
  app.addHook('onClose', () => glancer.close());
  const secretsOf = (name: string): readonly string[] =>
    [secret(`source-${name}`), secret(`source-${name}-previous`)].filter((s) => s !== undefined);

  app.post<AlertRequest>('/alerts/:source', async (request, reply) => {
    const source = sources.find((s) => s.name === request.params.source);
    if (!source)
      return reply.code(404).send({
        accepted: false,
        message: 'There is no alert source of this name. Sources are named in the configuration.',
      });
    const { validationToken } = request.query;
    // Graph proves at subscription time that the address is ours by an echo, before any secret.
    if (source.auth === 'graph-client-state' && typeof validationToken === 'string')
      return reply.type('text/plain').send(validationToken.slice(0, MAX_VALIDATION_TOKEN));
    // A body that claims to be something else is not looked at.
    if (!isJson(request)) return reply.code(415).send({ accepted: false, message: 'send application/json in UTF-8' });
    const body = request.body ?? Buffer.alloc(0);
    const sent = { headers: singleHeaders(request), query: request.query, rawBody: body };
    await verifySender(source, secretsOf(source.name), sent, now(), keys);
    await limits.count(request, 'source', source.name);
    const receivedAt = now().toISOString();
    const { name, format, parser } = source;
    const glance = await glancer.glance(body, { source: name, format, parser, receivedAt });
    if ('refused' in glance) throw new QuellError(glance.refused.code, glance.refused.detail);
    const { seq, duplicate } = await inbox.append({
      kind: 'alert',
      source: source.name,
      dedupeKey: createHash('sha256').update(body).digest('hex'),
      receivedAt,
      contentType: 'application/json',
      body,
    });
    const receipt = receiptOf(options, seq);
    return reply.code(202).send({
      accepted: true,
      repeat: duplicate,
      receipt,
      status: `${publicUrl}/alerts/status/${receipt}`,
      ...noteOf(glance),
    });
  });

  app.get<{ Params: { receipt: string } }>('/alerts/status/:receipt', async (request, reply) => {
    const seq = Number(request.params.receipt.split('-')[0]);
    if (!Number.isSafeInteger(seq) || !equalText(request.params.receipt, receiptOf(options, seq)))
      return reply.code(404).send({ message: 'no such receipt' });
    await limits.count(request, 'answer', `receipt:${seq}`);
    const became = await outcome(seq);
    if (became === 'waiting') return { seq, status: 'waiting', text: 'Accepted, not delivered yet.' };
    return (
      became ?? { seq, status: 'forgotten', text: 'Settled so long ago that what became of it is no longer known.' }
    );
  });
}

/** What its sender is told of a body that is kept, and by itself opens no case. */
function noteOf(glance: Exclude<Glance, { refused: unknown }>): { readonly note?: string } {
  if ('unread' in glance) return { note: `kept, not read yet: ${glance.unread}` };
  const { alerts, problem } = glance;
  return alerts === 0 && problem !== undefined ? { note: `kept as a dead letter: ${problem}` } : {};
}

function isJson({ headers }: FastifyRequest): boolean {
  const [type = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  const charset = parameters.map((p) => p.trim()).find((p) => p.startsWith('charset='));
  return (
    /^application\/([a-z0-9.-]+\+)?json$/.test(type.trim()) &&
    (charset === undefined || charset.replaceAll('"', '') === 'charset=utf-8') &&
    headers['content-encoding'] === undefined
  );
}

/** Sequence number and a proof that nobody can guess. */
const receiptOf = ({ answerKey }: IntakeOptions, seq: number): string =>
  `${seq}-${createHmac('sha256', answerKey.bytes).update(`quell receipt v1\0${seq}`).digest('base64url').slice(0, 22)}`;
