import { afterEach, describe, expect, it } from 'vitest';
import { createGoogleClient, type GoogleClient } from '../../../platforms/google/client.js';
import { mailAccessKey, mailAccessOf } from '../../../platforms/google/mail-access.js';
import { METHODS } from '../../../platforms/google/methods.js';
import { startTenant, type RowInput, type Tenant } from '../../platforms/google/fixture.js';

const DANA = { email: 'dana@example.com' };

let tenant: Tenant;
let client: GoogleClient;
afterEach(() => tenant.close());

async function start(...rows: readonly (Partial<RowInput> & Readonly<Record<string, unknown>>)[]): Promise<void> {
  tenant = await startTenant(rows.map((r) => ({ type: 'mail_access', at: '-PT1H', mailbox: '@dana', ...r })));
  client = createGoogleClient(tenant.settings('containment'));
}
const delegates = (email: string) => mailAccessOf(client, email, 'delegates', METHODS.ownDelegates);
const removeDelegate = (delegateEmail: string, userId = 'me') =>
  client.send(METHODS.deleteDelegate, DANA, (gmail, o) =>
    gmail.users.settings.delegates.delete({ userId, delegateEmail }, o),
  );
const removeSendAs = (sendAsEmail: string) =>
  client.send(METHODS.deleteSendAs, DANA, (gmail, o) =>
    gmail.users.settings.sendAs.delete({ userId: 'me', sendAsEmail }, o),
  );
const removeForwarding = (forwardingEmail: string) =>
  client.send(METHODS.deleteForwardingAddress, DANA, (gmail, o) =>
    gmail.users.settings.forwardingAddresses.delete({ userId: 'me', forwardingEmail }, o),
  );
const refused = (status: number) => ({ detail: expect.stringContaining(`HTTP ${String(status)}`) as string });

describe('who else has a way into a mailbox', () => {
  it('is shown to the person alone, and is gone once: a line in the journal, then 404', async () => {
    await start({ list: 'delegates', address: '@max' }, { list: 'delegates', address: '@ada', mailbox: '@max' });
    expect(await delegates(DANA.email)).toMatchObject([{ address: 'max@example.com', pending: false }]);
    expect(await delegates('max@example.com')).toMatchObject([{ address: 'ada@example.com' }]);
    await expect(removeDelegate('ada@example.com', 'max@example.com')).rejects.toMatchObject(refused(403));
    await removeDelegate('MAX@example.com');
    expect(await delegates(DANA.email)).toEqual([]);
    expect(tenant.world.journal).toMatchObject([
      {
        operation: METHODS.deleteDelegate.name,
        targetId: `${tenant.id('dana')}/${mailAccessKey('delegates', 'max@example.com')}`,
      },
    ]);
    await expect(removeDelegate('max@example.com')).rejects.toMatchObject({
      code: 'VENDOR_NOT_FOUND',
      ...refused(404),
    });
    expect(tenant.world.journal).toHaveLength(1);
    expect(tenant.simulator.inspect('@max')).toMatchObject({ delegates: 1 });
  });

  it('an address is in a list once, however many rows name it', async () => {
    const drop = 'drop@example.org';
    await start(
      { list: 'forwardingAddresses', address: drop },
      { type: 'mail_rule', action: 'forward_all', forwardTo: drop },
    );
    const own = () => mailAccessOf(client, DANA.email, 'forwardingAddresses', METHODS.ownForwardingAddresses);
    expect(await own()).toHaveLength(1);
  });

  it('the own address to write as is in the list and stays; another goes', async () => {
    await start({ list: 'sendAs', address: 'boss@example.org', status: 'pending' });
    const own = () => mailAccessOf(client, DANA.email, 'sendAs', METHODS.ownSendAs);
    expect(await own()).toMatchObject([{ address: 'boss@example.org', pending: true }]);
    await expect(removeSendAs(DANA.email)).rejects.toMatchObject({ code: 'VENDOR_REFUSED', ...refused(400) });
    await removeSendAs('boss@example.org');
    expect(await own()).toEqual([]);
    expect(tenant.simulator.inspect('@dana')).toMatchObject({ sendAs: 0 });
  });

  it('an address stays while all mail is forwarded to it', async () => {
    await start(
      { type: 'mail_rule', action: 'forward_all' },
      { list: 'forwardingAddresses', address: 'old@example.org' },
    );
    expect(tenant.simulator.inspect('@dana')).toMatchObject({ forwardingAddresses: 2 });
    await removeForwarding('old@example.org');
    await expect(removeForwarding('drop@example.org')).rejects.toMatchObject({ code: 'VENDOR_REFUSED' });
    await client.send(METHODS.setForwarding, DANA, (gmail, o) =>
      gmail.users.settings.updateAutoForwarding({ userId: 'me', requestBody: { enabled: false } }, o),
    );
    await removeForwarding('drop@example.org');
    expect(tenant.simulator.inspect('@dana')).toMatchObject({ forwardingAddresses: 0 });
  });

  it('is not to be read nor changed without a mailbox, nor as somebody who is suspended', async () => {
    await start({ list: 'delegates', address: '@max' });
    await expect(delegates('olaf@example.com')).rejects.toMatchObject({ code: 'VENDOR_REFUSED', ...refused(400) });
    tenant.simulator.user('dana').suspended = true;
    await expect(removeDelegate('max@example.com')).rejects.toMatchObject({ code: 'VENDOR_AUTH' });
    expect(tenant.world.journal).toEqual([]);
  });

  it('may be read by the right to settings, and is changed by the right to share them alone', async () => {
    await start({ list: 'delegates', address: '@max' });
    tenant.simulator.authority.revoke('containment', METHODS.deleteDelegate.scopes[0] ?? '');
    expect(await delegates(DANA.email)).toHaveLength(1);
    await expect(removeDelegate('max@example.com')).rejects.toMatchObject({ code: 'VENDOR_SCOPE' });
  });
});

it('app passwords say since when they are there', async () => {
  tenant = await startTenant([{ type: 'app_password', at: '-PT1H', user: '@dana', name: 'imap' }]);
  client = createGoogleClient(tenant.settings('containment'));
  let created: unknown;
  await client.send(METHODS.asps, 'admin', async (directory, o) => {
    const answer = await directory.asps.list({ userKey: tenant.id('dana') }, o);
    created = answer.data.items?.[0]?.creationTime;
    return answer;
  });
  expect(created).toBe(String(tenant.world.startedAt.getTime() - 3_600_000));
});
