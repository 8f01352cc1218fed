import { afterEach, describe, expect, it } from 'vitest';
import { createGoogleContainment } from '../../../platforms/google/containment.js';
import { mailAccessKey } from '../../../platforms/google/mail-access.js';
import { summaryOf } from '../../../platforms/resolve.js';
import {
  ADA,
  dana,
  delegate,
  fileOf,
  grant,
  link,
  method,
  misled,
  refusal,
  resolved,
  rule,
  seen,
  start,
  targetOf,
  tenant,
  UNRESOLVED,
} from './resolving.js';

afterEach(async () => {
  expect(tenant.world.journal).toEqual([]); // whatever is resolved, nothing is written
  await tenant.close();
});

describe.each(['grant', 'app'] as const)('a target of type %s', (type) => {
  it('is what the account granted, and affects that account alone', async () => {
    await start();
    const appId = tenant.world.appId('thief');
    const found = await resolved(grant(type, appId, 'dana@example.com'));
    expect(summaryOf(found)).toEqual({ target: grant(type, appId), affects: [dana()], reach: 'accounts' });
  });

  it('that is gone is the account’s still; one that is written otherwise is none', async () => {
    await start();
    const gone = tenant.world.appId('notes'); // max’s, and not dana’s
    expect(await targetOf(grant(type, gone))).toEqual(grant(type, gone));
    const appId = tenant.world.appId('thief');
    for (const other of [appId.toUpperCase(), encodeURIComponent(`${appId}/`), `apps/${appId}`, `${appId} `, ''])
      expect({ other, got: await refusal(grant(type, other)) }).toMatchObject({ other, got: UNRESOLVED });
    expect(await refusal(grant(type, appId, '999'))).toMatchObject(UNRESOLVED);
  });

  it('of our own is protected', async () => {
    await start();
    const ownAppIds = [tenant.world.appId('thief')];
    const port = createGoogleContainment(tenant.settings('containment', { ownAppIds }));
    expect((await resolved(grant(type, ownAppIds[0] ?? ''), port)).protectedBecause).toEqual(['own_app']);
    expect((await resolved(grant(type, tenant.world.appId('notes')), port)).protectedBecause).toEqual([]);
  });
});

