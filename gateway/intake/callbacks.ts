import type { FastifyInstance, FastifyRequest } from 'fastify';
import { OWN_WORDS } from '../../domain/contact.js';
import { QuellError } from '../../domain/errors.js';
import type { ChatCall } from '../../platforms/google/verify-chat.js';
import type { BotCall } from '../../platforms/microsoft/verify-bot.js';
import { formShows, parseSentForm } from '../../platforms/slack/sent-form.js';
import { parseBlockAction, type BlockAction } from '../../platforms/slack/block-actions.js';
import { verifySlackRequest } from '../../platforms/slack/verify-request.js';
import { parseBody } from '../alerts/kit/body.js';
import type { IntakeOptions } from '../intake.js';
import type { Limits } from '../limits.js';
import { singleHeaders } from '../single-headers.js';
import { answerMessage, formPressMessage, type InboxAnswer } from './inbox-answer.js';

/** Who checks that a call comes from the chat vendor. A vendor without one has no callback: its address is not there. */
export interface ChatCallers {
  /** Signing secret of the Slack app. */
  readonly slackSigningSecret?: string | undefined;
  /** Tells the person who pressed, in place of the message. */
  readonly slackReply?: (responseUrl: string, text: string) => Promise<void>;
  readonly google?: (authorization: string | undefined, body: unknown) => Promise<ChatCall>;
  readonly teams?: (authorization: string | undefined, body: unknown) => Promise<BotCall>;
}

const THANKS = 'Thank you. The security team has your answer.';
const OVER = 'This question is no longer open.';
const TITLE = 'Was this you?';

/** Presses of the chat buttons: verified, kept, answered within the vendors' three seconds. */
export function registerCallbacks(app: FastifyInstance, options: IntakeOptions, now: () => Date, limits: Limits): void {
  const { callers, inbox, answerKey } = options;

  /** Whoever presses is counted for themselves, what is no press for its vendor. */
  const counted = (request: FastifyRequest, vendor: string, userId: string | undefined): Promise<void> =>
    userId === undefined
      ? limits.count(request, 'source', `chat ${vendor}`)
      : limits.count(request, 'answer', `${vendor}:${userId}`);

  /** Keeps the answer; the words for the person who pressed. */
  const keep = async (
    channel: 'slack' | 'teams' | 'google_chat',
    press: { readonly verb?: string | undefined; readonly value?: string; readonly words?: string | undefined },
    pressedBy: NonNullable<InboxAnswer['pressedBy']>,
  ): Promise<string> => {
    const given = { token: press.value, answer: press.verb, words: press.words, pressedBy };
    const message = answerMessage(channel, given, answerKey, now());
    if (message) await inbox.append(message);
    return message ? THANKS : OVER;
  };

  /** Keeps the wish for the form, which a role with a token opens. False when the question is not open. */
  const keepFormPress = async ({ value, userId, triggerId, responseUrl }: BlockAction): Promise<boolean> => {
    const form = { trigger: triggerId, ...(responseUrl === undefined ? {} : { replyTo: responseUrl }) };
    const pressedBy = { platform: 'slack', nativeId: userId };
    const message = formPressMessage({ token: value, form, pressedBy }, answerKey, now());
    if (message) await inbox.append(message);
    return message !== undefined;
  };

  void app.register((scope, _, done) => {
    // Slack signs the form as it came; the others' tokens vouch for the call, and their bodies are parsed once.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      ['application/json', 'application/x-www-form-urlencoded'],
      { parseAs: 'buffer' },
      (_request, body, parsed) => parsed(null, body),
    );

    const { slackSigningSecret, slackReply, google, teams } = callers;
    if (slackSigningSecret !== undefined)
      scope.post('/callbacks/slack', async (request, reply) => {
        const rawBody = bytesOf(request);
        const { 'x-slack-signature': signature, 'x-slack-request-timestamp': timestamp } = singleHeaders(request);
        verifySlackRequest(slackSigningSecret, { signature, timestamp, rawBody }, now());
        const text = rawBody.toString('utf8');
        const form = parseSentForm(text);
        const press = form ? undefined : parseBlockAction(text);
        await counted(request, 'slack', (form ?? press)?.userId);
        if (press?.actionId === OWN_WORDS && (await keepFormPress(press))) return reply.code(200).send();
        const given = form ?? press;
        if (!given) return reply.code(200).send();
        const said = await keep(
          'slack',
          { verb: form?.answer ?? press?.actionId, value: given.value, words: form?.words },
          { platform: 'slack', nativeId: given.userId },
        );
        // Slack takes words in the place of the message only by another request. The answer is safe without it.
        void reply.code(200).send(form ? formShows(TITLE, said) : undefined);
        if (slackReply && given.responseUrl !== undefined)
          await slackReply(given.responseUrl, said).catch((error: unknown) =>
            options.log?.('the buttons stay', { failure: error instanceof QuellError ? error.code : 'unknown' }),
          );
        return reply;
      });

    if (google)
      scope.post('/callbacks/google', async (request, reply) => {
        const call = await google(singleHeaders(request)['authorization'], parseBody(bytesOf(request)));
        await counted(request, 'google', call.kind === 'button' ? call.userId : undefined);
        if (call.kind !== 'button') return reply.send({});
        const text = await keep('google_chat', call, { platform: 'google', nativeId: call.userId });
        return reply.send(
          call.format === 'classic'
            ? { actionResponse: { type: 'NEW_MESSAGE' }, text }
            : { hostAppDataAction: { chatDataAction: { createMessageAction: { message: { text } } } } },
        );
      });

    if (teams)
      scope.post('/callbacks/teams', async (request, reply) => {
        const call = await teams(singleHeaders(request)['authorization'], parseBody(bytesOf(request)));
        await counted(request, 'teams', call.kind === 'button' ? call.userId : undefined);
        if (call.kind !== 'button') return reply.code(200).send();
        const text = await keep('teams', call, { platform: 'microsoft', nativeId: call.userId });
        return reply.send({ statusCode: 200, type: 'application/vnd.microsoft.activity.message', value: text });
      });
    done();
  });
}

function bytesOf({ body }: FastifyRequest): Buffer {
  if (!Buffer.isBuffer(body)) throw new QuellError('ALERT_FORMAT', 'the body is empty');
  return body;
}
