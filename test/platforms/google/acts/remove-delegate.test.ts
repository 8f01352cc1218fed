import { inspect } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import type { ActTarget } from '../../../../domain/act-target.js';
import { MAIL_ACCESS_LISTS, mailAccessKey, type MailAccessList } from '../../../../platforms/google/mail-access.js';
import { METHODS } from '../../../../platforms/google/methods.js';
import { actOf, type Acting } from '../acting.js';
import { containmentOf, startTenant, type RowInput, type Tenant } from '../fixture.js';

let tenant: Tenant;
afterEach(() => tenant.close());

const MAIL = 'drop@example.org';
const ROWS: readonly RowInput[] = MAIL_ACCESS_LISTS.flatMap((list) =>
  [MAIL, 'kept@example.org'].map((address) => ({
    ...{ type: 'mail_access', at: '-PT1H', mailbox: '@dana' },
    ...{ list, address },
  })),
);
const act = (): Acting => actOf(containmentOf(tenant), 'remove_delegate');
const target = (list: MailAccessList): ActTarget => ({
  type: 'delegate',
  delegateId: mailAccessKey(list, MAIL),
  accountId: tenant.id('dana'),
});
const context = () => ({ since: new Date().toISOString(), idempotencyKey: 'plan-1/step-1' });
const counts = () => {
  const { delegates, sendAs, forwardingAddresses } = tenant.simulator.inspect('@dana');
  return { delegates, sendAs, forwardingAddresses };
};

it.each(MAIL_ACCESS_LISTS)('takes one from %s, and the same address from no other list', async (list) => {
  tenant = await startTenant(ROWS);
  expect(await act().capture(target(list))).toEqual({ present: true });
  const writes = await act().apply(target(list), context());
  expect(writes).toMatchObject([{ targetId: `${tenant.id('dana')}/${mailAccessKey(list, MAIL)}` }]);
  expect(counts()).toEqual({ delegates: 2, sendAs: 2, forwardingAddresses: 2, [list]: 1 });
  expect(await act().verify(target(list), context())).toEqual({ holds: true, state: { present: false } });
  expect(await act().apply(target(list), context())).toEqual([]);
});

it('tells no address: not in what it reports, nor in an error', async () => {
  tenant = await startTenant(ROWS);
  tenant.fault(METHODS.deleteDelegate.name, 'error');
  const error: unknown = await act()
    .apply(target('delegates'), context())
    .catch((e: unknown) => e);
  expect(error).toMatchObject({ code: 'VENDOR_DOWN' });
  const told = [error, await act().capture(target('delegates')), await act().apply(target('delegates'), context())];
  expect(inspect(told, { depth: 9 })).not.toContain(MAIL);
});

it('is refused while all mail is forwarded to the address', async () => {
  tenant = await startTenant([{ type: 'mail_rule', at: '-PT1H', mailbox: '@dana', action: 'forward_all' }]);
  await expect(act().apply(target('forwardingAddresses'), context())).rejects.toMatchObject({ code: 'VENDOR_REFUSED' });
  const rule: ActTarget = { type: 'mail_rule', ruleId: 'autoForwarding', accountId: tenant.id('dana') };
  await actOf(containmentOf(tenant), 'remove_mail_rule').apply(rule, context());
  expect(await act().apply(target('forwardingAddresses'), context())).toHaveLength(1);
});

it('cannot be done as somebody who is suspended', async () => {
  tenant = await startTenant(ROWS);
  tenant.simulator.user('dana').suspended = true;
  await expect(act().apply(target('delegates'), context())).rejects.toMatchObject({ code: 'VENDOR_REFUSED' });
  expect(tenant.world.journal).toEqual([]);
});
