import { afterEach, describe, expect, it } from 'vitest';
import type { ActTarget } from '../../../domain/act-target.js';
import type { ActionKind } from '../../../domain/acts/index.js';
import { createGoogleClient } from '../../../platforms/google/client.js';
import { createGoogleContainment } from '../../../platforms/google/containment.js';
import { METHODS } from '../../../platforms/google/methods.js';
import { readUser } from '../../../platforms/google/people.js';
import type { GoogleSettings } from '../../../platforms/google/settings.js';
import { actOf } from './acting.js';
import { containmentOf, evidenceOf, startTenant, type RowInput, type Tenant } from './fixture.js';

let tenant: Tenant;
afterEach(() => tenant.close());

const ROWS: readonly RowInput[] = [
  { type: 'grant', at: '-PT1H', user: '@dana', app: 'app:thief', scopes: ['https://mail.google.com/'] },
  { type: 'app_password', at: '-PT1H', user: '@dana', name: 'imap' },
  { type: 'backup_codes', at: '-PT1H', user: '@dana' },
];
const TARGETS = (): readonly (readonly [ActionKind, ActTarget])[] => {
  const accountId = tenant.id('dana');
  const appId = tenant.world.appId('thief');
  return [
    ['revoke_tokens', { type: 'account', accountId }],
    ['revoke_tokens', { type: 'grant', appId, accountId }],
    ['remove_app', { type: 'app', appId, accountId }],
    ['remove_auth_method', { type: 'auth_method', methodId: 'asp:1', accountId }],
    ['remove_auth_method', { type: 'auth_method', methodId: 'backup-codes', accountId }],
  ];
};
const context = () => ({ since: new Date().toISOString(), idempotencyKey: 'plan-1/step-1' });

describe('a suspended account', () => {
  it('holds every way in shut, whoever suspended it, and nothing is written', async () => {
    tenant = await startTenant(ROWS);
    tenant.simulator.user('dana').suspended = true;
    for (const [kind, target] of TARGETS()) {
      const act = actOf(containmentOf(tenant), kind);
      expect(await act.apply(target, context())).toEqual([]);
      expect(await act.verify(target, context())).toMatchObject({ holds: true });
      await expect(act.capture(target)).resolves.toBeDefined();
    }
    expect(tenant.world.journal).toEqual([]);
  });

  it('that is active again is read again: what was never taken from it does not hold', async () => {
    tenant = await startTenant(ROWS);
    const dana = tenant.simulator.user('dana');
    dana.suspended = true;
    const held = async () =>
      Promise.all(
        TARGETS().map(async ([kind, t]) => (await actOf(containmentOf(tenant), kind).verify(t, context())).holds),
      );
    expect(await held()).toEqual([true, true, true, true, true]);
    dana.suspended = false;
    expect(await held()).toEqual([false, false, false, false, false]);
  });

  it('is told by its record alone: a bad credential is one, also while an active account is read', async () => {
    tenant = await startTenant(ROWS);
    const settings = tenant.settings('containment');
    const refusing = (wire: GoogleSettings['wire']): GoogleSettings['wire'] => ({
      send: (call, url, init) =>
        call.operation === METHODS.tokens.name
          ? Promise.resolve(
              new Response(JSON.stringify({ error: { code: 401, errors: [{ reason: 'required' }] } }), {
                status: 401,
                headers: { 'content-type': 'application/json' },
              }),
            )
          : wire.send(call, url, init),
    });
    const port = createGoogleContainment({ ...settings, wire: refusing(settings.wire) });
    const [kind, target] = TARGETS()[0] ?? [];
    if (kind === undefined || target === undefined) throw new Error('no target');
    await expect(actOf(port, kind).verify(target, context())).rejects.toMatchObject({ code: 'VENDOR_AUTH' });
    await expect(actOf(port, kind).apply(target, context())).rejects.toMatchObject({ code: 'VENDOR_AUTH' });
    tenant.simulator.user('dana').suspended = true;
    expect(await actOf(port, kind).verify(target, context())).toEqual({ holds: true, state: { suspended: true } });
  });
});

