import { afterEach, describe, expect, it } from 'vitest';
import { resolveTarget } from '../../../platforms/resolve.js';
import { kindOf, slackUser } from '../../../platforms/slack/user.js';
import type { Member } from '../../../simulator/slack/state.js';
import { containmentOf, evidenceOf, readAll, startTenant, type Tenant } from './fixture.js';

let tenant: Tenant;
afterEach(() => (tenant as Tenant | undefined)?.close());

const member = (key: string): Member => {
  const found = tenant.simulator.state.members.find((m) => m.key === key);
  if (!found) throw new Error(`no ${key}`);
  return found;
};

describe('somebody of another organisation, seen through Slack Connect', () => {
  const HOME = { teamIds: ['T1EXAMPLE'], team_id: 'T1EXAMPLE', enterprise_id: 'E0EXAMPLE' };
  it.each([
    ['Slack says so', { is_stranger: true, team_id: 'T0OTHER' }, 'guest'],
    ['Slack says so, of no workspace', { is_stranger: true }, 'guest'],
    ['another workspace', { team_id: 'T0OTHER', is_stranger: false }, 'guest'],
    ['another organisation', { team_id: 'T0OTHER', enterprise_user: { enterprise_id: 'E0OTHER' } }, 'guest'],
    ['another organisation, in words of the account', { team_id: 'T0OTHER', enterprise_id: 'E0OTHER' }, 'guest'],
    ['another workspace of ours', { team_id: 'T2EXAMPLE', enterprise_user: { enterprise_id: 'E0EXAMPLE' } }, 'person'],
    ['the organisation itself', { team_id: 'E0EXAMPLE' }, 'person'],
    ['our workspace', { team_id: 'T1EXAMPLE' }, 'person'],
    ['no word of where', {}, 'person'],
    ['an app of theirs', { team_id: 'T0OTHER', is_bot: true }, 'app'],
  ])('%s', (_, fields, kind) => {
    expect(kindOf(slackUser.parse({ id: 'U0OTHER1', ...fields }), HOME)).toBe(kind);
  });

  it('is a guest without rights here, and no act is aimed at them', async () => {
    tenant = await startTenant();
    const stranger = { ...member('ada'), id: 'U0STRANGER1', key: 'visitor', homeTeam: 'T0ELSEWHERE' };
    tenant.simulator.state.members.push(stranger);
    const { directory } = evidenceOf(tenant, { identityProvider: 'microsoft' });
    expect(await directory.lookup({ nativeId: stranger.id })).toMatchObject({
      ...{ kind: 'guest', admin: false, lastAdmin: false, emails: [], masteredBy: 'other' },
    });
    for (const target of [
      { type: 'account', accountId: stranger.id } as const,
      { type: 'sessions', accountId: stranger.id, sessionIds: [] } as const,
    ])
      expect((await resolveTarget(containmentOf(tenant), target)).affects).toMatchObject([
        { kind: 'guest', homeTenant: 'T0ELSEWHERE', protectedBecause: ['unknown'] },
      ]);
  });
});

describe('who has left', () => {
  it.each(['dana@example.com', 'Dana@Example.COM'])(
    'is found by the address %s, not active, with the logs',
    async (email) => {
      tenant = await startTenant([{ type: 'access', at: '-PT3H', user: '@dana', ip: 'ip:attacker' }], { pageSize: 2 });
      member('dana').active = false;
      const entry = await evidenceOf(tenant).directory.lookup({ email });
      expect(entry).toMatchObject({ nativeId: tenant.id('dana'), active: false, emails: ['dana@example.com'] });
      expect((await readAll(tenant, 'slack.access_logs', tenant.query('dana'))).events).toHaveLength(1);
      const target = { type: 'account', accountId: 'dana@example.com' } as const;
      expect(await resolveTarget(containmentOf(tenant), target)).toMatchObject({ accountId: tenant.id('dana') });
    },
  );

  it('is nobody where two have had the address: nothing is guessed', async () => {
    tenant = await startTenant();
    member('dana').active = false;
    tenant.simulator.state.members.push({ ...member('dana'), id: 'U0DANA002', active: false });
    expect(await evidenceOf(tenant).directory.lookup({ email: 'dana@example.com' })).toBeUndefined();
  });
});
