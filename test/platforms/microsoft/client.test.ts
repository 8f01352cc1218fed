import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createMicrosoftClient } from '../../../platforms/microsoft/client.js';
import { retryAfterMs } from '../../../platforms/kit/replies.js';
import { OPERATIONS } from '../../../platforms/microsoft/operations.js';
import { microsoftBases } from '../../../platforms/microsoft/settings.js';
import { createWire } from '../../../platforms/wire.js';
import { spied, startTenant, type Tenant } from './fixture.js';

let tenant: Tenant | undefined;
afterEach(async () => {
  await tenant?.close();
  tenant = undefined;
});

const user = z.looseObject({ id: z.string() });
const read = (t: Tenant, extra: object = {}): Promise<{ id: string }> =>
  createMicrosoftClient(t.settings('evidence', extra)).call(OPERATIONS.user, { path: { id: t.id('dana') } }, user);

describe('answers that are not what was asked for', () => {
  it.each([
    ['throttle', 'VENDOR_BUSY', 7000],
    ['throttle_without_header', 'VENDOR_BUSY', undefined],
    ['error', 'VENDOR_DOWN', undefined],
    ['reset', 'VENDOR_DOWN', undefined],
    ['timeout', 'VENDOR_DOWN', undefined],
    ['html', 'VENDOR_DOWN', undefined],
    ['broken_json', 'VENDOR_REPLY', undefined],
    ['missing_scope', 'VENDOR_SCOPE', undefined],
  ] as const)('%s becomes %s', async (kind, code, wait) => {
    tenant = await startTenant();
    tenant.fault('GET /users/{id}', kind, 1, { retryAfterSeconds: 7 });
    await expect(read(tenant, { timeoutMs: kind === 'timeout' ? 300 : 5_000 })).rejects.toMatchObject({
      code,
      retryAfterMs: wait,
    });
    expect(await read(tenant)).toMatchObject({ id: tenant.id('dana') }); // and it was not retried inside: one fault, one error
  });

  it.each([
    ['throttle', 'VENDOR_BUSY'],
    ['html', 'VENDOR_DOWN'],
    ['broken_json', 'VENDOR_REPLY'],
    ['reset', 'VENDOR_DOWN'],
    ['missing_scope', 'VENDOR_SCOPE'],
  ] as const)('the same for APIs outside Graph: %s becomes %s', async (kind, code) => {
    tenant = await startTenant();
    tenant.fault('GET /api/machineactions', kind);
    const client = createMicrosoftClient(tenant.settings('containment'));
    await expect(client.page(OPERATIONS.machineActions, {})).rejects.toMatchObject({ code });
  });

  it('keeps names, addresses and vendor texts out of errors', async () => {
    tenant = await startTenant();
    const client = createMicrosoftClient(tenant.settings('evidence'));
    const error = await client
      .call(OPERATIONS.user, { path: { id: 'secret.person@example.com' } }, user)
      .catch((e: unknown) => e);
    expect(error).toMatchObject({
      code: 'VENDOR_NOT_FOUND',
      detail: 'GET /users/{id}: HTTP 404 Request_ResourceNotFound',
    });
    expect(JSON.stringify(error)).not.toContain('secret');
  });

  it('passes the cancellation of the caller on as it is', async () => {
    tenant = await startTenant();
    tenant.fault('GET /users/{id}', 'timeout');
    const stop = new AbortController();
    const reason = new Error('cancelled by the activity');
    setTimeout(() => {
      stop.abort(reason);
    }, 50);
    await expect(
      createMicrosoftClient(tenant.settings('evidence')).call(
        OPERATIONS.user,
        { path: { id: tenant.id('dana') }, signal: stop.signal },
        user,
      ),
    ).rejects.toBe(reason);
  });
});

