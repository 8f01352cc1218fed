import type { FastifyInstance, FastifyRequest } from 'fastify';
import { QuellError } from '../../domain/errors.js';
import type { ChatCallback, ChatPress } from '../../platforms/callback.js';
import { parseBody } from '../alerts/kit/body.js';
import type { IntakeOptions } from '../intake.js';
import type { Limits } from '../limits.js';
import { singleHeaders } from '../single-headers.js';
import { answerMessage, formPressMessage } from './inbox-answer.js';

const THANKS = 'Thank you. The security team has your answer.';
const OVER = 'This question is no longer open.';
const TITLE = 'Was this you?';

/** Presses of the chat buttons: verified, kept, answered within the vendors' three seconds. A platform without a chat app has no address here. */
export function registerCallbacks(app: FastifyInstance, options: IntakeOptions, now: () => Date, limits: Limits): void {
  const { callbacks, inbox, answerKey } = options;

  /** Keeps the answer; the words for the person who pressed. */
  const keep = async ({ channel, platform }: ChatCallback, press: ChatPress): Promise<string> => {
    const { value: token, verb: answer, words, userId: nativeId } = press;
    const message = answerMessage(
      channel,
      { token, answer, words, pressedBy: { platform, nativeId } },
      answerKey,
      now(),
    );
    if (message) await inbox.append(message);
    return message ? THANKS : OVER;
  };

  /** Keeps the wish for the form, which a role with a token opens. False when the question is not open. */
  const keepFormPress = async ({ platform }: ChatCallback, { value, userId, form }: ChatPress): Promise<boolean> => {
    const pressedBy = { platform, nativeId: userId };
    const message = formPressMessage({ token: value, form, pressedBy }, answerKey, now());
    if (message) await inbox.append(message);
    return message !== undefined;
  };

  void app.register((scope, _, done) => {
    // Some vendors sign the body as it came.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      ['application/json', 'application/x-www-form-urlencoded'],
      { parseAs: 'buffer' },
      (_request, body, parsed) => parsed(null, body),
    );
    for (const callback of callbacks)
      scope.post(`/callbacks/${callback.name}`, async (request, reply) => {
        const rawBody = bytesOf(request);
        const came = { headers: singleHeaders(request), rawBody, json: () => parseBody(rawBody) };
        const press = await callback.receive(came, now());
        // Whoever presses is counted for themselves, what is no press for its vendor.
        if ('other' in press) {
          await limits.count(request, 'source', `chat ${callback.name}`);
          return reply.code(200).send(press.other);
        }
        await limits.count(request, 'answer', `${callback.name}:${press.userId}`);
        if (press.form && (await keepFormPress(callback, press))) return reply.code(200).send();
        const said = await keep(callback, press);
        void reply.code(200).send(press.reply({ title: TITLE, text: said }));
        // The answer is safe without it.
        await press
          .tell?.(said)
          .catch((error: unknown) =>
            options.log?.('the buttons stay', { failure: error instanceof QuellError ? error.code : 'unknown' }),
          );
        return reply;
      });
    done();
  });
}

function bytesOf({ body }: FastifyRequest): Buffer {
  if (!Buffer.isBuffer(body)) throw new QuellError('ALERT_FORMAT', 'the body is empty');
  return body;
}
