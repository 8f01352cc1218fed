import { describe, expect, it } from 'vitest';
import { blockIp } from '../../../platforms/microsoft/acts/block-ip.js';
import type { ResolvedTargetOf } from '../../../platforms/ports.js';
import { clientOver, list } from './canned.js';

const NAME = 'Quell blocked addresses';
const location = (extra: object = {}) => ({
  ...{ '@odata.type': '#microsoft.graph.ipNamedLocation', id: 'loc-1', displayName: NAME, isTrusted: false },
  ipRanges: [{ cidrAddress: '203.0.113.9/32' }, { cidrAddress: '2001:DB8:0::7/128' }],
  ...extra,
});
const policy = (conditions: object = {}, extra: object = {}) => ({
  state: 'enabled',
  conditions: {
    users: { includeUsers: ['All'], excludeUsers: ['break-glass'] },
    applications: { includeApplications: ['All'] },
    clientAppTypes: ['all'],
    locations: { includeLocations: ['loc-1'], excludeLocations: [] },
    ...conditions,
  },
  grantControls: { operator: 'OR', builtInControls: ['block'] },
  ...extra,
});
const verified = (
  policies: readonly unknown[],
  locations: readonly unknown[] = [location()],
  address = '203.0.113.9',
) => {
  const client = clientOver({ namedLocations: list(...locations), accessPolicies: list(...policies) });
  const act = blockIp({ client, blockedLocation: NAME } as never);
  return act.verify({ type: 'address', address } as ResolvedTargetOf<'block_ip'>, { since: '2026-03-10T00:00:00Z' });
};

describe('an address counts as blocked', () => {
  it.each(['203.0.113.9', '2001:db8::7'])(
    '%s: by the policy of the installation guide, beside others of any form',
    async (address) => {
      expect((await verified([{ conditions: 7 }, null, policy()], [location()], address)).holds).toBe(true);
    },
  );

  it.each([
    ['is only tried', policy({}, { state: 'enabledForReportingButNotEnforced' })],
    ['asks for something else', policy({}, { grantControls: { builtInControls: ['mfa'] } })],
    ['is for some', policy({ users: { includeUsers: ['11111111-1111-4111-8111-111111111111'] } })],
    ['is for one app', policy({ applications: { includeApplications: ['Office365'] } })],
    ['is of another location', policy({ locations: { includeLocations: ['loc-2'] } })],
    ['leaves the location out', policy({ locations: { includeLocations: ['loc-1'], excludeLocations: ['loc-1'] } })],
    ['waits for a risk', policy({ signInRiskLevels: ['high'] })],
    ['is for one kind of client', policy({ clientAppTypes: ['exchangeActiveSync'] })],
    ['is for one system', policy({ platforms: { includePlatforms: ['android'] } })],
  ])('not by a policy that %s', async (_, narrowed) => {
    expect((await verified([narrowed])).holds).toBe(false);
  });

  it('not in a location that is trusted, or whose name another has too', async () => {
    await expect(verified([policy()], [location({ isTrusted: true })])).rejects.toMatchObject({ code: 'CONFIG' });
    await expect(verified([policy()], [location(), location({ id: 'loc-2' })])).rejects.toMatchObject({
      code: 'CONFIG',
    });
  });
});
