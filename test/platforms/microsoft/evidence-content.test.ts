import { afterEach, describe, expect, it } from 'vitest';
import { evidenceOf, readAll, startTenant, type Tenant } from './fixture.js';

let tenant: Tenant;
afterEach(() => tenant.close());

describe('messages, files and grants', () => {
  it('reads chats and channels; text only when it may be read', async () => {
    tenant = await startTenant(
      [
        {
          type: 'message',
          at: '-PT3H',
          chat: 'deal',
          from: '@dana',
          to: ['@max'],
          text: 'see https://drop.example.org/x & go',
          files: ['plan.docx'],
        },
        { type: 'message', at: '-PT2H', chat: 'deal', from: '@max', text: 'why?' },
        { type: 'message', at: '-PT2H', chat: 'others', from: '@max', to: ['@ada'], text: 'not hers' },
        { type: 'message', at: '-PT1H', team: 'sales', from: '@dana', text: 'in a channel' },
        { type: 'message', at: '-PT1H', team: 'sales', from: '@max', text: 'also in a channel' },
        { type: 'message', at: '-PT50M', chat: 'outside', from: 'mallory@example.net', to: ['@dana'], text: 'hello' },
      ],
      { pageSize: 2 },
    );
    const evidence = evidenceOf(tenant);
    const rows = (await readAll(evidence, 'microsoft.messages', tenant.query('dana'))).events;
    const closed = [...new Map(rows.map((e) => [e.id, e])).values()]; // Teams repeats rows, under the same id
    expect(closed.map((e) => e.kind).sort()).toEqual(['message', 'message', 'message_received', 'message_received']);
    expect(closed.every((e) => e.text === undefined)).toBe(true);
    expect(closed.find((e) => e.labels?.includes('attachment'))).toMatchObject({
      actor: tenant.id('dana'),
      count: 1,
      urls: ['https://drop.example.org/x'],
      target: { type: 'file', name: 'plan.docx' },
    });
    expect(closed.filter((e) => e.channel?.external)).toHaveLength(1);
    const open = (await readAll(evidence, 'microsoft.messages', tenant.query('dana', { readContent: true }))).events;
    expect(open.map((e) => e.text)).toContain('see https://drop.example.org/x & go');
    // What others wrote to a team is kept for what it announces, as a kind of its own that nothing is measured on.
    const [team, ...more] = [...new Map(open.filter((e) => e.kind === 'team_message').map((e) => [e.id, e])).values()];
    expect(more).toEqual([]);
    expect(team).toMatchObject({ actor: tenant.id('max'), text: 'also in a channel', logSource: 'chat_history' });
    expect(Object.keys(team!)).not.toEqual(expect.arrayContaining(['urls']));
    const others = open.filter((e) => e.kind !== 'team_message').map(({ text: _, ...e }) => e.id);
    expect(new Set(others)).toEqual(new Set(closed.map((e) => e.id)));
  });

  it('reads what was put on the drive and what leaves the organisation', async () => {
    tenant = await startTenant([
      { type: 'file', at: '-PT2H', user: '@dana', name: 'passwords.txt', bytes: 50, shared: 'anonymous' },
      { type: 'file', at: '-PT2H', user: '@dana', name: 'notes.txt', shared: 'organization' },
      { type: 'file', at: '-PT2H', user: '@max', name: 'his.txt', shared: 'anonymous' },
    ]);
    const { events } = await readAll(evidenceOf(tenant), 'microsoft.files', tenant.query('dana'));
    expect(
      events
        .filter((e) => e.kind === 'file_upload')
        .map((e) => e.target?.name)
        .sort(),
    ).toEqual(['notes.txt', 'passwords.txt']);
    expect(events.filter((e) => e.kind === 'share')).toMatchObject([
      { target: { name: 'passwords.txt' }, reasons: ['anonymous_link'], actor: tenant.id('dana') },
    ]);
  });

  it('reads consent as it stands, under the app id that logs use', async () => {
    tenant = await startTenant([
      { type: 'grant', at: '-PT1H', user: '@dana', app: 'app:thief', scopes: ['Chat.Read', 'offline_access'] },
    ]);
    const { events } = await readAll(evidenceOf(tenant), 'microsoft.grants', tenant.query('dana'));
    expect(events).toMatchObject([
      {
        kind: 'app_grant',
        app: { id: tenant.world.appId('thief'), scopes: ['Chat.Read', 'offline_access'] },
        labels: ['unverified_publisher'],
      },
    ]);
  });
});

describe('microsoft.notices', () => {
  it('reads security mails of all vendors with their DKIM, and what hides them', async () => {
    tenant = await startTenant([
      { type: 'mail', at: '-PT3H', mailbox: '@dana', vendor: 'slack', kind: 'new_sign_in' },
      { type: 'mail', at: '-PT2H', mailbox: '@dana', vendor: 'google', kind: 'changed_credentials', dkim: 'fail' },
      { type: 'mail', at: '-PT1H', mailbox: '@dana', vendor: 'microsoft', kind: 'unusual_activity', deleted: true },
      { type: 'mail', at: '-PT1H', mailbox: '@dana', vendor: 'slack', kind: 'unusual_activity', deleted: 'purged' },
      { type: 'mail', at: '-PT1H', mailbox: '@dana', vendor: 'slack', kind: 'new_sign_in', from: 'news@example.org' },
      { type: 'mail', at: '-PT1H', mailbox: '@max', vendor: 'slack', kind: 'new_sign_in' },
      { type: 'mail_rule', at: '-PT1H', mailbox: '@dana', words: ['slack.com'], action: 'delete' },
      { type: 'mail_rule', at: '-PT1H', mailbox: '@dana', words: ['newsletter'], action: 'move' },
      { type: 'mail_rule', at: '-PT1H', mailbox: '@dana', words: ['invoice'], action: 'forward' },
    ]);
    const { events } = await readAll(evidenceOf(tenant), 'microsoft.notices', tenant.query('dana'));
    const notices = events.filter((e) => e.kind === 'security_notice');
    expect(notices.map((e) => [e.labels?.[0], e.reasons?.[0], e.dkim]).sort()).toEqual([
      ['google', 'changed_credentials', 'fail'],
      ['microsoft', 'unusual_activity', 'pass'],
      ['slack', 'new_sign_in', 'pass'],
      ['slack', 'unusual_activity', 'pass'],
    ]);
    const hiding = events.filter((e) => e.kind === 'mail_rule');
    expect(hiding.map((e) => e.operation).sort()).toEqual([
      'messageRule',
      'messageRule',
      'security notice deleted',
      'security notice purged',
    ]);
    const rules = hiding.filter((e) => e.operation === 'messageRule');
    expect(rules.map((e) => [e.reasons, e.externalRecipients])).toEqual([
      [['hides_security_notices'], undefined],
      [['forwards_mail'], ['drop@example.org']],
    ]);
  });

  it('is empty for a person whose mailbox is elsewhere', async () => {
    tenant = await startTenant();
    expect((await readAll(evidenceOf(tenant), 'microsoft.notices', tenant.query('otto'))).events).toEqual([]);
  });
});
