import { describe, expect, it } from 'vitest';
import { hmacSignature } from '../../gateway/intake/verify-sender.js';
import { useEdges } from './support/answers.js';
import { NOW, SECRET, type Edge } from './support/edge.js';

const people = Array.from({ length: 2_000 }, (_, n) => ({ email: `person${n}@example.com` }));
const large = (id: string): string => JSON.stringify({ id, title: 'Mail to all', subjects: people });
/** Never answers: whoever waits for it in the event loop never goes on. */
const stuck = new URL('support/stuck-glance.ts', import.meta.url);

const open = useEdges();
let edge: Edge;

const AT = String(Math.floor(NOW.getTime() / 1_000));
const signed = (secret: string, body: string) => ({
  'content-type': 'application/json',
  'x-quell-timestamp': AT,
  'x-quell-signature': hmacSignature(secret, AT, body),
});
const send = async (body: string, secret = SECRET) =>
  edge.app.inject({
    method: 'POST',
    url: '/alerts/siem',
    headers: signed(secret, body),
    payload: body,
  });

describe('a large body', () => {
  it('is read, and its sender is told', async () => {
    edge = await open({ reading: { withinMs: 30_000 } });
    const answer = await send(large('a'));
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).not.toHaveProperty('note');
    expect((await send(`${large('b')}}`)).statusCode).toBe(400);
    expect(await edge.kept()).toHaveLength(1);
  });

  it('that takes too long keeps nobody waiting, is kept, and its sender is told why', async () => {
    edge = await open({ reading: { withinMs: 500, module: stuck } });
    let isAnswered = false;
    const answer = send(large('a')).finally(() => (isAnswered = true));
    const small = await send(JSON.stringify({ id: 'b', subjects: [{ email: 'dana@example.com' }] }));
    expect(small.statusCode).toBe(202);
    expect((await edge.app.inject('/health')).statusCode).toBe(200);
    expect(isAnswered).toBe(false);
    const { note, accepted } = (await answer).json<{ note: string; accepted: boolean }>();
    expect(accepted).toBe(true);
    expect(note).toMatch(/^kept, not read yet: ALERT_FORMAT.*takes longer than 500 ms/);
    const kept = await edge.kept();
    expect(
      kept.map(({ body }) => (JSON.parse(Buffer.from(body).toString('utf8')) as { id: string }).id).sort(),
    ).toEqual(['a', 'b']);
  });

  it('of a stranger is read by nobody', async () => {
    edge = await open({ reading: { withinMs: 500, module: stuck } });
    const answer = await send(large('a'), 'another secret');
    expect(answer.statusCode).toBe(401);
    expect(await edge.kept()).toEqual([]);
  });
});
