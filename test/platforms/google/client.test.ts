import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import { createGoogleClient, resourceName, type GoogleClient } from '../../../platforms/google/client.js';
import { retryAfterMs } from '../../../platforms/kit/replies.js';
import { METHODS, scopesOf, type GoogleMethod } from '../../../platforms/google/methods.js';
import { readUser } from '../../../platforms/google/people.js';
import { googleCredentials } from '../../../simulator/google/authority.js';
import { startTenant, type Tenant } from './fixture.js';

let tenant: Tenant;
afterEach(() => tenant.close());

const client = (role: 'evidence' | 'containment' | 'people' = 'evidence', extra = {}): GoogleClient =>
  createGoogleClient(tenant.settings(role, extra));
const USER = METHODS.user.name;

describe('errors of the vendor', () => {
  it.each([
    ['throttle', { code: 'VENDOR_BUSY', retryable: true, retryAfterMs: 7000 }],
    ['throttle_without_header', { code: 'VENDOR_BUSY', retryable: true, retryAfterMs: undefined }],
    ['error', { code: 'VENDOR_DOWN', retryable: true }],
    ['html', { code: 'VENDOR_DOWN', retryable: true }],
    ['broken_json', { code: 'VENDOR_REPLY', retryable: true }],
    ['reset', { code: 'VENDOR_DOWN', retryable: true }],
    ['missing_scope', { code: 'VENDOR_SCOPE', retryable: false }],
  ] as const)('%s', async (kind, expected) => {
    tenant = await startTenant();
    tenant.fault(USER, kind, 1, { retryAfterSeconds: 7 });
    await expect(readUser(client(), tenant.id('dana'))).rejects.toMatchObject(expected);
    expect(tenant.world.faults[0]?.times).toBe(0); // used up by one request: nothing was tried again
    expect((await readUser(client(), tenant.id('dana'))).primaryEmail).toBe('dana@example.com');
  });

  it('ends a call that is never answered, and passes the caller’s cancellation on as it is', async () => {
    tenant = await startTenant();
    tenant.fault(USER, 'timeout', 2);
    const quick = client('evidence', { timeoutMs: 1000 });
    await expect(readUser(quick, tenant.id('dana'))).rejects.toMatchObject({ code: 'VENDOR_DOWN' });
    const gone = new Error('cancelled by the caller');
    await expect(readUser(client(), tenant.id('dana'), AbortSignal.abort(gone))).rejects.toBe(gone);
    expect(tenant.world.faults[0]?.times).toBe(1); // not even sent
    const during = new AbortController();
    setTimeout(() => during.abort(gone), 50);
    await expect(readUser(client(), tenant.id('dana'), during.signal)).rejects.toBe(gone);
    tenant.fault('oauth.token', 'timeout');
    await expect(readUser(client('evidence', { timeoutMs: 150 }), tenant.id('dana'))).rejects.toMatchObject({
      code: 'VENDOR_DOWN',
    });
  });

  it('keeps neither addresses nor vendor text', async () => {
    tenant = await startTenant();
    const failure: unknown = await readUser(client(), 'nobody@example.com').catch((e: unknown) => e);
    expect(failure).toMatchObject({ code: 'VENDOR_NOT_FOUND', detail: 'directory.users.get: HTTP 404 notFound' });
    expect(JSON.stringify([failure, (failure as QuellError).message])).not.toContain('nobody');
  });

  it('is VENDOR_SCOPE when one scope is not granted, for that scope’s calls only', async () => {
    tenant = await startTenant();
    tenant.simulator.authority.revoke('evidence', METHODS.alerts.scopes[0] ?? '');
    const alerts = client().call(METHODS.alerts, 'admin', (sdk, o) => sdk.alerts.list({}, o), z.unknown());
    await expect(alerts).rejects.toMatchObject({
      code: 'VENDOR_SCOPE',
      detail: expect.stringContaining('unauthorized_client'),
    });
    expect((await readUser(client(), tenant.id('dana'))).id).toBe(tenant.id('dana'));
  });

  it('is VENDOR_AUTH for a key that is not the account’s, and VENDOR_DOWN when no token is given out', async () => {
    tenant = await startTenant();
    const { email } = googleCredentials(tenant.world).evidence;
    const { privateKey } = googleCredentials(tenant.world).people;
    const wrong = client('evidence', { serviceAccount: { email, privateKey } });
    await expect(readUser(wrong, tenant.id('dana'))).rejects.toMatchObject({ code: 'VENDOR_AUTH', retryable: false });
    tenant.fault('oauth.token', 'error');
    await expect(readUser(client(), tenant.id('dana'))).rejects.toMatchObject({ code: 'VENDOR_DOWN' });
  });
});

