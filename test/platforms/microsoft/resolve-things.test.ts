import { afterEach, describe, expect, it } from 'vitest';
import { ruleNamed } from '../../../domain/act-target.js';
import { itemId } from '../../../simulator/microsoft/state.js';
import { deviceId, guid, machineId } from '../../../simulator/microsoft/rows.js';
import { ROWS, targets } from './acting.js';
import { ANOTHER_ADMIN, evidenceOf, readAll, startTenant, type RowInput, type Tenant } from './fixture.js';
import { answering, outcome, resolved } from './resolving.js';

const NOBODY = '00000000-0000-4000-8000-000000000000';
const MOBILE = '3179e48a-750b-4051-897c-87b9720928f7';
const ALTERNATE = 'b6332ec1-7057-4abe-9331-3d72feddfe41';

let tenant: Tenant;
const start = async (...rows: readonly RowInput[]): Promise<void> => {
  tenant = await startTenant([...ROWS, ...rows], { people: { bo: ANOTHER_ADMIN } });
};
afterEach(async () => {
  expect(tenant.world.journal).toEqual([]);
  await tenant.close();
});

describe('a file', () => {
  const SHARED: RowInput = {
    type: 'audit',
    at: '-PT50M',
    user: '@dana',
    operation: 'SharingSet',
    file: 'sent-out.txt',
    external: 'rival@example.net',
  };
  const link = (fileId: string, accountId = tenant.id('dana')) => ({ type: 'link', fileId, accountId }) as const;
  const audited = async (): Promise<string> => {
    const { events } = await readAll(evidenceOf(tenant), 'microsoft.activity_feed', tenant.query('dana'));
    return events.find((e) => e.kind === 'share')?.target?.id ?? '';
  };

  it('is one thing under the ids of the drive, of the audit log, and of the drive and itself', async () => {
    await start(SHARED);
    const item = itemId(tenant.id('dana'), 'sent-out.txt');
    const found = await resolved(tenant, link(item, tenant.id('dana').toUpperCase()));
    expect(found.fileId).toMatch(new RegExp(`^drives/[^/]+/items/${item}$`));
    for (const spelling of [item, await audited(), found.fileId])
      expect(await outcome(tenant, link(spelling))).toEqual(link(found.fileId));
    expect(found.affects.map((a) => a.accountId)).toEqual([tenant.id('dana')]);
    expect(found.reach).toBe('accounts');
  });

  it('affects who shared it, whose drive it is in and who put it there', async () => {
    await start({ type: 'file', at: '-PT1H', user: '@max', by: '@ada', name: 'plan.docx', shared: 'external' });
    const fileId = `drives/b!${guid(`drive:${tenant.id('max')}`).replaceAll('-', '')}/items/${itemId(tenant.id('max'), 'plan.docx')}`;
    const { affects } = await resolved(tenant, link(fileId));
    expect(affects.map((a) => [a.accountId, a.protectedBecause])).toEqual([
      [tenant.id('dana'), []],
      [tenant.id('max'), []],
      [tenant.id('ada'), ['admin_role']],
    ]);
  });

  it('in a library of a site affects who shared it, and who left is nobody', async () => {
    await start();
    const library = answering(tenant, /\/drives\/[^/]+$/, (drive: object) => ({
      ...drive,
      owner: { group: { id: NOBODY } },
    }));
    const fileId = itemId(tenant.id('dana'), 'sent-out.txt');
    expect((await resolved(tenant, link(fileId), { wire: library })).affects).toHaveLength(1);
    const left = answering(tenant, /\/drives\/[^/]+$/, (drive: object) => ({
      ...drive,
      owner: { user: { id: NOBODY } },
    }));
    expect((await resolved(tenant, link(fileId), { wire: left })).affects).toHaveLength(1);
  });

  it('that is gone stays named as it was, with the account', async () => {
    await start();
    const gone = '01ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
    const listed = `sites/${NOBODY}/lists/${NOBODY}/items/${NOBODY}`;
    for (const fileId of [gone, listed]) expect(await outcome(tenant, link(fileId))).toEqual(link(fileId));
    expect(await outcome(tenant, link(gone, NOBODY))).toBe('UNRESOLVED');
  });

  it('is nothing under another kind of name', async () => {
    await start();
    const item = itemId(tenant.id('dana'), 'sent-out.txt');
    for (const spelling of [
      item.toLowerCase(),
      item.replace('0', '%30'),
      `/me/drive/items/${item}`,
      `drives/../items/${item}`,
      `drives%2Fx%2Fitems%2F${item}`,
      'sent-out.txt',
      'https://example.sharepoint.com/:t:/sent-out',
      '',
    ])
      expect([spelling, await outcome(tenant, link(spelling))]).toEqual([spelling, 'UNRESOLVED']);
  });

  it('is not what the vendor answers about another', async () => {
    await start();
    const other = answering(tenant, /\/items\/[^/]+$/, (item: object) => ({ ...item, id: '01OTHER' }));
    const target = link(itemId(tenant.id('dana'), 'sent-out.txt'));
    await expect(resolved(tenant, target, { wire: other })).rejects.toMatchObject({ code: 'VENDOR_REPLY' });
  });
});

