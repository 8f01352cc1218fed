import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ActTarget } from '../../../../domain/act-target.js';
import { actOf, type Acting } from '../acting.js';
import { containmentOf, startTenant, type Tenant } from '../fixture.js';

let tenant: Tenant;
let act: Acting;
beforeEach(async () => {
  tenant = await startTenant([
    { type: 'app_password', at: '-P9D', user: '@dana', name: 'own printer' },
    { type: 'app_password', at: '-PT1H', user: '@dana', name: 'imap' },
    { type: 'app_password', at: '-PT1H', user: '@max', name: 'max' },
    { type: 'backup_codes', at: '-PT1H', user: '@dana' },
    { type: 'grant', at: '-PT1H', user: '@dana', app: 'app:notes', scopes: ['openid'] },
  ]);
  act = actOf(containmentOf(tenant), 'remove_auth_method');
});
afterEach(() => tenant.close());

const target = (methodId: string): ActTarget => ({ type: 'auth_method', methodId, accountId: tenant.id('dana') });
const context = () => ({ since: new Date().toISOString(), idempotencyKey: 'plan-1/step-1' });
const facts = () => tenant.simulator.inspect('@dana');

it('takes the app password that is named, and no other way in', async () => {
  const before = facts();
  expect(before).toMatchObject({ appPasswords: 2, backupCodes: 10, tokens: 1, passwordChanged: false });
  expect(await act.apply(target('asp:2'), context())).toMatchObject([
    { operation: 'directory.asps.delete', targetId: `${tenant.id('dana')}/asps/2` },
  ]);
  expect(facts()).toEqual({ ...before, appPasswords: 1 });
  expect(await act.capture(target('asp:1'))).toEqual({ appPasswords: 1 });
  expect(await act.verify(target('asp:2'), context())).toEqual({ holds: true, state: { appPasswords: 0 } });
  expect(await act.apply(target('asp:2'), context())).toEqual([]);
});

it('has nothing to do where the app password is another account’s', async () => {
  expect(await act.apply(target('asp:3'), context())).toEqual([]);
  expect(tenant.simulator.inspect('@max')).toMatchObject({ appPasswords: 1 });
});

it('makes the backup codes void, and nothing else', async () => {
  const before = facts();
  expect(await act.verify(target('backup-codes'), context())).toEqual({ holds: false, state: { backupCodes: 10 } });
  expect(await act.apply(target('backup-codes'), context())).toMatchObject([
    { operation: 'directory.verificationCodes.invalidate', targetId: tenant.id('dana') },
  ]);
  expect(facts()).toEqual({ ...before, backupCodes: 0 });
  expect(await act.verify(target('backup-codes'), context())).toEqual({ holds: true, state: { backupCodes: 0 } });
  expect(await act.apply(target('backup-codes'), context())).toEqual([]);
});

it('leaves the backup codes of a suspended account: nobody signs in with them, and Google refuses it', async () => {
  tenant.simulator.user('dana').suspended = true;
  expect(await act.apply(target('backup-codes'), context())).toEqual([]);
  expect((await act.verify(target('backup-codes'), context())).holds).toBe(true);
  expect(tenant.world.journal).toEqual([]);
});

it('says what is lost: programs, and the person’s own codes', () => {
  expect(containmentOf(tenant).acts.remove_auth_method?.losses).toMatch(/the person’s own too/);
});
