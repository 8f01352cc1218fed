import { afterEach, describe, expect, it } from 'vitest';
import { type RowInput, type Tenant, evidenceOf, readAll, spied, startTenant } from './fixture.js';

let tenant: Tenant;
afterEach(() => tenant.close());

describe('unified audit log', () => {
  const rows: readonly RowInput[] = [
    {
      type: 'audit',
      at: '-PT3H',
      user: '@dana',
      operation: 'MessagesListed',
      chat: 'board',
      messages: 40,
      ip: 'ip:attacker',
      session: 's-thief',
      app: 'app:thief',
      repeat: 6,
    },
    {
      type: 'audit',
      at: '-PT2H',
      user: '@dana',
      operation: 'FileDownloaded',
      file: 'plan.docx',
      bytes: 9000,
      ip: 'ip:attacker',
      session: 's-thief',
    },
    { type: 'audit', at: '-PT1H', user: '@dana', operation: 'New-InboxRule', name: '.', ip: 'ip:attacker' },
    { type: 'audit', at: '-PT30M', user: '@dana', operation: 'AnonymousLinkCreated', file: 'plan.docx' },
    { type: 'audit', at: '-PT30M', user: '@max', operation: 'FileDownloaded', file: 'other.docx' },
    { type: 'audit', at: '-PT20M', user: '@dana', operation: 'SomethingElse' },
  ];

  it.each(['microsoft.audit_search', 'microsoft.activity_feed'])(
    'names who was let into the mailbox and where its mail goes, and no other setting: %s',
    async (source) => {
      const set = (operation: string, parameters: Readonly<Record<string, string>>): RowInput => ({
        ...{ type: 'audit', at: '-PT1H', user: '@dana', operation, parameters },
      });
      tenant = await startTenant([
        set('Add-MailboxPermission', { Identity: 'dana@example.com', User: 'max', AccessRights: 'FullAccess' }),
        set('Add-RecipientPermission', { Identity: 'max@example.com', Trustee: 'dana', AccessRights: 'SendAs' }),
        set('Set-Mailbox', { Identity: 'Dana@example.com', ForwardingSmtpAddress: 'smtp:drop@example.org' }),
        set('Set-Mailbox', { Identity: 'dana@example.com', ForwardingSmtpAddress: '' }),
        set('Set-Mailbox', { Identity: 'dana@example.com', AuditEnabled: 'true' }),
        { type: 'audit', at: '-PT1H', user: '@dana', operation: 'UpdateCalendarDelegation' },
      ]);
      const { events } = await readAll(evidenceOf(tenant), source, tenant.query('dana'));
      const own = tenant.id('dana');
      expect(events.map((e) => [e.kind, e.operation, e.target?.name, e.target?.id === own]).sort()).toEqual([
        ['mail_access', 'Add-MailboxPermission', 'max', true],
        ['mail_access', 'Add-RecipientPermission', 'dana', false],
        ['mail_access', 'Set-Mailbox', 'smtp:drop@example.org', true],
        ['mail_access', 'UpdateCalendarDelegation', undefined, true],
      ]);
      expect(events.every((e) => e.target?.type === 'mailbox')).toBe(true);
    },
  );

  it('runs a search, waits for it, reads its pages and means the same by each record', async () => {
    tenant = await startTenant(rows, { pageSize: 4 });
    const { events } = await readAll(evidenceOf(tenant), 'microsoft.audit_search', tenant.query('dana'));
    expect(events.map((e) => e.kind).sort()).toEqual([
      ...Array<string>(6).fill('conversation_read'),
      'file_download',
      'mail_rule',
      'share',
    ]);
    expect(events.find((e) => e.kind === 'conversation_read')).toMatchObject({
      count: 40,
      sessionId: 's-thief',
      ip: '203.0.113.66',
      app: { id: tenant.world.appId('thief') },
      channel: { private: true },
      logSource: 'chat_history',
    });
    expect(events.find((e) => e.kind === 'file_download')).toMatchObject({
      bytes: 9000,
      target: {
        type: 'file',
        name: 'plan.docx',
        id: expect.stringMatching(/^sites\/.+\/lists\/.+\/items\/.+$/) as string,
      },
    });
    // Exchange writes the port behind the address.
    expect(events.find((e) => e.kind === 'mail_rule')?.ip).toBe('203.0.113.66');
  });

  it('gives a record the same id from the Management API, where records come twice', async () => {
    tenant = await startTenant(rows);
    const evidence = evidenceOf(tenant);
    const searched = (await readAll(evidence, 'microsoft.audit_search', tenant.query('dana'))).events;
    const fed = (await readAll(evidence, 'microsoft.activity_feed', tenant.query('dana'))).events;
    expect(fed.length).toBeGreaterThan(searched.length);
    expect(new Set(fed.map((e) => e.id))).toEqual(new Set(searched.map((e) => e.id)));
  });

  it('adopts its own search when the collection starts again', async () => {
    tenant = await startTenant(rows);
    const source = evidenceOf(tenant).sources.find((s) => s.id === 'microsoft.audit_search');
    const query = tenant.query('dana');
    const first = JSON.parse((await source?.read(query, undefined))?.next ?? '') as { queryId: string };
    const second = JSON.parse((await source?.read(query, undefined))?.next ?? '') as { queryId: string };
    expect(second.queryId).toBe(first.queryId);
    const other = JSON.parse((await source?.read(tenant.query('max'), undefined))?.next ?? '') as { queryId: string };
    expect(other.queryId).not.toBe(first.queryId);
  });

  it('finds the search in the other version of Graph where v1.0 does not have it', async () => {
    tenant = await startTenant(rows, { auditSearch: 'beta', pageSize: 4 });
    expect((await readAll(evidenceOf(tenant), 'microsoft.audit_search', tenant.query('dana'))).events).toHaveLength(9);
  });

  it('splits a long time into searches and reads each', async () => {
    tenant = await startTenant([
      ...rows,
      { type: 'audit', at: '-P15D', user: '@dana', operation: 'FileDownloaded', file: 'old.docx' },
    ]);
    const from = new Date(tenant.world.startedAt.getTime() - 30 * 86_400_000).toISOString();
    const { events } = await readAll(evidenceOf(tenant), 'microsoft.audit_search', tenant.query('dana', { from }));
    expect(new Set(events.map((e) => e.id)).size).toBe(10);
    expect(events.map((e) => e.target?.name)).toContain('old.docx');
  });

  it('begins the searches of the next windows while one runs, and no window twice', async () => {
    tenant = await startTenant(rows);
    const from = new Date(tenant.world.startedAt.getTime() - 30 * 86_400_000).toISOString();
    const query = tenant.query('dana', { from });
    const { wire, calls } = spied(tenant);
    const begun = (): readonly string[] =>
      calls
        .filter((c) => c.method === 'POST' && c.path.endsWith('/queries'))
        .map((c) => (JSON.parse(c.body) as { filterStartDateTime: string }).filterStartDateTime);
    const port = evidenceOf(tenant, { wire });
    const source = port.sources.find((s) => s.id === 'microsoft.audit_search');
    await source?.read(query, undefined);
    expect(begun()).toHaveLength(4);
    await readAll(port, 'microsoft.audit_search', query);
    expect(begun()).toHaveLength(7); // six windows of five days, and the minute that the query goes on for
    expect(new Set(begun()).size).toBe(7);
  });

  it('asks the configured version first', async () => {
    tenant = await startTenant(rows, { auditSearch: 'beta' });
    const { wire, calls } = spied(tenant);
    const port = evidenceOf(tenant, { wire, auditSearch: { pollMs: 1, version: 'beta' } });
    await port.sources.find((s) => s.id === 'microsoft.audit_search')?.read(tenant.query('dana'), undefined);
    const searches = calls.filter((c) => c.path.includes('/auditLog/queries'));
    expect(searches.length).toBeGreaterThan(0);
    expect(searches.every((c) => c.path.startsWith('/beta/'))).toBe(true);
  });

  it('finds what an app did by its client id, in both', async () => {
    tenant = await startTenant([
      { type: 'audit', at: '-PT1H', user: '@max', operation: 'MessagesListed', app: 'app:thief', messages: 2 },
      { type: 'audit', at: '-PT1H', user: '@max', operation: 'MessagesListed', messages: 1 },
    ]);
    const query = tenant.query('dana', { nativeId: tenant.world.appId('thief'), emails: [] });
    for (const source of ['microsoft.audit_search', 'microsoft.activity_feed'])
      expect(new Set((await readAll(evidenceOf(tenant), source, query)).events.map((e) => e.app?.id))).toEqual(
        new Set([tenant.world.appId('thief')]),
      );
  });

  it('has no reads of messages where Audit is not Premium', async () => {
    tenant = await startTenant(rows, { licences: { auditPremium: false } });
    const { events } = await readAll(evidenceOf(tenant), 'microsoft.audit_search', tenant.query('dana'));
    expect(events.length).toBeGreaterThan(0);
    expect(events.some((e) => e.kind === 'conversation_read' || e.kind === 'export')).toBe(
      events.some((e) => e.operation.startsWith('Search')),
    );
  });

  it('calls a search that takes too long busy', async () => {
    tenant = await startTenant(rows);
    const port = evidenceOf(tenant, { auditSearch: { pollMs: 1, maxWaitMs: 0 } });
    await expect(readAll(port, 'microsoft.audit_search', tenant.query('dana'))).rejects.toMatchObject({
      code: 'VENDOR_BUSY',
    });
  });

  it('names a missing subscription of the feed, and does not read it as empty nor start it', async () => {
    tenant = await startTenant(rows);
    tenant.simulator.subscriptions.delete('Audit.General');
    await expect(readAll(evidenceOf(tenant), 'microsoft.activity_feed', tenant.query('dana'))).rejects.toMatchObject({
      code: 'CONFIG',
      detail: expect.stringContaining('Audit.General') as string,
    });
    expect(tenant.simulator.subscriptions.has('Audit.General')).toBe(false);
  });
});
