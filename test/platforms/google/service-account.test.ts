import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createGoogleClient, type GoogleClient } from '../../../platforms/google/client.js';
import { METHODS } from '../../../platforms/google/methods.js';
import { readUser } from '../../../platforms/google/people.js';
import { serviceAccountFrom } from '../../../platforms/google/service-account.js';
import type { Wire } from '../../../platforms/wire.js';
import { googleCredentials } from '../../../simulator/google/authority.js';
import { FEDERATION } from '../../../simulator/google/federation.js';
import { startTenant, type Tenant } from './fixture.js';

let tenant: Tenant;
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quell-google-'));
  tenant = await startTenant();
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await tenant.close();
});

const EMAIL = 'quell-evidence@quell-demo.iam.gserviceaccount.com';
const poolFile = (file: string, format?: object): string =>
  JSON.stringify({
    type: 'external_account',
    audience: FEDERATION.audience,
    subject_token_type: FEDERATION.subjectTokenType,
    token_url: 'https://sts.googleapis.com/v1/token',
    credential_source: { file, ...(format ? { format } : {}) },
  });

describe('a credential file', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

  it('is a bare key, or the key file as Google hands it out', () => {
    expect(serviceAccountFrom(EMAIL, pem)).toEqual({ email: EMAIL, privateKey: pem });
    const file = JSON.stringify({ type: 'service_account', client_email: EMAIL, private_key: pem });
    expect(serviceAccountFrom(EMAIL, file)).toEqual({ email: EMAIL, privateKey: pem });
  });

  it.each([
    [
      'another account’s key',
      { type: 'service_account', client_email: 'x@y.iam.gserviceaccount.com', private_key: 'k' },
    ],
    ['a person’s login', { type: 'authorized_user', refresh_token: 'r' }],
    [
      'a pool that asks a metadata server',
      {
        type: 'external_account',
        audience: FEDERATION.audience,
        subject_token_type: 't',
        credential_source: { url: 'http://169.254.169.254' },
      },
    ],
    [
      'a pool of nobody',
      {
        type: 'external_account',
        audience: 'https://example.com',
        subject_token_type: 't',
        credential_source: { file: '/f' },
      },
    ],
  ])('is refused when it is %s', (_, json) => {
    expect(() => serviceAccountFrom(EMAIL, JSON.stringify(json))).toThrow(expect.objectContaining({ code: 'CONFIG' }));
  });

  it('whose key signs nothing for Google is refused with the first call', async () => {
    const { privateKey: other } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    for (const key of ['no key', other.export({ type: 'pkcs8', format: 'pem' }).toString()]) {
      const settings = tenant.settings('evidence', { serviceAccount: { email: EMAIL, privateKey: key } });
      await expect(readUser(createGoogleClient(settings), 'x')).rejects.toMatchObject({ code: 'CONFIG' });
    }
  });

  it('is refused when it is no JSON, and not told in the error', () => {
    expect(() => serviceAccountFrom(EMAIL, '{ secret')).toThrow(expect.not.stringContaining('secret'));
  });
});

describe('without a key', () => {
  const lookup = (text: string, email = googleCredentials(tenant.world).evidence.email) =>
    readUser(
      createGoogleClient(tenant.settings('evidence', { serviceAccount: serviceAccountFrom(email, text) })),
      tenant.id('dana'),
    );
  const tokenFile = (text: string): string => {
    const path = join(folder, 'token');
    writeFileSync(path, text);
    return path;
  };

  it('the platform’s token is exchanged and Google signs: as text', async () => {
    expect((await lookup(poolFile(tokenFile(`${FEDERATION.tokenOf('evidence')}\n`)))).id).toBe(tenant.id('dana'));
    expect(tenant.simulator.authority.given).toHaveLength(1);
  });

  it('and as a field of JSON', async () => {
    const file = tokenFile(JSON.stringify({ id_token: FEDERATION.tokenOf('evidence') }));
    const format = { type: 'json', subject_token_field_name: 'id_token' };
    expect((await lookup(poolFile(file, format))).id).toBe(tenant.id('dana'));
  });

  const SIGN = 'iamcredentials.projects.serviceAccounts.signJwt';
  /** A client of the federated account, and the operations that went by its wire; the first to sign is refused if said. */
  const recorded = (refuseFirst = false): { readonly client: GoogleClient; readonly operations: string[] } => {
    const file = poolFile(tokenFile(FEDERATION.tokenOf('evidence')));
    const serviceAccount = serviceAccountFrom(googleCredentials(tenant.world).evidence.email, file);
    const settings = tenant.settings('evidence', { serviceAccount });
    const operations: string[] = [];
    const wire: Wire = {
      send: async (call, url, init) => {
        operations.push(call.operation);
        return refuseFirst && operations.filter((o) => o === SIGN).length === 1 && call.operation === SIGN
          ? Response.json({ error: { status: 'UNAUTHENTICATED' } }, { status: 401 })
          : settings.wire.send(call, url, init);
      },
    };
    return { client: createGoogleClient({ ...settings, wire }), operations };
  };

  it('every request goes by the wire, and the platform’s token is exchanged once for many assertions', async () => {
    const { client, operations } = recorded();
    await readUser(client, tenant.id('dana'));
    await client.call(METHODS.alerts, 'admin', (sdk, o) => sdk.alerts.list({}, o), z.unknown());
    const { user, alerts } = METHODS;
    expect(operations).toEqual(['sts.token', SIGN, 'oauth.token', user.name, SIGN, 'oauth.token', alerts.name]);
  });

  it('an exchanged token that is refused is exchanged anew, once', async () => {
    const { client, operations } = recorded(true);
    expect((await readUser(client, tenant.id('dana'))).id).toBe(tenant.id('dana'));
    expect(operations.slice(0, 5)).toEqual(['sts.token', SIGN, 'sts.token', SIGN, 'oauth.token']);
  });

  it('a platform that Google does not know, or that may not sign as this account, gets nothing', async () => {
    await expect(lookup(poolFile(tokenFile('of a stranger')))).rejects.toMatchObject({ code: 'VENDOR_AUTH' });
    await expect(lookup(poolFile(tokenFile(FEDERATION.tokenOf('people'))))).rejects.toMatchObject({
      code: 'VENDOR_SCOPE',
    });
    await expect(lookup(poolFile(join(folder, 'none')))).rejects.toMatchObject({ code: 'CONFIG' });
  });

  it.each([
    ['sts.token', 'error', 'VENDOR_DOWN'],
    ['sts.token', 'throttle', 'VENDOR_BUSY'],
    ['sts.token', 'broken_json', 'VENDOR_REPLY'],
    ['iamcredentials.projects.serviceAccounts.signJwt', 'reset', 'VENDOR_DOWN'],
    ['iamcredentials.projects.serviceAccounts.signJwt', 'html', 'VENDOR_DOWN'],
  ] as const)('%s with %s is %s, once', async (operation, kind, code) => {
    const file = poolFile(tokenFile(FEDERATION.tokenOf('evidence')));
    tenant.fault(operation, kind, 2);
    await expect(lookup(file)).rejects.toMatchObject({ code });
    expect(tenant.world.faults[0]?.times).toBe(1);
  });
});