describe('a mail rule', () => {
  it('of which the name alone is known is the one of that name, and none where there are two or none', async () => {
    const named = (name: string) => ({
      type: 'mail_rule',
      mailbox: '@dana',
      at: '-PT1H',
      words: [],
      action: 'move',
      name,
    });
    await start(named('RSS'), named('Twice'), named('Twice'));
    const byName = (name: string) =>
      ({ type: 'mail_rule', ruleId: ruleNamed(name), accountId: tenant.id('dana') }) as const;
    const found = await resolved(tenant, byName('rss'));
    expect(found).toMatchObject({ type: 'mail_rule', ruleId: expect.not.stringMatching(/^name:/) as string });
    for (const name of ['Twice', 'Gone'])
      expect([name, await outcome(tenant, byName(name))]).toEqual([name, 'UNRESOLVED']);
  });

  it('is one of the mailbox, and stays named as it was when it is gone', async () => {
    await start();
    const { ruleId } = (await targets(tenant)).remove_mail_rule;
    const rule = (id: string, accountId = tenant.id('dana')) => ({ type: 'mail_rule', ruleId: id, accountId }) as const;
    const found = await resolved(tenant, rule(ruleId, 'DANA@example.com'));
    expect(found).toMatchObject({ ...rule(ruleId), reach: 'accounts' });
    expect(found.affects.map((a) => a.accountId)).toEqual([tenant.id('dana')]);
    expect(await outcome(tenant, rule('AQAAAJ5dZqA='))).toEqual(rule('AQAAAJ5dZqA='));
    for (const [id, accountId] of [
      ['AQAAAJ5dZqA%3D', tenant.id('dana')],
      [`messageRules('${ruleId}')`, tenant.id('dana')],
      ['', tenant.id('dana')],
      [ruleId, NOBODY],
    ] as const)
      expect([id, await outcome(tenant, rule(id, accountId))]).toEqual([id, 'UNRESOLVED']);
    const other = answering(tenant, /\/messageRules\/[^/]+$/, (row: object) => ({ ...row, id: 'another' }));
    await expect(resolved(tenant, rule(ruleId), { wire: other })).rejects.toMatchObject({ code: 'VENDOR_REPLY' });
  });
});

describe('a factor', () => {
  const factor = (methodId: string, accountId = tenant.id('dana')) =>
    ({ type: 'auth_method', methodId, accountId }) as const;

  it('is one of the person, under any case of an id that is a GUID', async () => {
    await start();
    for (const spelling of [`phoneMethods/${MOBILE}`, `phoneMethods/${MOBILE.toUpperCase()}`]) {
      const found = await resolved(tenant, factor(spelling, 'dana@example.com'));
      expect(found).toMatchObject({ ...factor(`phoneMethods/${MOBILE}`), reach: 'accounts' });
      expect(found.affects.map((a) => a.accountId)).toEqual([tenant.id('dana')]);
    }
  });

  it('that the vendor lists twice is not guessed', async () => {
    await start({ type: 'auth_method', at: '-PT1H', user: '@dana', method: 'phone' });
    expect(await outcome(tenant, factor(`phoneMethods/${MOBILE}`))).toBe('UNRESOLVED');
  });

  it('that is gone, or another person’s, is nothing that this one has', async () => {
    await start({ type: 'auth_method', at: '-PT1H', user: '@max', method: 'phone', phoneType: 'alternateMobile' });
    for (const id of [`phoneMethods/${ALTERNATE}`, 'fido2Methods/-2_GRUg2-HYz6_1YG4YRAQ2'])
      expect(await outcome(tenant, factor(id))).toEqual(factor(id));
    expect(await outcome(tenant, factor(`phoneMethods/${MOBILE}`, NOBODY))).toBe('UNRESOLVED');
  });

  it('is never the password, and nothing under another kind of name', async () => {
    await start();
    for (const spelling of [
      'passwordMethods/28c10230-6103-485e-b985-444c60001490',
      MOBILE,
      `PhoneMethods/${MOBILE}`,
      `phoneMethods%2F${MOBILE}`,
      `phoneMethods/${MOBILE}/`,
      'constructor/x',
      'phoneMethods/',
    ])
      expect([spelling, await outcome(tenant, factor(spelling))]).toEqual([spelling, 'UNRESOLVED']);
  });
});