describe('an account that was just deleted', () => {
  it('is not there, for who looks it up as for who would act on it', async () => {
    tenant = await startTenant(ROWS);
    const id = tenant.id('dana');
    tenant.simulator.user('dana').deleted = true;
    const client = createGoogleClient(tenant.settings('evidence'));
    await expect(readUser(client, id)).rejects.toMatchObject({ code: 'VENDOR_NOT_FOUND', retryable: false });
    const { directory } = evidenceOf(tenant);
    expect(await directory.lookup({ nativeId: id })).toBeUndefined();
    expect(await directory.lookup({ email: 'dana@example.com' })).toBeUndefined();
    const act = actOf(containmentOf(tenant), 'disable_account');
    await expect(act.verify({ type: 'account', accountId: id }, context())).rejects.toMatchObject({
      code: 'UNRESOLVED',
    });
  });
});

describe('a name of an account', () => {
  it('is found in capitals, as an alias, with a tag, and by a domain in Unicode', async () => {
    tenant = await startTenant([], {
      people: {
        obrien: { name: 'O', email: "o'brien@example.com", accounts: ['google'], authority: 'google', mail: 'google' },
      },
    });
    tenant.simulator.user('dana').aliases = ['d.subject@example.com', 'dana@xn--bcher-kva.example'];
    const { directory } = evidenceOf(tenant);
    const found = async (email: string) => (await directory.lookup({ email }))?.nativeId;
    for (const name of [
      ...['DANA@Example.com', 'd.subject@example.com', 'dana+newsletter@example.com', 'D.Subject+x@example.com'],
      ...['dana@bücher.example', 'Dana Subject <dana@example.com>'],
    ])
      expect([name, await found(name)]).toEqual([name, tenant.id('dana')]);
    expect(await found("O'Brien@example.com")).toBe(tenant.id('obrien'));
    for (const name of ['nobody+dana@example.com', 'dana+x', 'x', 'a&b=c@example.com', '../users@example.com'])
      expect([name, await found(name)]).toEqual([name, undefined]);
    expect((await directory.lookup({ nativeId: tenant.id('dana') }))?.emails).toEqual([
      ...['dana@example.com', 'd.subject@example.com', 'dana@xn--bcher-kva.example'],
    ]);
  });

  it('in a list beside an odd row is read; the odd row is known when somebody asks', async () => {
    const odd = { id: '900000000000000000001', primaryEmail: 'odd@example.com', isAdmin: 'perhaps' };
    tenant = await startTenant([], { odd: { users: [null, odd] } });
    const { entries } = await evidenceOf(tenant).directory.list(undefined);
    expect(entries.map((e) => e.nativeId)).toContain(tenant.id('dana'));
    expect(entries.map((e) => e.nativeId)).not.toContain(odd.id);
  });
});

it('who is the last administrator is not hidden by a row that nobody can read', async () => {
  const people = Object.fromEntries(
    ['ivy', 'root'].map((key) => [
      key,
      { name: key, email: `${key}@example.com`, accounts: ['slack'], authority: 'slack', mail: 'microsoft' },
    ]),
  );
  tenant = await startTenant([], { people, odd: { users: [{ id: '900000000000000000001', isAdmin: true }] } });
  expect(await evidenceOf(tenant).directory.lookup({ email: 'ada@example.com' })).toMatchObject({ lastAdmin: true });
});

it('an account whose standing cannot be read is protected', async () => {
  tenant = await startTenant();
  const settings = tenant.settings('containment');
  const wire: GoogleSettings['wire'] = {
    send: async (call, url, init) => {
      const answer = await settings.wire.send(call, url, init);
      if (call.operation !== METHODS.user.name) return answer;
      const body = JSON.stringify({ ...((await answer.json()) as object), isAdmin: 'yes' });
      return new Response(body, { headers: { 'content-type': 'application/json' } });
    },
  };
  const act = actOf(createGoogleContainment({ ...settings, wire }), 'disable_account');
  await expect(act.apply({ type: 'account', accountId: tenant.id('dana') }, context())).rejects.toThrow();
  expect(tenant.world.journal).toEqual([]);
});
