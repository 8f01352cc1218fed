import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TargetOf } from '../../../../domain/act-target.js';
import { createGoogleContainment } from '../../../../platforms/google/containment.js';
import type { ContainmentPort } from '../../../../platforms/ports.js';
import { resolveTarget } from '../../../../platforms/resolve.js';
import { googleCredentials } from '../../../../simulator/google/authority.js';
import { actOf, type Acting } from '../acting.js';
import { containmentOf, startTenant, type Tenant } from '../fixture.js';

const ATTACKER: TargetOf<'address'> = { type: 'address', address: '203.0.113.66' };
const OFFICE: TargetOf<'address'> = { type: 'address', address: '198.51.100.7' };
const PATCH = 'accesscontextmanager.accessPolicies.accessLevels.patch';

let tenant: Tenant;
let port: ContainmentPort;
let act: Acting;
beforeEach(async () => {
  tenant = await startTenant();
  port = containmentOf(tenant);
  act = actOf(port, 'block_ip');
});
afterEach(() => tenant.close());

const context = () => ({ since: new Date().toISOString(), idempotencyKey: 'plan-1/step-1' });
const written = () =>
  tenant.world.journal.map(({ platform, operation, targetId }) => ({ platform, operation, targetId }));
const denied = () => tenant.simulator.accessLevel().basic.conditions;

describe('an address is blocked', () => {
  it('once, is read back, and is taken off again', async () => {
    const before = await act.capture(ATTACKER);
    expect(before).toEqual({ listed: false });
    const writes = await act.apply(ATTACKER, context());
    expect(writes).toEqual([
      { platform: 'google', operation: PATCH, targetId: googleCredentials(tenant.world).blockLevel },
    ]);
    expect(writes).toEqual(written());
    expect(tenant.simulator.inspect('ip:attacker')).toEqual({ blocked: true });
    expect(await act.verify(ATTACKER, context())).toEqual({ holds: true, state: { listed: true } });
    expect(await act.apply(ATTACKER, context())).toEqual([]);
    expect(await act.revert(ATTACKER, before)).toHaveLength(1);
    expect(tenant.simulator.inspect('ip:attacker')).toEqual({ blocked: false });
    expect(await act.revert(ATTACKER, before)).toEqual([]);
    expect(written()).toHaveLength(2);
  });

  it('once when the answer is lost, and not at all when it fails', async () => {
    tenant.fault(PATCH, 'missing_scope');
    await expect(act.apply(ATTACKER, context())).rejects.toMatchObject({ code: 'VENDOR_SCOPE' });
    expect(written()).toEqual([]);
    tenant.fault(PATCH, 'reply_lost');
    expect(await act.apply(ATTACKER, context())).toEqual(written());
    expect(written()).toHaveLength(1);
  });

  it('beside the others on the list, in whatever way an IPv6 address is written', async () => {
    await act.apply(ATTACKER, context());
    await act.apply({ type: 'address', address: '2001:DB8:0:0::1' }, context());
    expect(denied()).toEqual([
      { negate: true, ipSubnetworks: ['198.18.0.1/32', '203.0.113.66/32', '2001:db8::1/128'] },
    ]);
    expect(await act.apply({ type: 'address', address: '2001:db8::0001' }, context())).toEqual([]);
    await expect(act.apply({ type: 'address', address: '203.0.113.0/24' }, context())).rejects.toMatchObject({
      code: 'UNRESOLVED',
    });
  });

  it('never so that the list ends empty, which would keep everybody out', async () => {
    tenant.simulator.setAccessLevel({ conditions: [{ negate: true, ipSubnetworks: ['203.0.113.66/32'] }] });
    await act.revert(ATTACKER, { listed: false });
    expect(denied()).toEqual([{ negate: true, ipSubnetworks: ['198.18.0.1/32'] }]);
  });

  it('keeping what else the level asks', async () => {
    const conditions = [{ regions: ['DE'] }, { negate: true, ipSubnetworks: ['198.18.0.1/32'] }];
    tenant.simulator.setAccessLevel({ combiningFunction: 'AND', conditions });
    await act.apply(ATTACKER, context());
    expect(denied()).toEqual([
      { regions: ['DE'] },
      { negate: true, ipSubnetworks: ['198.18.0.1/32', '203.0.113.66/32'] },
    ]);
  });
});

describe('nothing is written', () => {
  it.each([
    ['lets its ranges in', { conditions: [{ ipSubnetworks: ['198.18.0.1/32'] }] }],
    [
      'is met by another condition too',
      {
        combiningFunction: 'OR',
        conditions: [{ negate: true, ipSubnetworks: ['198.18.0.1/32'] }, { regions: ['DE'] }],
      },
    ],
    [
      'keeps out only some at those addresses',
      {
        conditions: [{ negate: true, ipSubnetworks: ['198.18.0.1/32'], regions: ['BR'] }],
      },
    ],
  ])('to a level that %s', async (_, basic) => {
    tenant.simulator.setAccessLevel(basic);
    await expect(act.apply(ATTACKER, context())).rejects.toMatchObject({ code: 'CONFIG' });
    expect(written()).toEqual([]);
  });

  it('about an address of the organisation', async () => {
    const because = async (target: typeof OFFICE) => (await resolveTarget(port, target)).protectedBecause;
    expect(await because(OFFICE)).toEqual(['unknown']);
    expect(await because(ATTACKER)).toEqual([]);
    await expect(act.apply(OFFICE, context())).rejects.toMatchObject({ code: 'PROTECTED' });
    expect(written()).toEqual([]);
  });

  it('where no level is configured: then it is a task', () => {
    const without = createGoogleContainment(tenant.settings('containment'));
    expect(without.acts.block_ip).toBeUndefined();
    expect(without.limitations.map((l) => l.what)).toContain('block_ip');
    expect(port.limitations.map((l) => l.what)).not.toContain('block_ip');
    const blockLevel = 'accessPolicies/1/accessLevels/x/../../2';
    expect(() => createGoogleContainment({ ...tenant.settings('containment'), blockLevel })).toThrow('CONFIG');
  });
});
