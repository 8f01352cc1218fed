import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { openToken, sealToken } from '../core/access-token.js';
import type { SlackState } from './state.js';

const USES = 5;
const VALID_MS = 30 * 60_000;
const claims = z.looseObject({ channel: z.string(), ts: z.string(), until: z.number() });
const body = z.looseObject({
  text: z.string().optional(),
  blocks: z.array(z.unknown()).default([]),
  replace_original: z.boolean().default(false),
});

/** The address that comes with a press: as Slack's own, good for that message. */
export function responseUrl(state: SlackState, channel: string, ts: string): string {
  const until = state.world.now().getTime() + VALID_MS;
  const token = sealToken('', { channel, ts, until }, state.own.signingSecret);
  return `https://hooks.slack.com/actions/${state.own.teamIds[0]}/${token}`;
}

/** Posts to such an address: five within 30 minutes. What does not replace the message only the one who pressed sees: `whispered`. */
export function responseRoutes(app: FastifyInstance, state: SlackState, whispered: string[]): void {
  const used = new Map<string, number>();
  app.post<{ Params: { readonly team: string; '*': string } }>(
    '/hooks/actions/:team/*',
    { config: { operation: 'response_url' } },
    (request, reply) => {
      const token = request.params['*'];
      const opened = claims.safeParse(openToken('', token, state.own.signingSecret)).data;
      const refuse = (error: string) => reply.code(404).send({ ok: false, error });
      if (!opened || opened.until < state.world.now().getTime()) return refuse('expired_url');
      const times = (used.get(token) ?? 0) + 1;
      if (times > USES) return refuse('used_url');
      used.set(token, times);
      const given = body.safeParse(request.body).data;
      if (!given || (given.text === undefined && given.blocks.length === 0)) return refuse('no_text');
      const message = state.messages.find((m) => m.channel === opened.channel && m.ts === opened.ts);
      if (given.replace_original && message) {
        message.text = given.text ?? '';
        message.blocks = given.blocks;
      } else whispered.push(given.text ?? '');
      return reply.send({ ok: true });
    },
  );
}
