import { afterEach, describe, expect, it } from 'vitest';
import { resolveTarget } from '../../../platforms/resolve.js';
import { createSlackContainment } from '../../../platforms/slack/containment.js';
import { resolving } from '../../support/resolving.js';
import { containmentOf, startTenant, tokensOf, type RowInput, type Tenant } from './fixture.js';

let tenant: Tenant;
afterEach(() => tenant.close());

const change = (at: string, kind: string): RowInput => ({
  ...{ type: 'integration', at, user: '@dana', app: 'app:thief', change: kind },
});
const target = () => ({ type: 'app', appId: tenant.world.appId('thief'), accountId: tenant.id('dana') }) as const;
const context = { since: '2026-01-01T00:00:00.000Z', idempotencyKey: 'remove' };
const act = () => resolving(containmentOf(tenant), 'remove_app');

describe('an app is removed', () => {
  it('also when it is only disabled: its tokens are still there, and the log’s own row proves the end of them', async () => {
    tenant = await startTenant([
      change('-PT2H', 'added'),
      change('-PT1H', 'disabled'),
      { type: 'grant', at: '-PT2H', user: '@dana', app: 'app:thief' },
    ]);
    expect((await act().verify(target(), context)).holds).toBe(false);
    const writes = await act().apply(target(), context);
    expect(writes.map((w) => w.operation)).toEqual(['admin.apps.restrict', 'admin.apps.uninstall']);
    expect(tenant.simulator.inspect('app:thief')).toMatchObject({ installed: false, tokens: 0 });
    expect(await act().verify(target(), context)).toEqual({
      holds: true,
      state: { installed: false, restricted: true },
    });
    expect(await act().apply(target(), context)).toEqual([]);
  });

  it('and not proven by a log of which a row can’t be read', async () => {
    tenant = await startTenant([change('-PT2H', 'added')]);
    await act().apply(target(), context);
    tenant.simulator.strange.odd.set('team.integrationLogs', [{ app_id: target().appId, change_type: 'added' }]);
    expect((await act().verify(target(), context)).holds).toBe(false);
  });

  it('by a person, where a workspace does not show its log: who uses it there nobody knows', async () => {
    tenant = await startTenant([change('-PT2H', 'added')], { workspaces: { T0REFUSES1: 'invalid_auth' } });
    const port = createSlackContainment({
      ...tenant.settings(tokensOf(tenant).containment),
      teamIds: ['T0REFUSES1', ...tenant.own.teamIds],
      ownAppIds: [tenant.own.appId],
    });
    expect(await resolveTarget(port, target())).toMatchObject({ protectedBecause: ['unknown'] });
  });
});