describe('tokens', () => {
  it('are renewed once when they end early', async () => {
    tenant = await startTenant();
    const one = client();
    await readUser(one, tenant.id('dana'));
    tenant.simulator.authority.expireTokens();
    expect((await readUser(one, tenant.id('dana'))).id).toBe(tenant.id('dana'));
  });

  it('are asked for with one scope and one subject each, and used again', async () => {
    tenant = await startTenant();
    const one = client('containment');
    await readUser(one, tenant.id('dana'));
    await readUser(one, tenant.id('max'));
    await one.call(
      METHODS.asps,
      'admin',
      (directory, o) => directory.asps.list({ userKey: tenant.id('dana') }, o),
      z.unknown(),
    );
    expect(tenant.simulator.authority.given).toEqual([
      { role: 'containment', subject: 'quell-admin@example.com', scopes: [METHODS.user.scopes[0]] },
      { role: 'containment', subject: 'quell-admin@example.com', scopes: [METHODS.asps.scopes[0]] },
    ]);
  });
});

describe('where requests go', () => {
  it('refuses every host but Google’s', async () => {
    tenant = await startTenant();
    const stray = client().call(
      METHODS.user,
      'admin',
      (directory, o) => directory.users.get({ userKey: 'x' }, { ...o, rootUrl: 'https://evil.example/' }),
      z.unknown(),
    );
    await expect(stray).rejects.toMatchObject({ code: 'CONFIG' });
  });

  it('lets nothing into a path that leads elsewhere', async () => {
    tenant = await startTenant();
    expect(resourceName('spaces/AAA-b_1/messages/c.d')).toBe('spaces/AAA-b_1/messages/c.d');
    for (const name of [
      'spaces/A/../B',
      'spaces/A?useAdminAccess=true',
      'spaces/A#',
      'spaces/',
      'users/1',
      'spaces/A/members/1',
    ])
      expect(() => resourceName(name)).toThrow(QuellError);
  });
});

describe('the table of methods', () => {
  const TABLE = METHODS as Readonly<Record<string, GoogleMethod>>;
  it('gives no role a scope that only another needs', async () => {
    tenant = await startTenant();
    const evidence = scopesOf('evidence').map((s) => s.replace('https://www.googleapis.com/auth/', ''));
    expect(evidence).toEqual([
      'admin.directory.user.readonly',
      'admin.reports.audit.readonly',
      'apps.alerts',
      'chat.messages.readonly',
      'chat.spaces.readonly',
      'drive.metadata.readonly',
      'gmail.readonly',
    ]);
    for (const scope of scopesOf('containment')) expect(scope).not.toMatch(/chat|gmail\.(readonly|send)/);
    for (const scope of scopesOf('people')) expect(scope).not.toMatch(/reports|security|drive/);
  });

  it('lets evidence read and nothing else', async () => {
    tenant = await startTenant();
    for (const method of Object.values(TABLE).filter((m) => m.roles.includes('evidence')))
      expect(method.method).toBe('GET');
  });
});

describe('Retry-After', () => {
  it('is seconds or a date, never negative', async () => {
    tenant = await startTenant();
    expect(retryAfterMs('3')).toBe(3000);
    expect(retryAfterMs('Thu, 01 Jan 2026 00:00:10 GMT', Date.parse('2026-01-01T00:00:00Z'))).toBe(10_000);
    expect(retryAfterMs('Thu, 01 Jan 2026 00:00:00 GMT', Date.parse('2026-01-02T00:00:00Z'))).toBe(0);
    expect(retryAfterMs('soon')).toBeUndefined();
    expect(retryAfterMs(null)).toBeUndefined();
  });
});
