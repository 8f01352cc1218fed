import fastifyFormbody from '@fastify/formbody';
import Fastify, { type FastifyInstance } from 'fastify';
import { QuellError } from '../domain/errors.js';
import type { ChatCallback } from '../platforms/callback.js';
import type { InboxMessage } from '../store/inbox/message.js';
import type { SettledOutcome } from '../store/inbox/outcome.js';
import type { Accepted } from '../store/inbox/writer.js';
import type { SecretKey } from '../store/key-ring.js';
import type { GlancerOptions } from './alerts/glancer.js';
import { registerAlerts, type AlertSource } from './intake/alerts.js';
import { registerAnswers } from './intake/answers.js';
import { registerCallbacks } from './intake/callbacks.js';
import type { IssuerKeys } from './intake/verify-sender.js';
import { Limits, retryAfter } from './limits.js';
import type { PerMinute } from './per-minute.js';
import { REQUEST_WITHIN_MS, requestWithin } from './server-times.js';

const BODY_LIMIT = 1024 * 1024;
/** Answer tokens are part of the path. */
const MAX_PARAMETER = 1_000;
const RETRY_AFTER_S = 30;

export interface IntakeOptions {
  readonly inbox: { append(message: InboxMessage): Promise<Accepted> };
  readonly sources: readonly AlertSource[];
  /** Secret of a source (`source-<name>`, while it is changed also `source-<name>-previous`); undefined closes it. */
  readonly secret: (name: string) => string | undefined;
  /** Chat apps whose buttons are pressed. */
  readonly callbacks: readonly ChatCallback[];
  /** What became of a message; undefined when it is forgotten. */
  readonly outcome: (seq: number) => Promise<SettledOutcome | 'waiting' | undefined>;
  /** Checks answer tokens, so that strangers cannot fill the inbox; makes receipts unguessable. */
  readonly answerKey: SecretKey;
  readonly publicUrl: string;
  readonly issuerKeys?: IssuerKeys;
  /** How bodies of alerts are read as they arrive, where that is not as it is by itself. */
  readonly reading?: Partial<GlancerOptions>;
  /** Milliseconds for a request to arrive; 15 seconds. */
  readonly requestWithinMs?: number;
  readonly limits?: PerMinute;
  /** Addresses (CIDR) of proxies in front, whose `X-Forwarded-For` says where a request comes from; that of anybody else says nothing. */
  readonly proxies?: readonly string[];
  readonly now?: () => Date;
  /** Told of errors that are nobody's answer; no personal data. */
  readonly log?: (what: string, data: Readonly<Record<string, unknown>>) => void;
}

/** The public edge: verifies, writes to the inbox (durable before the answer), answers. It holds webhook secrets and the inbox's public key. */
export function createIntake(options: IntakeOptions): FastifyInstance {
  const { now = () => new Date(), log = () => undefined } = options;
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    ...requestWithin(options.requestWithinMs ?? REQUEST_WITHIN_MS),
    forceCloseConnections: true,
    routerOptions: { maxParamLength: MAX_PARAMETER },
    trustProxy: (options.proxies ?? []).length > 0 ? [...(options.proxies ?? [])] : false,
  });
  const limits = new Limits(app, options.limits);
  // Signatures are over bytes: nothing is parsed before they are checked. What has no parser is 415.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(/^application\/([a-z0-9.-]+\+)?json\b/i, { parseAs: 'buffer' }, (_, body, done) =>
    done(null, body),
  );
  app.addContentTypeParser('text/plain', { parseAs: 'buffer', bodyLimit: 1_024 }, (_, body, done) => done(null, body));
  void app.register(fastifyFormbody);

  app.addHook('onSend', async (request, reply, payload) => {
    reply.headers({
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    });
    // Who has proved nothing is counted last, so that nobody can use up what belongs to a sender by sending in its name.
    if (limits.isCounted(request) || request.routeOptions.url === '/health') return payload;
    try {
      await limits.count(request, 'stranger');
      return payload;
    } catch (error) {
      if (!(error instanceof QuellError)) throw error;
      reply.code(429).headers({ 'retry-after': retryAfter(error, RETRY_AFTER_S), 'content-type': 'application/json' });
      reply.removeHeader('content-length');
      return JSON.stringify({ accepted: false, code: error.code, message: error.message });
    }
  });
  app.setErrorHandler(async (error: Error & { statusCode?: number }, _, reply) => {
    if (error instanceof QuellError) {
      const status = statusOf(error);
      if (status === 503 || status === 429) reply.header('retry-after', retryAfter(error, RETRY_AFTER_S));
      return reply.code(status).send({ accepted: false, code: error.code, message: error.message });
    }
    const status = error.statusCode ?? 500;
    if (status >= 500) log('request failed', { failure: error.name });
    return reply.code(status).send({ accepted: false, message: status < 500 ? error.message : 'not accepted' });
  });

  app.get('/health', () => ({ ok: true }));
  registerAlerts(app, options, now, limits);
  registerAnswers(app, options, now, limits);
  registerCallbacks(app, options, now, limits);
  return app;
}

function statusOf({ code, retryable }: QuellError): number {
  if (code === 'SIGNATURE') return 401;
  if (code === 'TOO_MANY') return 429;
  // What our own database refuses is no fault of the sender, who would give up.
  return retryable || code.startsWith('DATABASE_') ? 503 : 400;
}
