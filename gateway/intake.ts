import { createHmac } from 'node:crypto';
import fastifyFormbody from '@fastify/formbody';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { QuellError } from '../domain/errors.js';
import type { InboxMessage, SettledOutcome } from '../store/inbox.js';
import { answerPage, thanksPage } from './answer-page.js';
import { verifySender, type SenderAuth } from './verify-sender.js';

const BODY_LIMIT = 1024 * 1024;
const MAX_TOKEN = 1_000;
const RETRY_AFTER_S = '30';
const ANSWERS = ['me', 'not_me', 'unsure'] as const;

export interface IntakeOptions {
  readonly inbox: { append(message: InboxMessage): Promise<{ readonly seq: number; readonly duplicate: boolean }> };
  readonly sources: readonly (SenderAuth & { readonly name: string })[];
  /** Secret of a source or callback; undefined closes it. */
  secret(name: string): string | undefined;
  /** What became of a message. */
  outcome(seq: number): Promise<SettledOutcome | undefined>;
  /** Makes receipts unguessable. */
  readonly receiptKey: Buffer;
  readonly publicUrl: string;
  readonly now?: () => Date;
}

/** The public edge: verifies, writes to the inbox, answers. It holds webhook secrets and the inbox's public key, nothing else. */
export function createIntake(options: IntakeOptions): FastifyInstance {
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: MAX_TOKEN },
  });
  const now = options.now ?? (() => new Date());
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser(
    ['application/json', 'application/cloudevents+json', 'text/plain'],
    { parseAs: 'buffer' },
    (_, body, done) => done(null, body),
  );
  void app.register(fastifyFormbody);

  app.setErrorHandler(async (error: Error & { statusCode?: number }, _, reply) => {
    if (!(error instanceof QuellError))
      return reply
        .code(error.statusCode ?? 500)
        .send({ accepted: false, message: error.statusCode === undefined ? 'not accepted' : error.message });
    if (error.code === 'INBOX_FULL' || error.code === 'STORE')
      return reply
        .code(503)
        .header('retry-after', RETRY_AFTER_S)
        .send({ accepted: false, code: error.code, message: error.message });
    return reply
      .code(error.code === 'SIGNATURE' ? 401 : 400)
      .send({ accepted: false, code: error.code, message: error.message });
  });

  app.get('/health', () => ({ ok: true }));
  registerAlerts(app, options, now);
  registerAnswers(app, options, now);
  registerSlackCallback(app, options, now);
  return app;
}

function registerAlerts(app: FastifyInstance, options: IntakeOptions, now: () => Date): void {
  app.post<{ Params: { source: string }; Querystring: Record<string, string | undefined>; Body: Buffer | undefined }>(
    '/alerts/:source',
    async (request, reply) => {
      const source = options.sources.find((s) => s.name === request.params.source);
      if (!source)
        return reply.code(404).send({
          accepted: false,
          message: `There is no alert source ${request.params.source.slice(0, 40)}. Sources are named in the configuration.`,
        });
      // Graph proves at subscription time that the address is ours by an echo.
      const { validationToken } = request.query;
      if (source.auth === 'graph-client-state' && validationToken !== undefined)
        return reply.type('text/plain').send(validationToken);
      const body = request.body ?? Buffer.alloc(0);
      await verifySender(
        source,
        options.secret(`source-${source.name}`),
        { headers: request.headers, query: request.query, rawBody: body },
        now(),
      );
      assertJson(body);
      return accept(options, reply, {
        kind: 'alert',
        source: source.name,
        dedupeKey: `${source.name}:${body.toString('base64')}`,
        receivedAt: now().toISOString(),
        contentType: 'application/json',
        body,
      });
    },
  );

  app.get<{ Params: { receipt: string } }>('/alerts/status/:receipt', async (request, reply) => {
    const seq = Number(request.params.receipt.split('-')[0]);
    if (!Number.isSafeInteger(seq) || request.params.receipt !== receiptOf(options, seq))
      return reply.code(404).send({ message: 'no such receipt' });
    const outcome = await options.outcome(seq);
    return outcome ?? { seq, status: 'waiting', text: 'Accepted, not delivered yet.' };
  });
}

function assertJson(body: Buffer): void {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (typeof value === 'object' && value !== null) return;
  } catch {
    // told below
  }
  throw new QuellError('ALERT_FORMAT', 'the body is not a JSON object');
}

/** On disk before the answer. The address of the status holds a receipt that nobody can guess. */
async function accept(options: IntakeOptions, reply: FastifyReply, message: InboxMessage): Promise<FastifyReply> {
  const { seq, duplicate } = await options.inbox.append(message);
  const receipt = receiptOf(options, seq);
  return reply
    .code(202)
    .send({ accepted: true, repeat: duplicate, receipt, status: `${options.publicUrl}/alerts/status/${receipt}` });
}

const receiptOf = ({ receiptKey }: IntakeOptions, seq: number): string =>
  `${seq}-${createHmac('sha256', receiptKey).update(String(seq)).digest('base64url').slice(0, 22)}`;

/** The contact question's page. Looking at it decides nothing: link previews look too. The console checks the token. */
function registerAnswers(app: FastifyInstance, options: IntakeOptions, now: () => Date): void {
  const page = (reply: FastifyReply, html: string): FastifyReply =>
    reply
      .type('text/html')
      .header(
        'content-security-policy',
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
      )
      .header('referrer-policy', 'no-referrer')
      .send(html);
  app.get('/answers/:token', (_, reply) => page(reply, answerPage()));
  app.post<{ Params: { token: string }; Body: { answer?: string } | undefined }>(
    '/answers/:token',
    async (request, reply) => {
      const given = ANSWERS.find((a) => a === request.body?.answer);
      if (!given || request.params.token.length > MAX_TOKEN)
        throw new QuellError('ALERT_FORMAT', 'the answer must be me, not_me or unsure');
      const body = Buffer.from(JSON.stringify({ token: request.params.token, answer: given }));
      await options.inbox.append({
        kind: 'callback',
        source: 'answer-page',
        dedupeKey: body.toString('utf8'),
        receivedAt: now().toISOString(),
        contentType: 'application/json',
        body,
      });
      return page(reply, thanksPage());
    },
  );
}

/** Slack's button presses: signed, answered within its three seconds. */
function registerSlackCallback(app: FastifyInstance, options: IntakeOptions, now: () => Date): void {
  void app.register((scope, _, done) => {
    scope.removeContentTypeParser('application/x-www-form-urlencoded');
    scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'buffer' }, (_request, body, parsed) =>
      parsed(null, body),
    );
    scope.post<{ Body: Buffer | undefined }>('/callbacks/slack', async (request, reply) => {
      const body = request.body ?? Buffer.alloc(0);
      await verifySender(
        { auth: 'slack' },
        options.secret('slack-signing'),
        { headers: request.headers, query: {}, rawBody: body },
        now(),
      );
      await options.inbox.append({
        kind: 'callback',
        source: 'slack',
        dedupeKey: body.toString('base64'),
        receivedAt: now().toISOString(),
        contentType: 'application/x-www-form-urlencoded',
        body,
      });
      return reply.code(200).send();
    });
    done();
  });
}