describe('a device', () => {
  const device = (id: string) => ({ type: 'device', deviceId: id, sessionIds: ['s-1'] }) as const;
  const laptop = { machine: machineId('laptop'), entra: deviceId('laptop') };

  it('is Defender’s where Defender knows it, under each of its ids', async () => {
    await start();
    for (const spelling of [laptop.machine, laptop.entra, laptop.entra.toUpperCase()])
      expect(await outcome(tenant, device(spelling))).toEqual(device(laptop.machine));
    for (const licences of [{ defender: false }, { defender: false, intune: false }])
      expect(await outcome(tenant, device(laptop.entra.toUpperCase()), { licences })).toEqual(device(laptop.entra));
    expect(await outcome(tenant, device(laptop.machine), { licences: { defender: false } })).toBe('UNRESOLVED');
  });

  it('affects whom it is enrolled for, whom it is registered for and who registered it', async () => {
    await start({ type: 'device', at: '-P1D', device: 'shared', user: '@max', owner: '@ada' });
    const { affects, reach } = await resolved(tenant, device(machineId('shared')));
    expect(affects.map((a) => [a.accountId, a.protectedBecause])).toEqual([
      [tenant.id('max'), []],
      [tenant.id('ada'), ['admin_role']],
    ]);
    expect(reach).toBe('accounts');
    const registered = await resolved(tenant, device(deviceId('shared')), { licences: { intune: false } });
    expect(registered.affects.map((a) => a.accountId)).toEqual([tenant.id('ada'), tenant.id('max')]);
  });

  it('of nobody who is known may be anybody’s', async () => {
    await start({ type: 'device', at: '-P1D', device: 'kiosk' });
    expect(await resolved(tenant, device(deviceId('kiosk')))).toMatchObject({ affects: [], reach: 'organisation' });
  });

  it('is nothing under another kind of id, and nothing when nobody knows it', async () => {
    await start();
    for (const spelling of [
      NOBODY,
      'f'.repeat(40),
      laptop.machine.toUpperCase(),
      'WS-1',
      `devices/${laptop.entra}`,
      `deviceId='${laptop.entra}'`,
      laptop.entra.replaceAll('-', '%2D'),
      tenant.id('dana'),
      '',
    ])
      expect([spelling, await outcome(tenant, device(spelling))]).toEqual([spelling, 'UNRESOLVED']);
  });

  it('that is in Defender twice is not guessed, and found by the id of one', async () => {
    await start();
    const twice = answering(tenant, /\/api\/machines$/, ({ value }: { value: readonly object[] }) => ({
      value: [...value, ...value.map((row) => ({ ...row, id: 'e'.repeat(40) }))],
    }));
    expect(await outcome(tenant, device(laptop.entra), { wire: twice })).toBe('UNRESOLVED');
    expect(await outcome(tenant, device(laptop.machine), { wire: twice })).toEqual(device(laptop.machine));
  });

  it.each([
    [/\/api\/machines$/, laptop.entra],
    [/\/api\/machines\/\w+$/, laptop.machine],
    [/\/managedDevices$/, laptop.machine],
    [/\/v1\.0\/devices$/, laptop.machine],
  ])('is not what %s answers about another', async (path, id) => {
    await start();
    const ids = { id: 'e'.repeat(40), aadDeviceId: NOBODY, azureADDeviceId: NOBODY, deviceId: NOBODY };
    const wire = answering(tenant, path, (body: { value?: readonly object[] }) =>
      body.value ? { value: body.value.map((row) => ({ ...row, ...ids })) } : { ...body, ...ids },
    );
    await expect(resolved(tenant, device(id), { wire })).rejects.toMatchObject({ code: 'VENDOR_REPLY' });
  });

  it('is protected when whose it is may not be read', async () => {
    for (const operation of ['GET /devices/{id}/registeredOwners', 'GET /deviceManagement/managedDevices']) {
      await start();
      tenant.fault(operation, 'missing_scope');
      expect(await outcome(tenant, device(laptop.machine))).toBe('PROTECTED');
      tenant.fault(operation, 'error');
      await expect(resolved(tenant, device(laptop.machine))).rejects.toMatchObject({ retryable: true });
    }
  });
});
