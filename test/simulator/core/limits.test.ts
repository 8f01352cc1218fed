import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { QuellError } from '../../../domain/errors.js';
import type { RateLimit } from '../../../platforms/operation.js';
import { createWire, type OutgoingCall } from '../../../platforms/wire.js';
import { RateBudget } from '../../../platforms/wire/budget.js';
import { serveControl } from '../../../simulator/core/control.js';
import { loadScenario } from '../../../simulator/core/scenario.js';
import { serveVendor, type VendorSimulator } from '../../../simulator/core/server.js';
import { World } from '../../../simulator/core/world.js';

const LIMITS: Readonly<Record<string, RateLimit>> = {
  'users.info': { bucket: 'users.info', calls: 3, seconds: 10, counts: 'app' },
  'audit.logs': { bucket: 'audit', calls: 2, seconds: 10, counts: 'tenant' },
  'audit.other': { bucket: 'audit', calls: 2, seconds: 10, counts: 'tenant' },
  'people.get': { bucket: 'people', calls: 3, seconds: 1, counts: 'app' },
};
const A_SECOND: RateLimit = LIMITS['people.get']!;

/** A vendor with nothing but limits. */
const vendor: VendorSimulator = {
  platform: 'slack',
  register: (app) => {
    for (const operation of [...Object.keys(LIMITS), 'unlimited'])
      app.get(`/api/${operation}`, { config: { operation } }, () => ({ ok: true }));
  },
  limitOf: (operation) => LIMITS[operation],
  faultReply: ({ retryAfterSeconds }) => ({
    status: 429,
    headers: { 'retry-after': String(retryAfterSeconds) },
    body: { ok: false, error: 'ratelimited' },
  }),
  inspect: () => ({}),
};

let clock: number;
let served: Awaited<ReturnType<typeof serveVendor>>;
let world: World;
async function serve(rates?: number, now: () => Date = () => new Date(clock)): Promise<void> {
  world = new World(loadScenario('slack-takeover'), { now, ...(rates === undefined ? {} : { rates }) });
  served = await serveVendor(world, vendor);
}
beforeEach(() => {
  clock = Date.parse('2030-01-01T00:00:00Z');
});
afterEach(() => served.app.close());

async function get(operation: string, token = 'one'): Promise<readonly [number, string | undefined]> {
  const { statusCode, headers } = await served.app.inject({
    url: `/api/${operation}`,
    headers: { authorization: `Bearer ${token}` },
  });
  return [statusCode, headers['retry-after']];
}

describe('the rate limits of simulated tenants', () => {
  it('are off unless asked for', async () => {
    await serve();
    for (let n = 0; n < 20; n++) expect(await get('users.info')).toEqual([200, undefined]);
  });

  it('hold in any span of time, and say how long to stay away', async () => {
    await serve(1);
    for (const step of [0, 4_000, 4_000]) {
      clock += step;
      expect((await get('users.info'))[0]).toBe(200);
    }
    expect(await get('users.info')).toEqual([429, '2']);
    clock += 2_001;
    expect((await get('users.info'))[0]).toBe(200);
    expect(await get('users.info')).toEqual([429, '4']);
    expect((await get('unlimited'))[0]).toBe(200);
  });

  it('count each app by itself, or all of a tenant together, over all that share a bucket', async () => {
    await serve(1);
    for (let n = 0; n < 3; n++) await get('users.info', 'one');
    expect((await get('users.info', 'one'))[0]).toBe(429);
    expect((await get('users.info', 'two'))[0]).toBe(200);
    await get('audit.logs', 'one');
    await get('audit.other', 'two');
    expect((await get('audit.logs', 'three'))[0]).toBe(429);
  });

  it('are as much wider as asked for', async () => {
    await serve(4);
    for (let n = 0; n < 12; n++) expect((await get('users.info'))[0]).toBe(200);
    expect((await get('users.info'))[0]).toBe(429);
  });

  it('note a call that comes before its time, after a fault too', async () => {
    await serve(1);
    for (let n = 0; n < 3; n++) await get('users.info');
    await get('users.info');
    expect(world.throttled).toMatchObject([{ operation: 'users.info', early: false }]);
    clock += 9_000;
    await get('users.info');
    expect(world.throttled.map((t) => t.early)).toEqual([false, true]);
    world.faults.push({ platform: 'slack', operation: 'unlimited', kind: 'throttle', times: 1, retryAfterSeconds: 5 });
    expect(await get('unlimited')).toEqual([429, '5']);
    clock += 4_999;
    await get('unlimited');
    clock += 1;
    await get('unlimited');
    const early = world.throttled.filter((t) => t.early);
    expect(early.map((t) => t.operation)).toEqual(['users.info', 'unlimited']);
    const control = await serveControl(world, [vendor]);
    expect((await control.app.inject('/early')).json()).toEqual(early);
    await control.app.close();
  });
});

describe('a client over the wire, at a limited tenant', () => {
  const CALLS = 7;

  /** Calls until it was answered so many times, coming again when it is told to. */
  async function callAll(rates: number): Promise<number> {
    const wire = createWire({
      bases: [{ own: 'https://slack.com/', at: served.url }],
      budget: new RateBudget({ role: 'evidence', rates }),
    });
    const call: OutgoingCall = { operation: 'people.get', scopes: [], limit: A_SECOND };
    const send = async (): Promise<number> => {
      try {
        return (await wire.send(call, 'https://slack.com/api/people.get', {})).status;
      } catch (error) {
        if (!(error instanceof QuellError) || error.code !== 'VENDOR_BUSY') throw error;
        await new Promise((resolve) => setTimeout(resolve, error.retryAfterMs));
        return 0;
      }
    };
    let answered = 0;
    while (answered < CALLS) if ((await send()) === 200) answered++;
    return answered;
  }

  it('is never told to slow down when it knows the limit', async () => {
    await serve(1, () => new Date());
    expect(await callAll(1)).toBe(CALLS);
    expect(world.throttled).toEqual([]);
  });

  it('listens when it is told: no call comes too early', async () => {
    await serve(1, () => new Date());
    expect(await callAll(100)).toBe(CALLS);
    expect(world.throttled.length).toBeGreaterThan(0);
    expect(world.throttled.filter((t) => t.early)).toEqual([]);
  });
});
