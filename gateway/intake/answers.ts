import type { FastifyInstance, FastifyReply } from 'fastify';
import { QuellError } from '../../domain/errors.js';
import { readAnswerToken } from '../../store/answer-token.js';
import type { IntakeOptions } from '../intake.js';
import type { Limits } from '../limits.js';
import { ANSWER_PAGE_CSP, gonePage, isFormToken, mintFormToken, questionPage, thanksPage } from './answer-page.js';
import { answerMessage } from './inbox-answer.js';

/** The contact question's page. Looking at it decides nothing: link previews look too. */
export function registerAnswers(
  app: FastifyInstance,
  { inbox, answerKey }: IntakeOptions,
  now: () => Date,
  limits: Limits,
): void {
  const page = (reply: FastifyReply, html: string): FastifyReply =>
    reply.type('text/html').header('content-security-policy', ANSWER_PAGE_CSP).send(html);

  app.get<{ Params: { token: string } }>('/answers/:token', async (request, reply) => {
    const { token } = request.params;
    if (!readAnswerToken(token, answerKey, now())) return page(reply.code(404), gonePage());
    await limits.count(request, 'answer', `token:${token}`);
    return page(reply, questionPage(mintFormToken(token, answerKey, now())));
  });

  app.post<{
    Params: { token: string };
    Body: { answer?: unknown; words?: unknown; form?: unknown } | Buffer | undefined;
  }>('/answers/:token', async (request, reply) => {
    const { token } = request.params;
    const body = Buffer.isBuffer(request.body) ? {} : (request.body ?? {});
    if (!readAnswerToken(token, answerKey, now())) return page(reply.code(404), gonePage());
    await limits.count(request, 'answer', `token:${token}`);
    if (request.headers['sec-fetch-site'] === 'cross-site')
      throw new QuellError('SIGNATURE', 'the answer came from another site');
    if (!isFormToken(body.form, token, answerKey, now()))
      return page(reply.code(400), questionPage(mintFormToken(token, answerKey, now())));
    const words = typeof body.words === 'string' ? body.words : undefined;
    const message = answerMessage('page', { token, answer: body.answer, words }, answerKey, now());
    if (!message) throw new QuellError('ALERT_FORMAT', 'the answer must be me, not_me or unsure');
    await inbox.append(message);
    return page(reply, thanksPage());
  });
}
