import { afterEach, describe, expect, it } from 'vitest';
import { context, stepOn } from './acting.js';
import { ANOTHER_ADMIN, evidenceOf, readAll, startTenant, type RowInput, type Tenant } from './fixture.js';

let tenant: Tenant;
afterEach(() => tenant.close());

const signIn = (extra: object = {}): RowInput => ({
  type: 'sign_in',
  at: '-PT2H',
  user: '@dana',
  ip: 'ip:attacker',
  country: 'NL',
  city: 'Amsterdam',
  lat: 52.4,
  lon: 4.9,
  session: 's-thief',
  ...extra,
});

describe('microsoft.sign_ins', () => {
  it('gives address, place, session, device, risk and outcome of each sign-in of the subject alone', async () => {
    tenant = await startTenant([
      signIn({ risk: ['anonymizedIPAddress'], asn: 64500, device: 'thief-pc' }),
      signIn({ at: '-PT1H', interactive: false }),
      signIn({ at: '-PT30M', result: 'failure' }),
      signIn({ at: '-PT20M', result: 'blocked' }),
      signIn({ at: '-PT10M', ip: 'ip:office', session: 's-own', device: 'laptop', deviceKnown: true }),
      signIn({ user: '@max' }),
    ]);
    const { events } = await readAll(evidenceOf(tenant), 'microsoft.sign_ins', tenant.query('dana'));
    expect(events).toHaveLength(5);
    expect(new Set(events.map((e) => e.actor))).toEqual(new Set([tenant.id('dana')]));
    const stolen = events.find((e) => e.reasons?.includes('anonymizedIPAddress'));
    expect(stolen).toMatchObject({
      kind: 'sign_in',
      ip: '203.0.113.66',
      country: 'NL',
      city: 'Amsterdam',
      location: { lat: 52.4, lon: 4.9 },
      sessionId: 's-thief',
      asn: 64500,
      deviceKnown: false,
      outcome: 'success',
    });
    expect(events.find((e) => e.sessionId === 's-own')).toMatchObject({
      deviceKnown: true,
      deviceId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
    expect(events.filter((e) => e.operation === 'Sign-in (non-interactive)')).toHaveLength(1);
    expect(
      events
        .filter((e) => e.kind === 'sign_in_failed')
        .map((e) => e.outcome)
        .sort(),
    ).toEqual(['blocked', 'failure']);
  });

  it('pages by links that name the real service, and gives the same ids when read again', async () => {
    tenant = await startTenant([signIn({ repeat: 23 })], { pageSize: 10 });
    const first = await readAll(evidenceOf(tenant), 'microsoft.sign_ins', tenant.query('dana'));
    expect(first.pages).toBe(4); // three of interactive sign-ins, one of the others
    expect(new Set(first.events.map((e) => e.id)).size).toBe(23);
    const again = await readAll(evidenceOf(tenant), 'microsoft.sign_ins', tenant.query('dana'));
    expect(again.events.map((e) => e.id)).toEqual(first.events.map((e) => e.id));
  });

  it('shows a late row only once it may be seen', async () => {
    let now = new Date();
    tenant = await startTenant([signIn(), signIn({ at: '-PT1H', visibleAfter: 'PT2H' })], { now: () => now });
    const evidence = evidenceOf(tenant);
    expect((await readAll(evidence, 'microsoft.sign_ins', tenant.query('dana'))).events).toHaveLength(1);
    now = new Date(now.getTime() + 60_000); // two hours at the scenario's pace
    expect((await readAll(evidence, 'microsoft.sign_ins', tenant.query('dana'))).events).toHaveLength(2);
  });

  it('leaves out what is outside the window', async () => {
    tenant = await startTenant([signIn(), signIn({ at: '-P10D' })]);
    expect((await readAll(evidenceOf(tenant), 'microsoft.sign_ins', tenant.query('dana'))).events).toHaveLength(1);
  });
});

describe('microsoft.directory_audits', () => {
  it('tells consent, roles, credentials and account changes apart, by and about the subject', async () => {
    tenant = await startTenant([
      {
        type: 'directory_audit',
        at: '-PT50M',
        user: '@dana',
        activity: 'Consent to application',
        category: 'ApplicationManagement',
        app: 'app:thief',
        scopes: ['Chat.Read', 'offline_access'],
        ip: 'ip:attacker',
      },
      {
        type: 'directory_audit',
        at: '-PT40M',
        user: '@ada',
        activity: 'Add member to role',
        category: 'RoleManagement',
        target: '@dana',
      },
      {
        type: 'directory_audit',
        at: '-PT30M',
        user: '@dana',
        activity: 'User registered security info',
        target: '@dana',
      },
      { type: 'directory_audit', at: '-PT20M', user: '@ada', activity: 'Disable account', target: '@dana' },
      { type: 'directory_audit', at: '-PT10M', user: '@ada', activity: 'Disable account', target: '@max' },
    ]);
    const { events } = await readAll(evidenceOf(tenant), 'microsoft.directory_audits', tenant.query('dana'));
    const unique = [...new Map(events.map((e) => [e.id, e])).values()].sort((a, b) => a.at.localeCompare(b.at));
    expect(unique.map((e) => e.kind)).toEqual(['app_grant', 'role_change', 'credential_change', 'account_change']);
    expect(unique[0]).toMatchObject({
      actor: tenant.id('dana'),
      ip: '203.0.113.66',
      app: { id: tenant.world.appId('thief'), name: 'Chat Backup Helper', scopes: ['Chat.Read', 'offline_access'] },
    });
    expect(unique[1]).toMatchObject({ actor: tenant.id('ada'), target: { type: 'user', id: tenant.id('dana') } });
  });

  describe('a registered factor', () => {
    const registered = (at: string, more = {}): RowInput => ({
      ...{ type: 'directory_audit', at, user: '@dana', activity: 'User registered security info', target: '@dana' },
      ...more,
    });
    const method = (kind: string, at: string, more = {}): RowInput => ({
      ...{ type: 'auth_method', at, user: '@dana', method: kind },
      ...more,
    });
    const changes = async () => {
      const { events } = await readAll(evidenceOf(tenant), 'microsoft.directory_audits', tenant.query('dana'));
      return events.filter((e) => e.kind === 'credential_change' && e.operation.endsWith('registered security info'));
    };
    const person = () => ({ type: 'user', id: tenant.id('dana'), name: 'Dana Subject' });

    it('is named by its list and id, when it came with the row of the log', async () => {
      tenant = await startTenant([
        registered('-PT50M', { ip: 'ip:attacker' }),
        method('phone', '-PT50M'),
        method('fido2', '-P9D', { name: 'blue key' }),
      ]);
      const [change] = await changes();
      expect(change?.target).toEqual({ type: 'auth_method', id: 'phoneMethods/3179e48a-750b-4051-897c-87b9720928f7' });
      expect(change).toMatchObject({ actor: tenant.id('dana'), ip: '203.0.113.66' });
    });

    it('is the nearest of several, and called as it is called there', async () => {
      tenant = await startTenant([
        registered('-PT50M'),
        method('softwareOath', '-PT51M'),
        method('fido2', '-PT50M', { name: 'blue key' }),
      ]);
      const [change] = await changes();
      expect(change?.target).toMatchObject({
        id: expect.stringMatching(/^fido2Methods\/./) as string,
        name: 'blue key',
      });
    });

    it('is not guessed: when none came then, when no time is known, and when it is somebody else’s', async () => {
      tenant = await startTenant([
        registered('-PT50M'),
        registered('-PT20M', { activity: 'Admin registered security info', target: '@max' }),
        method('phone', '-PT40M'),
        method('email', '-PT50M', { dated: false }),
        method('fido2', '-PT20M', { user: '@max' }),
        method('softwareOath', '-PT20M'),
      ]);
      const targets = (await changes()).map((e) => e.target);
      expect(targets).toContainEqual(person());
      expect(targets).toContainEqual({ type: 'user', id: tenant.id('max'), name: 'Max Manager' });
      expect(targets.filter((t) => t?.type === 'auth_method')).toEqual([]);
    });

    it('is not named, and the row stays, where factors may not be read', async () => {
      tenant = await startTenant([registered('-PT50M'), method('phone', '-PT50M')]);
      tenant.simulator.authority.revoke('evidence', 'UserAuthenticationMethod.Read.All');
      expect((await changes()).map((e) => e.target)).toContainEqual(person());
    });
  });
});

describe('detections', () => {
  it('reads risk detections and the alerts that name the subject', async () => {
    tenant = await startTenant([
      { type: 'risk', at: '-PT1H', user: '@dana', riskType: 'anomalousToken', ip: 'ip:attacker' },
      { type: 'alert', at: '-PT1H', user: '@dana', title: 'Mass download', ip: 'ip:attacker', device: 'laptop' },
      { type: 'alert', at: '-PT1H', user: '@max', title: 'Mass download' },
    ]);
    const evidence = evidenceOf(tenant);
    const risks = (await readAll(evidence, 'microsoft.risk_detections', tenant.query('dana'))).events;
    expect(risks).toMatchObject([
      { kind: 'platform_alert', reasons: ['anomalousToken'], labels: ['high'], ip: '203.0.113.66' },
    ]);
    const alerts = (await readAll(evidence, 'microsoft.alerts', tenant.query('dana'))).events;
    expect(alerts).toMatchObject([
      {
        kind: 'platform_alert',
        operation: 'Mass download',
        ip: '203.0.113.66',
        deviceId: expect.stringMatching(/^[0-9a-f]{40}$/) as string,
      },
    ]);
    expect(alerts[0]?.reasons).toContain('T1213.005');
  });
});

describe('incidents', () => {
  const rows: readonly RowInput[] = [
    { type: 'alert', at: '-PT3H', user: '@dana', title: 'Token theft', incident: 'takeover' },
    {
      type: 'alert',
      at: '-PT2H',
      title: 'Beacon',
      device: 'laptop',
      category: 'CommandAndControl',
      incident: 'takeover',
    },
    { type: 'alert', at: '-PT1H', user: '@max', title: 'Phishing', incident: 'another' },
  ];

  it('are read where an alert names the subject, with what Defender put beside it and how it was judged', async () => {
    tenant = await startTenant([
      ...rows,
      {
        type: 'incident',
        at: '-PT1H',
        name: 'takeover',
        status: 'resolved',
        classification: 'truePositive',
        determination: 'compromisedAccount',
      },
    ]);
    const { events } = await readAll(evidenceOf(tenant), 'microsoft.incidents', tenant.query('dana'));
    expect(events).toMatchObject([
      {
        kind: 'platform_alert',
        actor: tenant.id('dana'),
        count: 2,
        deviceId: expect.stringMatching(/^[0-9a-f]{40}$/) as string,
        reasons: ['truePositive', 'compromisedAccount', 'Collection', 'T1213.005', 'CommandAndControl'],
      },
    ]);
  });

  it('that were merged into another are left to that one', async () => {
    tenant = await startTenant([...rows, { type: 'incident', at: '-PT1H', name: 'takeover', status: 'redirected' }]);
    expect((await readAll(evidenceOf(tenant), 'microsoft.incidents', tenant.query('dana'))).events).toEqual([]);
  });
});

describe('an app as the subject', () => {
  it('has sign-ins and acts in the directory of its own', async () => {
    tenant = await startTenant([
      { type: 'app_sign_in', at: '-PT2H', app: 'app:thief', ip: 'ip:attacker', country: 'NL' },
      { type: 'app_sign_in', at: '-PT1H', app: 'app:notes', ip: 'ip:office' },
      signIn({ app: 'app:thief' }),
    ]);
    const containment = tenant.settings('containment').credential.clientId;
    const query = tenant.query('dana', { nativeId: tenant.world.appId('thief'), emails: [] });
    const { events } = await readAll(evidenceOf(tenant), 'microsoft.sign_ins', query);
    expect(events).toMatchObject([
      { kind: 'sign_in', actor: tenant.world.appId('thief'), ip: '203.0.113.66', country: 'NL' },
    ]);
    const sessions = { type: 'sessions', accountId: tenant.id('dana'), sessionIds: [] } as const;
    await (await stepOn(tenant, 'end_sessions', sessions)).apply(context);
    const own = tenant.query('dana', { nativeId: containment, emails: [] });
    expect((await readAll(evidenceOf(tenant), 'microsoft.directory_audits', own)).events).toMatchObject([
      { actor: containment, operation: 'Update StsRefreshTokenValidFrom Timestamp' },
    ]);
  });

  const consent = (user: string, at: string, extra: object = {}): RowInput => ({
    ...{ type: 'directory_audit', user, at, activity: 'Consent to application', category: 'ApplicationManagement' },
    ...{ app: 'app:thief', scopes: ['Chat.Read'], ...extra },
  });
  const grant = (user: string, at: string, extra: object = {}): RowInput => ({
    ...{ type: 'grant', user, at, app: 'app:thief', scopes: ['Chat.Read'], ...extra },
  });
  const readOf = async (source: string) => {
    const query = tenant.query('dana', { nativeId: tenant.world.appId('thief'), emails: [] });
    const { events } = await readAll(evidenceOf(tenant), `microsoft.${source}`, query);
    return [...events].sort((a, b) => a.at.localeCompare(b.at));
  };

  it('has every consent to it, with who gave it, and nobody’s to another', async () => {
    tenant = await startTenant([
      consent('@dana', '-PT9H', { ip: 'ip:office' }),
      consent('@max', '-PT8H', { result: 'failure' }),
      consent('@ada', '-PT7H'),
      consent('@gina', '-PT6H', { app: 'app:notes' }),
    ]);
    const id = tenant.world.appId('thief');
    const rows = await readOf('directory_audits');
    expect(rows.map((e) => [e.kind, e.actor, e.labels, e.outcome])).toEqual([
      ['app_grant', tenant.id('dana'), undefined, 'success'],
      ['app_grant', tenant.id('max'), undefined, 'failure'],
      ['app_grant', tenant.id('ada'), ['admin_consent'], 'success'],
    ]);
    expect(rows[0]).toMatchObject({ app: { id, scopes: ['Chat.Read'] }, ip: '198.51.100.7' });
  });

  it('has every grant that it holds: of whom, since when, and whether an administrator gave it', async () => {
    tenant = await startTenant([
      consent('@dana', '-PT9H'),
      grant('@dana', '-PT9H'),
      consent('@max', '-PT8H'),
      grant('@max', '-PT8H', { scopes: ['Files.Read.All'] }),
      grant('@gina', '-PT7H', { app: 'app:notes' }),
    ]);
    const id = tenant.world.appId('thief');
    const rows = await readOf('grants');
    expect(rows.map((e) => [e.kind, e.actor, e.app?.id, e.app?.scopes, e.labels])).toEqual([
      ['app_grant', tenant.id('dana'), id, ['Chat.Read'], ['unverified_publisher']],
      ['app_grant', tenant.id('max'), id, ['Files.Read.All'], ['unverified_publisher']],
    ]);
    expect(Date.parse(rows[1]?.at ?? '') - Date.parse(rows[0]?.at ?? '')).toBe(3_600_000);
  });

  it('is seen to be allowed for everybody, though no log says since when and by whom', async () => {
    tenant = await startTenant([grant('@ada', '-P60D', { forAll: true }), grant('@dana', '-P60D')]);
    const rows = await readOf('grants');
    expect(rows.map((e) => [e.actor, e.labels]).sort()).toEqual(
      [
        [undefined, ['unverified_publisher', 'admin_consent', 'state']],
        [tenant.id('dana'), ['unverified_publisher', 'state']],
      ].sort(),
    );
  });

  it('that is gone from the tenant has no grants, and no chats of its own: neither is a gap', async () => {
    tenant = await startTenant();
    const query = tenant.query('dana', { nativeId: '00000000-1111-4222-8333-444444444444', emails: [] });
    for (const source of ['grants', 'directory_audits', 'messages'])
      expect((await readAll(evidenceOf(tenant), `microsoft.${source}`, query)).events).toEqual([]);
  });
});

describe('directory', () => {
  it('knows people by id and address, with roles, manager and where they are mastered', async () => {
    tenant = await startTenant();
    const { directory } = evidenceOf(tenant);
    expect(await directory.lookup({ nativeId: tenant.id('dana') })).toMatchObject({
      kind: 'person',
      emails: ['dana@example.com'],
      active: true,
      admin: false,
      managerId: tenant.id('max'),
      timeZone: 'Europe/Berlin',
    });
    expect(await directory.lookup({ email: 'ADA@example.com' })).toMatchObject({
      nativeId: tenant.id('ada'),
      admin: true,
      lastAdmin: true,
    });
    expect(await directory.lookup({ email: 'otto@example.com' })).toMatchObject({ masteredBy: 'other' });
    expect(await directory.lookup({ nativeId: tenant.id('gina') })).toMatchObject({
      kind: 'guest',
      emails: ['gina@example.org'],
    });
    expect(await directory.lookup({ nativeId: tenant.world.appId('thief') })).toMatchObject({
      kind: 'app',
      displayName: 'Chat Backup Helper',
    });
    expect(await directory.lookup({ email: 'nobody@example.com' })).toBeUndefined();
  });

  it('does not call an administrator the last one beside another who can sign in', async () => {
    tenant = await startTenant([], {
      people: {
        boss: ANOTHER_ADMIN,
      },
    });
    expect(await evidenceOf(tenant).directory.lookup({ nativeId: tenant.id('ada') })).toMatchObject({
      admin: true,
      lastAdmin: false,
    });
  });

  it('lists everybody page by page', async () => {
    tenant = await startTenant([], { pageSize: 2 });
    const { directory } = evidenceOf(tenant);
    const found = [];
    for (let cursor: string | undefined, more = true; more;) {
      const page = await directory.list(cursor);
      found.push(...page.entries);
      cursor = page.next;
      more = cursor !== undefined;
    }
    expect(found.filter((e) => e.emails[0]?.startsWith('quell') !== true)).toHaveLength(5);
    expect(found.find((e) => e.nativeId === tenant.id('ada'))?.admin).toBe(true);
  });
});

describe('limitations', () => {
  it('drops sources that the licence does not cover and says so', async () => {
    tenant = await startTenant();
    const port = evidenceOf(tenant, { licences: { entraP2: false, defender: false } });
    expect(port.sources.map((s) => s.id)).not.toContain('microsoft.risk_detections');
    expect(port.limitations.map((l) => l.what)).toEqual(
      expect.arrayContaining(['microsoft.risk_detections', 'microsoft.alerts', 'messages read in the Teams client']),
    );
  });
});
