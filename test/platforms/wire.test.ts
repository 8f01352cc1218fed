import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { RateLimit } from '../../platforms/operation.js';
import { asksToSlowDown } from '../../platforms/google/errors.js';
import { asksToSlowDown as slackAsksToSlowDown } from '../../platforms/slack/errors.js';
import { createWire, type OutgoingCall } from '../../platforms/wire.js';
import { RateBudget } from '../../platforms/wire/budget.js';
import { outgoing } from '../../platforms/wire/outgoing.js';

const LIMIT: RateLimit = { bucket: 'history', calls: 2, seconds: 60, counts: 'app' };
const CALL: OutgoingCall = { operation: 'conversations.history', scopes: [], limit: LIMIT };
const URL_ = 'https://slack.com/api/conversations.history';
const BASES = [{ own: 'https://slack.com/api/', at: 'https://slack.com/api/' }];

const open: Server[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A wire over answers that are given one after the other; the last one stays. */
function wireOf(...answers: readonly (() => Response)[]) {
  const asked: string[] = [];
  const wire = createWire({
    bases: BASES,
    budget: new RateBudget({ role: 'evidence' }),
    fetch: async (input, init) => {
      init?.signal?.throwIfAborted();
      asked.push((input as URL).href);
      return (answers[asked.length - 1] ?? answers.at(-1) ?? (() => new Response('{}')))();
    },
  });
  return { wire, asked };
}
const throttled = (retryAfter?: string) => (): Response =>
  new Response('', { status: 429, headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter } });

describe('the wire', () => {
  it('sends what the budget allows, and refuses the rest before sending', async () => {
    const { wire, asked } = wireOf();
    await wire.send(CALL, URL_, {});
    await wire.send(CALL, URL_, {});
    await expect(wire.send(CALL, URL_, {})).rejects.toMatchObject({ code: 'VENDOR_BUSY' });
    expect(asked).toHaveLength(2);
  });

  it.each([
    ['seconds', '30', 30_000],
    ['a date', new Date(Date.now() + 30_000).toUTCString(), 29_000],
    ['nothing: the time of the limit', undefined, 60_000],
  ])('keeps Retry-After of a 429 for all calls of the bucket, given as %s', async (_, header, ms) => {
    const { wire, asked } = wireOf(throttled(header));
    expect((await wire.send(CALL, URL_, {})).status).toBe(429);
    const error = await wire.send(CALL, URL_, {}).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'VENDOR_BUSY', retryAfterMs: expect.closeTo(ms, -4) });
    expect(asked).toHaveLength(1);
    await wire.send({ ...CALL, limit: { ...LIMIT, bucket: 'files' } }, URL_, {});
    expect(asked).toHaveLength(2);
  });

  it('is silent too when a vendor asks for it in other words, and leaves the answer to be read', async () => {
    let asked = 0;
    const wire = createWire({
      bases: BASES,
      budget: new RateBudget({ role: 'evidence' }),
      asksToSlowDown,
      fetch: async () => {
        asked++;
        const reason = asked === 1 ? 'forbidden' : 'userRateLimitExceeded';
        return Response.json({ error: { code: 403, errors: [{ reason }] } }, { status: 403 });
      },
    });
    const limit = { ...LIMIT, calls: 100 };
    await wire.send({ ...CALL, limit }, URL_, {});
    const answer = await wire.send({ ...CALL, limit }, URL_, {});
    expect(await answer.json()).toMatchObject({ error: { code: 403 } });
    await expect(wire.send({ ...CALL, limit }, URL_, {})).rejects.toMatchObject({ code: 'VENDOR_BUSY' });
    expect(asked).toBe(2);
  });

  it('is silent too when Slack says it with status 200, and not for a long answer, a broken one, or another code', async () => {
    const bodies = [
      JSON.stringify({ ok: true, messages: 'x'.repeat(100_000) }),
      '{"ok":fal',
      '{"ok":false,"error":"channel_not_found"}',
      '{"ok":false,"error":"ratelimited"}',
    ];
    let asked = 0;
    const wire = createWire({
      bases: BASES,
      budget: new RateBudget({ role: 'evidence' }),
      asksToSlowDown: slackAsksToSlowDown,
      fetch: () => Promise.resolve(new Response(bodies[asked++])),
    });
    const limit = { ...LIMIT, calls: 100 };
    const read: string[] = [];
    for (const _ of bodies) read.push(await (await wire.send({ ...CALL, limit }, URL_, {})).text());
    expect(read).toEqual(bodies);
    await expect(wire.send({ ...CALL, limit }, URL_, {})).rejects.toMatchObject({ code: 'VENDOR_BUSY' });
    expect(asked).toBe(4);
  });

  it('ends waiting for the budget when the caller leaves', async () => {
    const limit = { ...LIMIT, calls: 1, seconds: 4 };
    const { wire, asked } = wireOf();
    await wire.send({ ...CALL, limit }, URL_, {});
    const leaving = new AbortController();
    const waiting = wire.send({ ...CALL, limit }, URL_, { signal: leaving.signal });
    leaving.abort(new Error('case closed'));
    await expect(waiting).rejects.toThrow('case closed');
    expect(asked).toHaveLength(1);
  });

  it('ends a request that is under way when the caller leaves', async () => {
    const server = createServer(); // never answers
    open.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const at = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
    const wire = createWire({ bases: [{ own: 'https://slack.com/', at }], fetch: outgoing });
    const leaving = new AbortController();
    const call = wire.send(CALL, URL_, { signal: leaving.signal });
    const [request] = (await once(server, 'request')) as [IncomingMessage];
    const closed = once(request.socket, 'close');
    leaving.abort(new Error('case closed'));
    await expect(call).rejects.toThrow('case closed');
    await closed;
  });

  it('goes to the base that stands for the vendor, and to no other host', async () => {
    const asked: string[] = [];
    const wire = createWire({
      bases: [
        { own: 'https://slack.com/api/', at: 'http://127.0.0.1:1/slack/api/' },
        { own: 'https://api.slack.com/audit/', at: 'http://127.0.0.1:2/audit/' },
      ],
      fetch: async (input, init) => {
        asked.push(`${(input as URL).href} ${String(init?.redirect)}`);
        return new Response('');
      },
    });
    await wire.send(CALL, 'https://slack.com/api/users.info?user=U1', { redirect: 'follow' });
    await wire.send(CALL, 'https://api.slack.com/audit/v1/logs', {});
    expect(asked).toEqual([
      'http://127.0.0.1:1/slack/api/users.info?user=U1 manual',
      'http://127.0.0.1:2/audit/v1/logs manual',
    ]);
    for (const url of [
      'https://example.com/api/users.info',
      'http://slack.com/api/x',
      'https://slack.com/other',
      'https://slack.com/apis/x',
    ])
      await expect(wire.send(CALL, url, {})).rejects.toMatchObject({ code: 'CONFIG' });
    expect(asked).toHaveLength(2);
  });
});
