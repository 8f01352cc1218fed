import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verdictOf, type VendorCheck } from '../../../platforms/check.js';
import { lossesOf } from '../../../platforms/needs.js';
import { VENDOR_ROLES, type VendorRole } from '../../../platforms/operation.js';
import { checkSlack } from '../../../platforms/slack/check.js';
import { OPERATIONS, scopesOf, type SlackOperation } from '../../../platforms/slack/methods.js';
import { slackNeeds } from '../../../platforms/slack/needs.js';
import type { SlackSettings, SlackTokens } from '../../../platforms/slack/settings.js';
import type { Token } from '../../../simulator/slack/tokens.js';
import { complaints, stopped, watched, whole } from '../checking.js';
import { containmentOf, evidenceOf, startTenant, tokensOf, type Tenant } from './fixture.js';

const TABLE = Object.values(OPERATIONS) as readonly SlackOperation[];
const KINDS = ['audit', 'admin', 'logs', 'bot'] as const;
/** Every scope of every token of every role. */
const SCOPES = VENDOR_ROLES.flatMap((role) =>
  KINDS.flatMap((kind) => scopesOf(role, kind).map((scope) => ({ role, kind, scope }))),
);

let tenant: Tenant;
beforeAll(async () => {
  tenant = await startTenant();
});
afterAll(() => tenant.close());
beforeEach(() => {
  for (const [value, { scopes }] of pristine) {
    const token = tokenOf(value);
    token.scopes.clear();
    for (const scope of scopes) token.scopes.add(scope);
    token.owner = 'org_owner';
    token.installed = 'organisation';
    delete token.ended;
  }
});
const pristine = new Map<string, { readonly scopes: readonly string[] }>();
beforeAll(() => {
  for (const [value, token] of tenant.simulator.tokens) pristine.set(value, { scopes: [...token.scopes] });
});

function tokenOf(value: string): Token {
  const token = tenant.simulator.tokens.get(value);
  if (!token) throw new Error('no such token');
  return token;
}
const given = (role: VendorRole, kind: (typeof KINDS)[number]): Token => tokenOf(tokensOf(tenant)[role][kind] ?? '');
const check = (role: VendorRole, change: Partial<SlackSettings> = {}): Promise<VendorCheck> =>
  checkSlack({ ...tenant.settings(tokensOf(tenant)[role]), ...change }, role);

describe('the tokens of each role, with exactly what the table asks for', () => {
  it.each(VENDOR_ROLES)('%s: all is there, nothing is beyond need, and nothing was written', async (role) => {
    const settings = tenant.settings(tokensOf(tenant)[role]);
    const { wire, calls } = watched(settings.wire);
    const found = await check(role, { wire });
    expect(complaints(found)).toEqual([]);
    expect(stopped(found)).toEqual([]);
    expect(found.operations.map((o) => o.operation).sort()).toEqual(
      slackNeeds(role, 'enterprise')
        .map((n) => n.operation.name)
        .sort(),
    );
    expect(verdictOf([whole(found)])).toBe(0);
    const writes = TABLE.filter((o) => o.writes).map((o) => o.name);
    expect(calls.length).toBeGreaterThan(0);
    expect(calls.filter((c) => writes.includes(c.operation))).toEqual([]);
    expect(tenant.world.journal).toEqual([]);
  });

  it('tries every read that needs no particular person or conversation', async () => {
    const settings = tenant.settings(tokensOf(tenant).evidence);
    const { wire, calls } = watched(settings.wire);
    await check('evidence', { wire });
    const tried = new Set(calls.map((c) => c.operation));
    const asked = slackNeeds('evidence', 'enterprise').map((n) => n.operation.name);
    expect(asked.filter((name) => !tried.has(name)).sort()).toEqual([
      'conversations.history',
      'conversations.info',
      'conversations.replies',
      'users.lookupByEmail',
    ]);
  });
});

describe('one scope taken away', () => {
  it.each(SCOPES)('$role, $kind token: $scope', async ({ role, kind, scope }) => {
    given(role, kind).scopes.delete(scope);
    const found = await check(role);
    expect(complaints(found)).toEqual([`${kind} ${scope} missing`]);
    const hit = slackNeeds(role, 'enterprise').filter((n) => n.of === kind && n.scopes.includes(scope));
    expect(stopped(found)).toEqual(hit.map((n) => n.operation.name).sort());
    const finding = found.scopes.find((s) => s.scope === scope && s.of === kind);
    expect(finding?.why).toEqual(expect.arrayContaining(hit.map((n) => n.operation.why)));
    expect(finding?.lost.length).toBeGreaterThan(0);
    expect(verdictOf([whole(found)])).toBe(1);
  });

  it('says what is lost in the words of the case', async () => {
    given('evidence', 'audit').scopes.delete('auditlogs:read');
    const { scopes } = await check('evidence');
    expect(scopes.find((s) => s.scope === 'auditlogs:read')?.lost).toEqual(lossesOf(OPERATIONS.auditLogs.serves));
    given('containment', 'admin').scopes.delete('admin.users:write');
    const acts = (await check('containment')).scopes.find((s) => s.scope === 'admin.users:write');
    expect(acts?.lost).toEqual(['end_sessions becomes a task for a person']);
  });
});

