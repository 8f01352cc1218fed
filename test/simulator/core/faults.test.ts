import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listenOnLoopback } from '../../../simulator/core/loopback.js';
import { loadScenario } from '../../../simulator/core/scenario.js';
import { serveVendor, type VendorSimulator } from '../../../simulator/core/server.js';
import { FAULT_KINDS, World, type Fault } from '../../../simulator/core/world.js';

let effects: number;
let world: World;
let served: Awaited<ReturnType<typeof serveVendor>>;
const vendor: VendorSimulator = {
  platform: 'slack',
  register: (app) => {
    for (const operation of ['act', 'action', 'look'])
      app.post(`/${operation}`, { config: { operation } }, () => ({ ok: true, effects: ++effects }));
  },
  faultReply: ({ kind, retryAfterSeconds }) => ({
    status: kind === 'error' ? 503 : kind === 'missing_scope' ? 403 : 429,
    ...(kind === 'throttle' ? { headers: { 'retry-after': String(retryAfterSeconds) } } : {}),
    body: { ok: false, error: kind },
  }),
  inspect: () => ({}),
};
beforeEach(async () => {
  effects = 0;
  world = new World(loadScenario('slack-takeover'));
  served = await serveVendor(world, vendor);
});
afterEach(async () => {
  served.app.server.closeAllConnections();
  await served.app.close();
});

/** How a call ends for a client that waits a little. */
async function call(operation = 'act'): Promise<string> {
  try {
    const response = await fetch(`${served.url}/${operation}`, { method: 'POST', signal: AbortSignal.timeout(150) });
    const text = await response.text();
    const wait = response.headers.get('retry-after');
    return `${String(response.status)}${wait === null ? '' : ` after ${wait}`} ${text}`;
  } catch (error) {
    return (error as Error).name === 'TimeoutError' ? 'no answer in time' : 'broken off';
  }
}
const fault = (kind: Fault['kind'], extra: Partial<Fault> = {}): void => {
  world.faults.push({ platform: 'slack', operation: 'act', kind, times: 1, retryAfterSeconds: 7, ...extra });
};
const FINE = /^200 \{"ok":true/;

describe('a call', () => {
  it.each<[Fault['kind'], RegExp, number]>([
    ['throttle', /^429 after 7 /, 0],
    ['throttle_without_header', /^429 \{/, 0],
    ['error', /^503 /, 0],
    ['missing_scope', /^403 /, 0],
    ['timeout', /^no answer in time$/, 0],
    ['reset', /^broken off$/, 0],
    ['reply_lost', /^broken off$/, 1],
    ['html', /^502 <!doctype html>/, 0],
    ['broken_json', /^200 \{"value":\[\{"id":$/, 0],
    ['slow_body', /^no answer in time$/, 0],
    ['cut_off', /^broken off$/, 0],
  ])('with %s ends as it says, and the next one is fine', async (kind, ends, taken) => {
    fault(kind);
    expect(await call()).toMatch(ends);
    expect(effects).toBe(taken);
    expect(await call()).toMatch(FINE);
  });

  it('has every kind of fault tested here', () => {
    expect(FAULT_KINDS).toHaveLength(11);
  });
});

describe('which call', () => {
  it('is counted by operation: some pass, some fail, then all pass', async () => {
    fault('error', { skip: 2, times: 2 });
    expect(await call('look')).toMatch(FINE);
    const ends = [];
    for (let n = 0; n < 6; n++) ends.push((await call()).slice(0, 3));
    expect(ends).toEqual(['200', '200', '503', '503', '200', '200']);
  });

  it('several faults of one operation happen one after another, each counting every call', async () => {
    fault('error');
    fault('missing_scope');
    fault('throttle', { skip: 3 });
    const ends = [];
    for (let n = 0; n < 5; n++) ends.push((await call()).slice(0, 3));
    expect(ends).toEqual(['503', '403', '200', '429', '200']);
  });

  it('may be named by how its operation begins', async () => {
    fault('error', { operation: 'act*', times: 2 });
    expect([await call('action'), await call('look'), await call('act')].map((e) => e.slice(0, 3))).toEqual([
      '503',
      '200',
      '503',
    ]);
  });

  it('is told to whoever asked to be told, faults included', async () => {
    await call();
    world.calls = [];
    fault('reset');
    await call();
    await call('look');
    expect(world.calls).toEqual([
      { platform: 'slack', operation: 'act' },
      { platform: 'slack', operation: 'look' },
    ]);
  });
});

describe('simulated tenants', () => {
  it.each(['0.0.0.0', '::', 'localhost', '192.0.2.1'])('do not listen on %s', async (host) => {
    await expect(listenOnLoopback(served.app, 0, host)).rejects.toMatchObject({ code: 'CONFIG' });
  });
});
