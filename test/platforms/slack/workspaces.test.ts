import { afterEach, describe, expect, it } from 'vitest';
import { NO_TRACES } from '../../../domain/pivot.js';
import type { SourcePage } from '../../../platforms/ports.js';
import { checkSlack } from '../../../platforms/slack/check.js';
import { evidenceOf, startTenant, tokensOf, type RowInput, type Tenant } from './fixture.js';

let tenant: Tenant;
afterEach(() => tenant.close());

const REFUSING = 'T0REFUSES1';
const ROWS: readonly RowInput[] = [
  { type: 'access', at: '-PT3H', user: '@dana', ip: 'ip:attacker', repeat: 3 },
  { type: 'integration', at: '-PT2H', user: '@dana', app: 'app:thief', change: 'added' },
  { type: 'session', at: '-PT3H', user: '@dana', ip: 'ip:attacker' },
  { type: 'channel', at: '-P2D', name: 'general', members: ['@dana'] },
  { type: 'message', at: '-PT2H', channel: 'general', from: '@dana', text: 'hello' },
  { type: 'file', at: '-PT2H', name: 'a.txt', owner: '@dana' },
];
const CODES = [
  ...['invalid_auth', 'not_authed', 'account_inactive', 'token_revoked', 'token_expired', 'team_access_not_granted'],
  ...['enterprise_is_restricted', 'access_denied', 'org_login_required', 'paid_only'],
];

const startWith = async (code: string | undefined): Promise<void> => {
  tenant = await startTenant(ROWS, { workspaces: { [REFUSING]: code } });
};
const both = () => ({ teamIds: [REFUSING, ...tenant.own.teamIds] });

async function pagesOf(id: string): Promise<readonly SourcePage[]> {
  const source = evidenceOf(tenant, both()).sources.find((s) => s.id === id);
  if (!source) throw new Error(`no source ${id}`);
  const pages: SourcePage[] = [];
  let cursor: string | undefined;
  do {
    const page = await source.read(tenant.query('dana'), cursor);
    pages.push(page);
    cursor = page.next;
  } while (cursor !== undefined);
  return pages;
}
const SOURCES = ['slack.access_logs', 'slack.integration_logs', 'slack.sessions', 'slack.messages', 'slack.files'];

describe('one workspace of several that refuses our token', () => {
  it.each(CODES)('is one gap that names it, and the other is read: %s', async (code) => {
    await startWith(code);
    const pages = await pagesOf('slack.access_logs');
    expect(pages.flatMap((p) => p.events)).toHaveLength(1);
    const gaps = pages.flatMap((p) => p.gap ?? []);
    expect(gaps).toHaveLength(1);
    expect(gaps[0]?.text).toContain(REFUSING);
    expect(gaps[0]?.text).toContain(code);
  });

  it.each(SOURCES)('hides nothing of the other in %s', async (source) => {
    await startWith('invalid_auth');
    const pages = await pagesOf(source);
    expect(pages.flatMap((p) => p.events).length).toBeGreaterThan(0);
    expect(pages.flatMap((p) => p.gap?.code ?? [])).toEqual(['VENDOR_AUTH']);
  });

  it('that lets us in is read with the other, without a gap', async () => {
    await startWith(undefined);
    for (const source of SOURCES) expect((await pagesOf(source)).flatMap((p) => p.gap ?? [])).toEqual([]);
  });

  it('alone is the end of the source', async () => {
    await startWith('invalid_auth');
    const source = evidenceOf(tenant, { teamIds: [REFUSING] }).sources.find((s) => s.id === 'slack.access_logs');
    await expect(source?.read(tenant.query('dana'), undefined)).rejects.toMatchObject({ code: 'VENDOR_AUTH' });
  });

  it('hides no other’s members, apps and sightings', async () => {
    await startWith('invalid_auth');
    const { directory, findSightings } = evidenceOf(tenant, both());
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await directory.list(cursor);
      ids.push(...page.entries.map((e) => e.nativeId));
      cursor = page.next;
    } while (cursor !== undefined);
    expect(ids).toContain(tenant.id('dana'));
    expect(await directory.lookup({ nativeId: tenant.world.appId('thief') })).toMatchObject({
      sponsorId: tenant.id('dana'),
    });
    const { from, to } = tenant.query('dana');
    const found = await findSightings?.({ ...NO_TRACES, addresses: ['203.0.113.66'] }, from, to);
    expect(found?.sightings.map((s) => s.nativeId)).toContain(tenant.id('dana'));
    expect(found?.gaps.filter((g) => g.source === 'slack.access_logs').map((g) => g.text)).toEqual([
      expect.stringContaining(REFUSING) as string,
    ]);
  });

  it('is found by the check, which asks every workspace', async () => {
    await startWith('invalid_auth');
    const settings = { ...tenant.settings(tokensOf(tenant).evidence), ...both() };
    const stopped = async (teamIds: readonly string[]) =>
      (await checkSlack({ ...settings, teamIds }, 'evidence')).operations
        .filter((o) => o.allowed !== 'yes')
        .map((o) => [o.operation, o.because]);
    expect(await stopped(tenant.own.teamIds)).toEqual([]);
    const expected = ['files.list', 'team.accessLogs', 'team.integrationLogs', 'users.conversations', 'users.list'];
    for (const teamIds of [settings.teamIds, [...settings.teamIds].reverse()])
      expect((await stopped(teamIds)).sort()).toEqual(
        expected.map((name) => [name, `workspace ${REFUSING}: ${name}: invalid_auth`]),
      );
  });
});