describe('given beyond need', () => {
  it.each([
    { role: 'evidence', kind: 'admin', scope: 'admin.users:write' },
    { role: 'containment', kind: 'admin', scope: 'channels:history' },
    { role: 'people', kind: 'bot', scope: 'files:read' },
  ] as const)('$role: $scope', async ({ role, kind, scope }) => {
    given(role, kind).scopes.add(scope);
    const found = await check(role);
    expect(complaints(found)).toEqual([`${kind} ${scope} beyond`]);
    expect(stopped(found)).toEqual([]);
    expect(verdictOf([whole(found)])).toBe(0);
  });
});

describe('the credential itself', () => {
  const evidence = (tokens: Partial<SlackTokens>): Promise<VendorCheck> =>
    checkSlack(tenant.settings({ ...tokensOf(tenant).evidence, ...tokens }), 'evidence');

  it('a revoked token is refused, and only what goes by it stops', async () => {
    given('evidence', 'audit').ended = 'token_revoked';
    const found = await check('evidence');
    expect(found.credentials.find((c) => c.credential === 'audit')).toEqual({
      credential: 'audit',
      status: 'refused',
      because: 'auth.test: token_revoked',
    });
    expect(stopped(found)).toEqual(['audit.logs']);
    expect(verdictOf([whole(found)])).toBe(1);
  });

  it('a token that Slack does not know is refused', async () => {
    const found = await evidence({ admin: 'xoxp-of-somebody-else' });
    expect(found.credentials.find((c) => c.credential === 'admin')?.because).toBe('auth.test: invalid_auth');
  });

  it('the token of a bot does not do where a person’s is needed', async () => {
    const found = await evidence({ admin: tenant.own.tokens.bot });
    expect(found.credentials.find((c) => c.credential === 'admin')).toMatchObject({ status: 'refused' });
  });

  it('without the audit token the audit log is not read; without the logs token nothing is amiss', async () => {
    const { admin } = tokensOf(tenant).evidence;
    const found = await checkSlack(tenant.settings({ ...(admin === undefined ? {} : { admin }) }), 'evidence');
    expect(complaints(found)).toEqual(['credential audit absent', 'audit auditlogs:read unknown']);
    expect(stopped(found)).toEqual(['audit.logs']);
    expect(found.operations.map((o) => o.operation)).not.toContain('team.accessLogs');
  });

  it('what does not answer is not said to be missing', async () => {
    tenant.fault('auth.test', 'error', 3);
    const found = await check('evidence');
    expect(found.credentials.every((c) => c.status === 'unreachable')).toBe(true);
    expect(verdictOf([whole(found)])).toBe(2);
  });
});

describe('rights and plan beside the scopes', () => {
  it('the audit log is told to owners alone', async () => {
    given('evidence', 'audit').owner = 'org_admin';
    const found = await check('evidence');
    expect(complaints(found)).toEqual(['the account of the audit token is an Organization Owner missing']);
    expect(stopped(found)).toEqual(['audit.logs']);
  });

  it('an app on one workspace alone reaches nothing of the organisation', async () => {
    given('containment', 'admin').installed = 'workspace';
    const found = await check('containment');
    expect(complaints(found)).toEqual(['the app of the admin token is installed on the organisation missing']);
    const ofOrganisation = slackNeeds('containment', 'enterprise').filter(
      ({ operation }) => operation.plan === 'enterprise' || operation.api === 'scim',
    );
    expect(stopped(found)).toEqual(ofOrganisation.map((n) => n.operation.name).sort());
  });

  it('a plan that is not what the configuration says is named', async () => {
    const small = await startTenant([], { plan: 'business' });
    try {
      const settings = { ...small.settings(tokensOf(small).evidence), plan: 'enterprise' as const };
      const found = await checkSlack(settings, 'evidence');
      expect(found.plan).toEqual([expect.objectContaining({ plan: 'Enterprise', status: 'missing' })]);
      expect(stopped(found)).toEqual(expect.arrayContaining(['audit.logs', 'admin.users.session.list']));
      expect(verdictOf([whole(found)])).toBe(1);
      // Told the truth, the check asks for no more than this plan has.
      const told = await checkSlack({ ...settings, plan: 'business' }, 'evidence');
      expect(told.scopes.filter((s) => s.status === 'missing')).toEqual([]);
      expect(told.scopes.filter((s) => s.status === 'beyond').map((s) => s.scope)).toEqual(['admin.users:read']);
    } finally {
      await small.close();
    }
  });
});

describe('what is needed follows what the role’s port offers', () => {
  it.each(['pro', 'business', 'enterprise'] as const)('plan %s', (plan) => {
    const of = { ...tenant, settings: (tokens: SlackTokens) => ({ ...tenant.settings(tokens), plan }) };
    const evidence = evidenceOf(of).sources.map((s) => s.id);
    const acts = Object.keys(containmentOf(of).acts);
    const serves = (role: VendorRole): Set<string> =>
      new Set(slackNeeds(role, plan).flatMap((n) => n.operation.serves));
    expect(evidence.filter((id) => !serves('evidence').has(id))).toEqual([]);
    expect(acts.filter((kind) => !serves('containment').has(kind))).toEqual([]);
    for (const { operation } of slackNeeds('containment', plan))
      expect(operation.serves.some((s) => acts.includes(s) || s === 'protection')).toBe(true);
  });
});
