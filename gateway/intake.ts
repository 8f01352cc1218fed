import fastifyFormbody from '@fastify/formbody';
import Fastify, { type FastifyInstance } from 'fastify';
import { QuellError } from '../domain/errors.js';
import type { InboxMessage, SettledOutcome } from '../store/inbox.js';
import type { SecretKey } from '../store/key-ring.js';
import { registerAlerts, type AlertSource } from './intake/alerts.js';
import { registerAnswers } from './intake/answers.js';
import { registerCallbacks, type ChatCallers } from './intake/callbacks.js';
import type { IssuerKeys } from './intake/verify-sender.js';
import { REQUEST_WITHIN_MS, requestWithin } from './server-times.js';

const BODY_LIMIT = 1024 * 1024;
/** Answer tokens are part of the path. */
const MAX_PARAMETER = 1_000;
const RETRY_AFTER_S = '30';

export interface IntakeOptions {
  readonly inbox: { append(message: InboxMessage): Promise<{ readonly seq: number; readonly duplicate: boolean }> };
  readonly sources: readonly AlertSource[];
  /** Secret of a source (`source-<name>`, while it is changed also `source-<name>-previous`); undefined closes it. */
  readonly secret: (name: string) => string | undefined;
  readonly callers: ChatCallers;
  /** What became of a message. */
  readonly outcome: (seq: number) => Promise<SettledOutcome | undefined>;
  /** Checks answer tokens, so that strangers cannot fill the inbox; makes receipts unguessable. */
  readonly answerKey: SecretKey;
  readonly publicUrl: string;
  readonly issuerKeys?: IssuerKeys;
  /** Milliseconds for a request to arrive; 15 seconds. */
  readonly requestWithinMs?: number;
  readonly now?: () => Date;
  /** Told of errors that are nobody's answer; no personal data. */
  readonly log?: (what: string, data: Readonly<Record<string, unknown>>) => void;
}

/** The public edge: verifies, writes to the inbox (on disk before the answer), answers. It holds webhook secrets and the inbox's public key. */
export function createIntake(options: IntakeOptions): FastifyInstance {
  const { now = () => new Date(), log = () => undefined } = options;
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    ...requestWithin(options.requestWithinMs ?? REQUEST_WITHIN_MS),
    forceCloseConnections: true,
    routerOptions: { maxParamLength: MAX_PARAMETER },
  });
  // Signatures are over bytes: nothing is parsed before they are checked. What has no parser is 415.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(/^application\/([a-z0-9.-]+\+)?json\b/i, { parseAs: 'buffer' }, (_, body, done) =>
    done(null, body),
  );
  app.addContentTypeParser('text/plain', { parseAs: 'buffer', bodyLimit: 1_024 }, (_, body, done) => done(null, body));
  void app.register(fastifyFormbody);

  app.addHook('onSend', async (_, reply) => {
    reply.headers({
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    });
  });
  app.setErrorHandler(async (error: Error & { statusCode?: number }, _, reply) => {
    if (error instanceof QuellError) {
      const status = statusOf(error);
      if (status === 503) reply.header('retry-after', RETRY_AFTER_S);
      return reply.code(status).send({ accepted: false, code: error.code, message: error.message });
    }
    const status = error.statusCode ?? 500;
    if (status >= 500) log('request failed', { failure: error.name });
    return reply.code(status).send({ accepted: false, message: status < 500 ? error.message : 'not accepted' });
  });

  app.get('/health', () => ({ ok: true }));
  registerAlerts(app, options, now);
  registerAnswers(app, options, now);
  registerCallbacks(app, options, now);
  return app;
}

function statusOf({ code, retryable }: QuellError): number {
  if (code === 'SIGNATURE') return 401;
  return retryable ? 503 : 400;
}
