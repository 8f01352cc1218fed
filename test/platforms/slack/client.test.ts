import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createSlackClient, type SlackClient } from '../../../platforms/slack/client.js';
import { codeError } from '../../../platforms/slack/errors.js';
import { OPERATIONS, type SlackOperation } from '../../../platforms/slack/methods.js';
import { startTenant, tokensOf, type Tenant } from './fixture.js';

let tenant: Tenant;
let other: Server | undefined;
afterEach(async () => {
  await tenant.close();
  other?.closeAllConnections();
  other?.close();
  other = undefined;
});

const anything = z.looseObject({});
const client = (): SlackClient => createSlackClient(tenant.settings(tokensOf(tenant).evidence));
const calls: Readonly<Record<string, () => Promise<unknown>>> = {
  'users.list': () =>
    client().call(
      OPERATIONS.usersList,
      { team_id: tenant.own.teamIds[0] },
      z.looseObject({ members: z.array(z.unknown()) }),
    ),
  'audit.logs': () =>
    client().rest(
      OPERATIONS.auditLogs,
      { method: 'GET', path: 'logs' },
      z.looseObject({ entries: z.array(z.unknown()) }),
    ),
  'scim.Users.get': () =>
    createSlackClient(tenant.settings(tokensOf(tenant).containment)).rest(
      OPERATIONS.scimUser,
      { method: 'GET', path: `v2/Users/${tenant.id('dana')}` },
      z.looseObject({ active: z.boolean() }),
    ),
};

describe.each(Object.keys(calls))('a fault at %s', (operation) => {
  const call = (): Promise<unknown> => calls[operation]?.() ?? Promise.reject(new Error('no call'));

  it.each([
    ['throttle', { code: 'VENDOR_BUSY', retryAfterMs: 3000, retryable: true }],
    ['throttle_without_header', { code: 'VENDOR_BUSY', retryAfterMs: 30_000, retryable: true }],
    ['error', { code: 'VENDOR_DOWN', retryable: true }],
    ['reset', { code: 'VENDOR_DOWN', retryable: true }],
    ['timeout', { code: 'VENDOR_DOWN', retryable: true }],
    ['reply_lost', { code: 'VENDOR_DOWN', retryable: true }],
    ['html', { code: 'VENDOR_DOWN', retryable: true }],
    ['broken_json', { code: 'VENDOR_REPLY', retryable: true }],
    ['missing_scope', { code: 'VENDOR_SCOPE', retryable: false }],
  ] as const)('%s is an error of the catalogue, and one request', async (kind, expected) => {
    tenant = await startTenant();
    await call();
    tenant.fault(operation, kind, 1, { retryAfterSeconds: 3 });
    tenant.fault(operation, 'error', 1); // would be met by a hidden second try
    await expect(call()).rejects.toMatchObject(expected);
    expect(tenant.world.faults.map((f) => f.times)).toEqual([0, 1]);
  });
});

describe('the client', () => {
  it('maps a wrong and a missing token', async () => {
    tenant = await startTenant();
    const wrong = createSlackClient(tenant.settings({ admin: 'xoxp-wrong', audit: 'xoxp-wrong' }));
    await expect(wrong.call(OPERATIONS.usersList, {}, anything)).rejects.toMatchObject({ code: 'VENDOR_AUTH' });
    await expect(wrong.rest(OPERATIONS.auditLogs, { method: 'GET', path: 'logs' }, anything)).rejects.toMatchObject({
      code: 'VENDOR_AUTH',
    });
    await expect(
      wrong.rest(OPERATIONS.scimUser, { method: 'GET', path: 'v2/Users/U1' }, anything),
    ).rejects.toMatchObject({ code: 'VENDOR_AUTH' });
    await expect(createSlackClient(tenant.settings({})).call(OPERATIONS.usersList, {}, anything)).rejects.toMatchObject(
      { code: 'VENDOR_AUTH' },
    );
  });

  it('sends its token nowhere but to the configured address', async () => {
    tenant = await startTenant();
    let asked = 0;
    const server = createServer((_, response) => {
      asked++;
      response.end('{"ok":true}');
    });
    other = server;
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const elsewhere: SlackOperation = { ...OPERATIONS.usersList, name: `http://127.0.0.1:${String(address.port)}/` };
    await expect(client().call(elsewhere, {}, anything)).rejects.toMatchObject({
      code: expect.stringMatching(/^VENDOR_/) as string,
    });
    expect(asked).toBe(0);
  });

  it('keeps vendor texts and tokens out of errors', async () => {
    tenant = await startTenant();
    tenant.fault('users.list', 'broken_json');
    const error: unknown = await client()
      .call(OPERATIONS.usersList, {}, anything)
      .catch((e: unknown) => e);
    expect(String(error)).not.toMatch(/xoxp|value/);
    expect(codeError('users.list', '<!doctype html><p>internal host name').detail).toBe('users.list');
  });

  it('stops when the caller does, and passes the reason on', async () => {
    tenant = await startTenant();
    for (const [operation, call] of [
      ['users.list', (signal: AbortSignal) => client().call(OPERATIONS.usersList, {}, anything, { signal })],
      [
        'audit.logs',
        (signal: AbortSignal) => client().rest(OPERATIONS.auditLogs, { method: 'GET', path: 'logs', signal }, anything),
      ],
    ] as const) {
      tenant.fault(operation, 'timeout');
      const controller = new AbortController();
      const reason = new Error('cancelled by the workflow');
      const pending = call(controller.signal);
      setTimeout(() => controller.abort(reason), 50);
      await expect(pending).rejects.toBe(reason);
      await expect(call(controller.signal)).rejects.toBe(reason);
    }
  });
});