describe('a file', () => {
  it('affects who shared it, and who owns it', async () => {
    await start();
    const own = await seen('google.drive', 'own.txt');
    expect(summaryOf(await resolved(link(own, 'DANA@example.com')))).toEqual({
      target: link(own),
      affects: [dana()],
      reach: 'accounts',
    });
    const ofMax = await resolved(link(fileOf('max', 'of-max.txt')));
    expect(ofMax.affects.map((a) => a.accountId)).toEqual([dana(), tenant.id('max')]);
    expect(ofMax.affects[1]).toMatchObject({ homeTenant: 'C0quell00', protectedBecause: [] });
  });

  it('of an administrator is protected as the administrator is', async () => {
    await start();
    const { affects } = await resolved(link(fileOf('ada', 'of-ada.txt')));
    expect(affects.map((a) => a.protectedBecause)).toEqual([[], ['admin_role', 'last_admin']]);
  });

  it('of somebody outside names them by no address, as another organisation’s', async () => {
    await start();
    const { affects } = await resolved(link(fileOf('ext', 'of-ext.txt')));
    expect(affects[1]).toMatchObject({ homeTenant: 'partner.example.org', protectedBecause: ['unknown'] });
    expect(affects.map((a) => a.accountId).join()).not.toContain('@');
  });

  it('on a shared drive has no owner; one without drive and owner is not believed', async () => {
    await start();
    const shared = fileOf('dana', 'of-all.txt');
    expect((await resolved(link(shared))).affects.map((a) => a.accountId)).toEqual([dana()]);
    const bare = misled(/\/drive\/v3\/files\//, ({ driveId: _, ...body }) => body);
    expect(await refusal(link(shared), bare)).toMatchObject({ code: 'VENDOR_REPLY' });
    const hidden = misled(/\/drive\/v3\/files\//, (body) => ({ ...body, owners: [{ permissionId: '77' }] }));
    expect((await resolved(link(shared), hidden)).affects[1]).toMatchObject({
      accountId: '77',
      protectedBecause: ['unknown'],
    });
  });

  it('that is gone, or that the account does not see, is the account’s; another one is not taken for it', async () => {
    await start();
    const gone = '1'.padEnd(33, 'A');
    expect(summaryOf(await resolved(link(gone))).affects).toEqual([dana()]);
    const own = fileOf('dana', 'own.txt');
    expect(summaryOf(await resolved(link(own, tenant.id('max')))).affects).toEqual([tenant.id('max')]);
    const other = misled(/\/drive\/v3\/files\//, (body) => ({ ...body, id: gone }));
    expect(await refusal(link(own), other)).toMatchObject({ code: 'VENDOR_REPLY' });
    for (const id of [`files/${own}`, encodeURIComponent(`${own}/x`), `${own}?alt=media`, '', '..'])
      expect({ id, got: await refusal(link(id)) }).toMatchObject({ id, got: UNRESOLVED });
    expect(await refusal(link(own, '999'))).toMatchObject(UNRESOLVED);
  });

  it('of a suspended account cannot be looked at, so that whose it is stays unknown', async () => {
    await start();
    tenant.simulator.user('dana').suspended = true;
    expect((await resolved(link(fileOf('max', 'of-max.txt')))).protectedBecause).toEqual(['unknown']);
  });
});

describe('a mail rule', () => {
  it('is in the mailbox of the account, and affects nobody else', async () => {
    await start();
    for (const id of [await seen('google.notices', undefined), 'autoForwarding'])
      expect(summaryOf(await resolved(rule(id, 'Dana@example.com')))).toEqual({
        target: rule(id),
        affects: [dana()],
        reach: 'accounts',
      });
  });

  it('that is gone is the account’s still; one that is written otherwise is none', async () => {
    await start();
    const id = await seen('google.notices', undefined);
    expect(await targetOf(rule('ANe1Bmj000'))).toEqual(rule('ANe1Bmj000'));
    for (const other of [id.toUpperCase(), `filters/${id}`, encodeURIComponent(`${id}/`), 'AutoForwarding', '', '..'])
      expect({ other, got: await refusal(rule(other)) }).toMatchObject({ other, got: UNRESOLVED });
    expect(await refusal(rule(id, '999'))).toMatchObject(UNRESOLVED);
    tenant.simulator.user('dana').suspended = true;
    expect(await targetOf(rule(id))).toEqual(rule(id));
    expect(await refusal(rule('autoforwarding'))).toMatchObject(UNRESOLVED);
  });
});

describe('an authentication method', () => {
  it('is an app password, or all backup codes, and is the account’s, also when it is gone', async () => {
    await start();
    for (const id of ['asp:1', 'asp:2', 'backup-codes'])
      // the second one is max’s, and none of dana’s
      expect(summaryOf(await resolved(method(id, 'DANA@example.com')))).toEqual({
        target: method(id),
        affects: [dana()],
        reach: 'accounts',
      });
  });

  it('is none of another kind or in another spelling', async () => {
    await start();
    for (const id of ['ASP:1', 'asp:01', 'asp:1 ', 'asp%3A1', 'asp:', 'asp:1.0', `asp:${'9'.repeat(20)}`, '1'])
      expect({ id, got: await refusal(method(id)) }).toMatchObject({ id, got: UNRESOLVED });
    for (const id of ['Backup-Codes', 'phone:1', 'security-key:1', 'password', ''])
      expect({ id, got: await refusal(method(id)) }).toMatchObject({ id, got: UNRESOLVED });
    expect(await refusal(method('backup-codes', '999'))).toMatchObject(UNRESOLVED);
    const twice = misled(/\/asps$/, (body) => ({ ...body, items: [{ codeId: 1 }, { codeId: 1 }] }));
    expect(await refusal(method('asp:1'), twice)).toMatchObject(UNRESOLVED);
  });
});

describe('a delegate', () => {
  it('is named by a digest of its address, as evidence does, and affects whose mailbox it is', async () => {
    await start();
    expect(await seen('google.notices', 'ada@example.com')).toBe(ADA);
    expect(summaryOf(await resolved(delegate(ADA, 'DANA@example.com')))).toEqual({
      target: delegate(ADA),
      affects: [dana()],
      reach: 'accounts',
    });
  });

  it('that is gone, and one of a suspended account, is the account’s still', async () => {
    await start();
    const gone = mailAccessKey('sendAs', 'boss@example.org');
    expect(await targetOf(delegate(gone))).toEqual(delegate(gone));
    tenant.simulator.user('dana').suspended = true;
    expect(await targetOf(delegate(ADA))).toEqual(delegate(ADA));
  });

  it('is none by an address, in another spelling, or where it is the account’s own address', async () => {
    await start();
    const own = mailAccessKey('sendAs', 'dana@example.com');
    const digest = ADA.slice('delegates/'.length);
    for (const id of [
      'ada@example.com',
      ADA.toUpperCase(),
      `${ADA}0`,
      `delegates%2F${digest}`,
      `x/${ADA}`,
      digest,
      own,
    ])
      expect({ id, got: await refusal(delegate(id)) }).toMatchObject({ id, got: UNRESOLVED });
    expect(await refusal(delegate(ADA, '999'))).toMatchObject(UNRESOLVED);
    const entry = { delegateEmail: 'ada@example.com', verificationStatus: 'accepted' };
    const twice = misled(/\/delegates$/, () => ({
      delegates: [entry, { ...entry, delegateEmail: 'Ada@example.com' }],
    }));
    expect(await refusal(delegate(ADA), twice)).toMatchObject(UNRESOLVED);
  });
});
