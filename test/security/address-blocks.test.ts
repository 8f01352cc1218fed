import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { endOf, protectGlass, RULE, useAttack, whyOf, withPeople } from './support/attack.js';
import type { StepSpec } from './support/attack.js';

/** Blocking an address hits everybody behind it: what may be blocked is the worker's own knowledge, and what lifts a block is people's word. */
const attack = useAttack({
  scenario: 'silent-subject',
  without: ['evidence', 'analysis', 'people', 'records', 'console', 'intake'],
  change: withPeople,
  configure: (config, policy, house) => {
    protectGlass(config, policy, house);
    const network = config['network'] as Record<string, unknown>;
    network['trusted'] = ['198.51.100.0/28'];
    network['shared'] = ['203.0.113.200/32'];
  },
});

const ATTACKER = '203.0.113.66';
const block = (address: string): StepSpec => ({ kind: 'block_ip', target: { type: 'address', address } });
const isBlocked = () => attack.on.house.inspect('microsoft', 'ip:attacker');

test.each([
  ['block', 'a plan of the attacker', false],
  ['unblock', 'a plan of the attacker', false],
  ['block', 'a plan that people approved', true],
] as const)(
  'the retired workflow of address lists is asked to %s by %s and writes nothing',
  async (name, _, approved) => {
    const { on } = attack;
    const plan = on.plan([block(ATTACKER)]);
    const request = { plan: on.authored(plan), step: 1, decisions: approved ? on.approvals(plan) : [] };
    const handle = await on.house.client.workflow.start('ipBlocksWorkflow', {
      workflowId: `ip-blocks-${randomUUID()}`,
      taskQueue: 'playbook',
      args: [{ tenant: { platform: 'microsoft', tenant: 'main' } }],
    });
    const written = await on.written(async () => {
      // It takes no message at all any more, however good the plan is.
      await expect(handle.executeUpdate(name, { args: [request] })).rejects.toThrow();
      await handle.signal(name, request);
    });
    const events = (await handle.fetchHistory()).events ?? [];
    await handle.terminate();
    expect(events.filter((e) => e.activityTaskScheduledEventAttributes)).toEqual([]);
    expect(written).toEqual([]);
    expect(await isBlocked()).toMatchObject({ blocked: false });
  },
);

/** Own, trusted and shared networks, also where IPv6 carries an address of them; relays of many. */
const SPARED = [
  ...['192.0.2.10', '::ffff:192.0.2.10', '64:ff9b::c000:20a', '198.51.100.7', '203.0.113.200'],
  ...['2002:c000:020a::1', '2001::1'],
];
/** Nobody on the internet is at them. */
const NOWHERE = [
  ...['10.0.0.1', '172.16.0.1', '192.168.1.1', '::ffff:10.0.0.1', '127.0.0.1', '::1', '0.0.0.0', '::'],
  ...['169.254.169.254', '100.64.0.1', '224.0.0.1', '255.255.255.255', 'fe80::1', 'fc00::1', 'ff02::1'],
];
test('own, trusted, shared, private and reserved addresses are not blocked, whoever approves', async () => {
  const { on } = attack;
  const ends: Record<string, string> = {};
  const written = await on.written(async () => {
    for (const address of [...SPARED, ...NOWHERE]) ends[address] = endOf(await on.approved(block(address))) ?? '';
  });
  expect(SPARED.filter((address) => ends[address] !== 'PROTECTED')).toEqual([]);
  expect(NOWHERE.filter((address) => ends[address] !== 'UNRESOLVED')).toEqual([]);
  expect(written).toEqual([]);
});

test('networks and lists are no address', async () => {
  const { on } = attack;
  const written = await on.written(async () => {
    for (const address of ['0.0.0.0/0', '203.0.113.0/24', `${ATTACKER},192.0.2.10`, '::/0', '*', ''])
      expect([address, endOf(await on.approved(block(address)))]).toEqual([address, 'UNRESOLVED']);
  });
  expect(written).toEqual([]);
});

test('a block that people decided on is lifted by people’s release alone', async () => {
  const { on } = attack;
  const plan = on.plan([block(ATTACKER)]);
  const [signed, approvals] = [on.authored(plan), on.approvals(plan)];
  const before = await on.written(() => on.act(signed, 1, approvals));
  expect(before).toHaveLength(1);
  expect(await isBlocked()).toMatchObject({ blocked: true });

  const release = (people: readonly string[]) => people.map((p) => on.decision(plan, p, { verb: 'release' }));
  const other = on.plan([block('203.0.113.67')]);
  const ofOther = ['ann', 'ben'].map((p) => on.decision(other, p, { verb: 'release' }));
  const written = await on.written(async () => {
    for (const decisions of [[], approvals, release(['ann']), [...release(['ann']), ...release(['ann'])], ofOther])
      expect(whyOf(await on.act(signed, 1, decisions, 'revertStep'))).toMatch(/^NOT_AUTHORISED/);
    // A plan that never acted knows nothing to put back, however well it is released.
    const never = on.plan([{ ...block(ATTACKER), rule: RULE }]);
    const releases = ['ann', 'ben'].map((p) => on.decision(never, p, { verb: 'release' }));
    expect(whyOf(await on.act(on.authored(never), 1, releases, 'revertStep'))).toMatch(/^NOT_AUTHORISED/);
  });
  expect(written).toEqual([]);
  expect(await isBlocked()).toMatchObject({ blocked: true });

  const lifted = await on.written(() => on.act(signed, 1, release(['ann', 'ben']), 'revertStep'));
  expect(lifted).toHaveLength(1);
  expect(await isBlocked()).toMatchObject({ blocked: false });
});
