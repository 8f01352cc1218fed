import { afterEach, describe, expect, it } from 'vitest';
import { evidenceOf, startTenant, tokensOf, type Tenant } from './fixture.js';

let tenant: Tenant;
afterEach(() => tenant.close());

describe('directory', () => {
  it('finds people by id and mail, and nobody as nobody', async () => {
    tenant = await startTenant();
    const { directory } = evidenceOf(tenant);
    const dana = await directory.lookup({ email: 'Dana@example.com' });
    expect(dana).toEqual(await directory.lookup({ nativeId: tenant.id('dana') }));
    expect(dana).toMatchObject({
      nativeId: tenant.id('dana'),
      kind: 'person',
      emails: ['dana@example.com'],
      active: true,
      admin: false,
      lastAdmin: false,
      timeZone: 'Europe/Berlin',
    });
    expect(await directory.lookup({ email: 'nobody@example.com' })).toBeUndefined();
    expect(await directory.lookup({ nativeId: 'U0000000000' })).toBeUndefined();
    expect(await directory.lookup({ nativeId: tenant.id('gus') })).toMatchObject({ kind: 'guest' });
  });

  it('says where an account is mastered: not here when it signs in by SSO', async () => {
    tenant = await startTenant();
    const { directory } = evidenceOf(tenant, { identityProvider: 'microsoft' });
    expect((await directory.lookup({ nativeId: tenant.id('eve') }))?.masteredBy).toBe('microsoft');
    expect((await directory.lookup({ nativeId: tenant.id('dana') }))?.masteredBy).toBeUndefined();
  });

  it('knows the last owner only when no other is left', async () => {
    tenant = await startTenant();
    const { directory } = evidenceOf(tenant);
    expect(await directory.lookup({ nativeId: tenant.id('ada') })).toMatchObject({ admin: true, lastAdmin: false });
    for (const m of tenant.simulator.state.members) if (m.admin && m.key !== 'ada') m.active = false;
    expect(await directory.lookup({ nativeId: tenant.id('ada') })).toMatchObject({ admin: true, lastAdmin: true });
  });

  it('finds an app by its id, with who answers for it', async () => {
    tenant = await startTenant([
      { type: 'integration', at: '-PT2H', user: '@dana', app: 'app:thief', change: 'added' },
    ]);
    const { directory } = evidenceOf(tenant);
    expect(await directory.lookup({ nativeId: tenant.world.appId('thief') })).toMatchObject({
      kind: 'app',
      displayName: 'Chat Backup',
      active: true,
      sponsorId: tenant.id('dana'),
    });
    expect(await directory.lookup({ nativeId: 'A0000000000' })).toBeUndefined();
  });

  it('knows no app without the token that reads the integration log', async () => {
    tenant = await startTenant([
      { type: 'integration', at: '-PT2H', user: '@dana', app: 'app:thief', change: 'added' },
    ]);
    const { logs: _withheld, ...tokens } = tokensOf(tenant).evidence;
    const { directory, sources, limitations } = evidenceOf(tenant, { tokens });
    expect(await directory.lookup({ nativeId: tenant.world.appId('thief') })).toBeUndefined();
    expect(await directory.lookup({ nativeId: tenant.id('dana') })).toMatchObject({ kind: 'person' });
    // The case says what it cannot see; it does not fail at it.
    const ids = sources.map((s) => s.id);
    expect(ids).not.toContain('slack.access_logs');
    expect(ids).not.toContain('slack.integration_logs');
    expect(limitations.map((l) => l.what)).toContain('access and integration logs, trusted networks');
    expect(evidenceOf(tenant).limitations.map((l) => l.what)).not.toContain('access and integration logs');
  });

  it('lists everybody once over pages', async () => {
    tenant = await startTenant([], { pageSize: 3 });
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await evidenceOf(tenant).directory.list(cursor);
      ids.push(...page.entries.map((e) => e.nativeId));
      cursor = page.next;
    } while (cursor !== undefined);
    expect(ids).toEqual(tenant.simulator.state.members.map((m) => m.id));
  });
});