describe('credentials', () => {
  it('says which role lacks a permission only by the operation', async () => {
    tenant = await startTenant();
    tenant.simulator.authority.revoke('evidence', 'User.Read.All');
    await expect(read(tenant)).rejects.toMatchObject({ code: 'VENDOR_SCOPE' });
  });

  it('cannot write with the evidence credential', async () => {
    tenant = await startTenant();
    const client = createMicrosoftClient(tenant.settings('evidence'));
    await expect(
      client.send(OPERATIONS.setAccountEnabled, { path: { id: tenant.id('dana') }, body: { accountEnabled: false } }),
    ).rejects.toMatchObject({ code: 'VENDOR_SCOPE' });
    expect(tenant.world.journal).toEqual([]);
  });

  it('fetches a new token once when the old one has ended', async () => {
    tenant = await startTenant();
    const client = createMicrosoftClient(tenant.settings('evidence'));
    const ask = (t: Tenant) => client.call(OPERATIONS.user, { path: { id: t.id('dana') } }, user);
    await ask(tenant);
    tenant.simulator.authority.expireTokens();
    expect(await ask(tenant)).toMatchObject({ id: tenant.id('dana') });
  });

  it('names a wrong secret as such', async () => {
    tenant = await startTenant();
    const { clientId } = tenant.settings('evidence').credential;
    await expect(read(tenant, { credential: { clientId, clientSecret: 'wrong' } })).rejects.toMatchObject({
      code: 'VENDOR_AUTH',
    });
  });

  it('signs in with a certificate', async () => {
    tenant = await startTenant();
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const thumbprintSha256 = 'ab'.repeat(32);
    const { clientId } = tenant.settings('evidence').credential;
    const certificate = {
      privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
      thumbprintSha256,
    };
    await expect(read(tenant, { credential: { clientId, certificate } })).rejects.toMatchObject({
      code: 'VENDOR_AUTH',
    });
    tenant.simulator.authority.addCertificate(
      'evidence',
      thumbprintSha256,
      publicKey.export({ type: 'spki', format: 'pem' }) as string,
    );
    expect(await read(tenant, { credential: { clientId, certificate } })).toMatchObject({ id: tenant.id('dana') });
  });

  it('signs in with the token of the platform it runs on, read anew each time', async () => {
    tenant = await startTenant();
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const issuer = 'https://issuer.example.com';
    const subject = 'system:serviceaccount:quell:evidence';
    const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
    tenant.simulator.authority.federate('evidence', { issuer, subject, publicKeyPem });
    const folder = mkdtempSync(join(tmpdir(), 'quell-federated-'));
    const federatedTokenFile = join(folder, 'token');
    const { clientId } = tenant.settings('evidence').credential;
    const credential = { clientId, federatedTokenFile };
    const token = (sub: string) =>
      new SignJWT()
        .setProtectedHeader({ alg: 'RS256' })
        .setIssuer(issuer)
        .setSubject(sub)
        .setAudience('api://AzureADTokenExchange')
        .setExpirationTime('10m')
        .sign(privateKey);
    try {
      await expect(read(tenant, { credential })).rejects.toMatchObject({ code: 'CONFIG' });
      writeFileSync(federatedTokenFile, await token('system:serviceaccount:other:evidence'));
      await expect(read(tenant, { credential })).rejects.toMatchObject({ code: 'VENDOR_AUTH' });
      writeFileSync(federatedTokenFile, `${await token(subject)}\n`); // rotated meanwhile
      expect(await read(tenant, { credential })).toMatchObject({ id: tenant.id('dana') });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('asks for one token, however many calls wait for it, and lets one of them give up', async () => {
    tenant = await startTenant();
    const { wire, calls } = spied(tenant);
    tenant.fault('POST /oauth2/v2.0/token', 'timeout');
    const client = createMicrosoftClient(tenant.settings('evidence', { wire, timeoutMs: 600 }));
    const reason = new Error('cancelled by the activity');
    const path = { id: tenant.id('dana') };
    const waiting = client.call(OPERATIONS.user, { path }, user);
    const givesUp = client.call(OPERATIONS.user, { path, signal: AbortSignal.abort(reason) }, user);
    const stop = new AbortController();
    const later = client.call(OPERATIONS.user, { path, signal: stop.signal }, user);
    stop.abort(reason);
    await expect(givesUp).rejects.toBe(reason);
    await expect(later).rejects.toBe(reason);
    await expect(waiting).rejects.toMatchObject({ code: 'VENDOR_DOWN' });
    expect(calls.filter((c) => c.path.endsWith('/token'))).toHaveLength(1);
    expect(await client.call(OPERATIONS.user, { path }, user)).toMatchObject({ id: tenant.id('dana') }); // and a failed one is not kept
  });

  it.each([
    ['html', 'VENDOR_DOWN'],
    ['reset', 'VENDOR_DOWN'],
    ['throttle', 'VENDOR_BUSY'],
    ['error', 'VENDOR_DOWN'],
    ['broken_json', 'VENDOR_REPLY'],
  ] as const)('a token endpoint that answers with %s is %s, not a wrong credential', async (kind, code) => {
    tenant = await startTenant();
    tenant.fault('POST /oauth2/v2.0/token', kind);
    await expect(read(tenant)).rejects.toMatchObject({ code });
  });

  it('sends a token to the configured host alone, whatever a paging link says', async () => {
    tenant = await startTenant();
    const asked: string[] = [];
    const spy: typeof fetch = async (input, init) => {
      asked.push(input instanceof Request ? input.url : input.toString());
      return fetch(input, init);
    };
    const { url } = tenant;
    const wire = createWire({ bases: microsoftBases({ graph: url, login: url, manage: url }), fetch: spy });
    const client = createMicrosoftClient(tenant.settings('evidence', { wire }));
    await client.page(OPERATIONS.users, {}, 'https://evil.example.net/v1.0/users?$top=1');
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.every((a) => a.startsWith(`${url}/`))).toBe(true);
  });

  it('needs no other host than those configured', () => {
    const loopback = 'http://127.0.0.1:1';
    const bases = microsoftBases({ graph: `${loopback}/`, login: loopback, manage: loopback });
    expect(new Set(bases.map(({ at }) => new URL(at).origin))).toEqual(new Set([loopback]));
    expect(microsoftBases().every(({ own, at }) => own === at)).toBe(true);
  });
});

describe('Retry-After', () => {
  it('is read as seconds or as a date; absent means unknown', () => {
    const now = Date.parse('2026-03-01T00:00:00Z');
    expect(retryAfterMs('12', now)).toBe(12_000);
    expect(retryAfterMs('Sun, 01 Mar 2026 00:00:30 GMT', now)).toBe(30_000);
    expect(retryAfterMs('Sat, 28 Feb 2026 00:00:00 GMT', now)).toBe(0);
    expect(retryAfterMs(null, now)).toBeUndefined();
    expect(retryAfterMs('soon', now)).toBeUndefined();
  });
});
