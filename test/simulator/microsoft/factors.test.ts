import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createMicrosoftClient, type MicrosoftClient } from '../../../platforms/microsoft/client.js';
import { OPERATIONS, type MicrosoftOperation } from '../../../platforms/microsoft/operations.js';
import { evidenceOf, readAll, startTenant, type RowInput, type Tenant } from '../../platforms/microsoft/fixture.js';

const MOBILE = '3179e48a-750b-4051-897c-87b9720928f7';
const ALTERNATE = 'b6332ec1-7057-4abe-9331-3d72feddfe41';

let tenant: Tenant;
let client: MicrosoftClient;
afterEach(() => tenant.close());

async function start(...rows: readonly (Partial<RowInput> & Readonly<Record<string, unknown>>)[]): Promise<void> {
  tenant = await startTenant(rows.map((r) => ({ type: 'auth_method', at: '-PT2H', user: '@dana', ...r })));
  client = createMicrosoftClient(tenant.settings('containment'));
}
const listed = (key = 'dana') =>
  client.all(OPERATIONS.authMethods, { path: { id: tenant.id(key) } }, z.record(z.string(), z.unknown()));
const remove = (operation: MicrosoftOperation, factorId: unknown): Promise<void> =>
  client.send(operation, { path: { id: tenant.id('dana'), factorId: String(factorId) } });

describe('the factors of a person', () => {
  it('are listed with the password, each with its kind and when it was registered, where that is known', async () => {
    await start({ method: 'fido2', name: 'blue key' }, { method: 'phone', dated: false }, { method: 'email' });
    const at = new Date(tenant.world.startedAt.getTime() - 2 * 3_600_000).toISOString().slice(0, 19);
    const [password, key, phone, mail] = await listed();
    expect(password).toMatchObject({ '@odata.type': '#microsoft.graph.passwordAuthenticationMethod' });
    expect(key).toMatchObject({
      '@odata.type': '#microsoft.graph.fido2AuthenticationMethod',
      displayName: 'blue key',
      createdDateTime: `${at}Z`,
    });
    expect(phone).toMatchObject({ id: MOBILE, phoneType: 'mobile', createdDateTime: null });
    expect(mail).toMatchObject({ emailAddress: 'drop@example.org' });
    expect(await listed('max')).toHaveLength(1);
    expect(tenant.simulator.inspect('@dana')).toMatchObject({ factors: 3 });
  });

  it('are removed one by one by the path of their kind alone, with a line in the journal and in the log', async () => {
    await start({ method: 'fido2' }, { method: 'softwareOath' }, { method: 'fido2', user: '@max' });
    const [, key] = await listed();
    await expect(remove(OPERATIONS.deleteSoftwareOath, key?.['id'])).rejects.toMatchObject({
      code: 'VENDOR_NOT_FOUND',
      detail: expect.stringContaining('HTTP 404') as string,
    });
    await remove(OPERATIONS.deletePasskey, key?.['id']);
    expect(tenant.simulator.inspect('@dana')).toMatchObject({ factors: 1 });
    expect(tenant.simulator.inspect('@max')).toMatchObject({ factors: 1 });
    expect(tenant.world.journal).toMatchObject([
      {
        operation: OPERATIONS.deletePasskey.name,
        targetId: `${tenant.id('dana')}/fido2Methods/${String(key?.['id'])}`,
      },
    ]);
    const { events } = await readAll(evidenceOf(tenant), 'microsoft.directory_audits', {
      ...tenant.query('dana'),
      to: new Date(Date.now() + 60_000).toISOString(),
    });
    expect(events.map((e) => `${e.kind} ${e.operation}`)).toEqual(['credential_change Admin deleted security info']);
    await expect(remove(OPERATIONS.deletePasskey, key?.['id'])).rejects.toMatchObject({ code: 'VENDOR_NOT_FOUND' });
    expect(tenant.world.journal).toHaveLength(1);
  });

  it('the default stays while there are others, whom the recovery address is none of', async () => {
    await start({ method: 'microsoftAuthenticator', default: true }, { method: 'fido2' }, { method: 'email' });
    const [, app, key] = await listed();
    await expect(remove(OPERATIONS.deleteAuthenticator, app?.['id'])).rejects.toMatchObject({
      code: 'VENDOR_REFUSED',
      detail: expect.stringContaining('HTTP 400 badRequest') as string,
    });
    expect(tenant.world.journal).toEqual([]);
    await remove(OPERATIONS.deletePasskey, key?.['id']);
    await remove(OPERATIONS.deleteAuthenticator, app?.['id']);
    expect(tenant.simulator.inspect('@dana')).toMatchObject({ factors: 1 });
  });

  it('a mobile number stays beside a second number', async () => {
    await start({ method: 'phone' }, { method: 'phone', phoneType: 'alternateMobile' });
    await expect(remove(OPERATIONS.deletePhone, MOBILE)).rejects.toMatchObject({ code: 'VENDOR_REFUSED' });
    await remove(OPERATIONS.deletePhone, ALTERNATE);
    await remove(OPERATIONS.deletePhone, MOBILE);
    expect(tenant.simulator.inspect('@dana')).toMatchObject({ factors: 0 });
  });

  it('the password cannot be removed: no path takes it', async () => {
    await start();
    const [password] = await listed();
    for (const operation of Object.values(OPERATIONS).filter((o) => o.path.endsWith('/{factorId}')))
      await expect(remove(operation, password?.['id'])).rejects.toMatchObject({ code: 'VENDOR_NOT_FOUND' });
  });

  it('may be read without the right to remove them, and by the right over one kind that kind alone is removed', async () => {
    await start({ method: 'fido2' }, { method: 'softwareOath' });
    const { authority } = tenant.simulator;
    authority.revoke('containment', 'UserAuthenticationMethod.ReadWrite.All');
    authority.grant('containment', 'UserAuthenticationMethod.Read.All');
    authority.grant('containment', 'UserAuthMethod-Passkey.ReadWrite.All');
    const [, key, app] = await listed();
    await expect(remove(OPERATIONS.deleteSoftwareOath, app?.['id'])).rejects.toMatchObject({ code: 'VENDOR_SCOPE' });
    await remove(OPERATIONS.deletePasskey, key?.['id']);
    expect(tenant.simulator.inspect('@dana')).toMatchObject({ factors: 1 });
  });
});
