import { afterEach, describe, expect, it } from 'vitest';
import { createGoogleEvidence } from '../../../platforms/google/evidence.js';
import { evidenceOf, readAll, startTenant, type Tenant } from './fixture.js';

let tenant: Tenant;
afterEach(() => tenant.close());

const read = async (source: string, key = 'dana', extra = {}) =>
  (await readAll(evidenceOf(tenant), source, tenant.query(key, extra))).events;

describe('google.chat', () => {
  it('reads what was opened, taken and placed, with the names of downloads decoded', async () => {
    tenant = await startTenant([
      { type: 'space', at: '-P1D', space: 'finance', external: true },
      { type: 'space', at: '-P1D', space: 'ann and dana', kind: 'DIRECT_MESSAGE' },
      { type: 'chat', at: '-PT5H', user: '@dana', event: 'conversation_read', space: 'ann and dana' },
      { type: 'chat', at: '-PT4H', user: '@dana', event: 'attachment_upload', space: 'finance', file: 'abcd' },
      {
        type: 'chat',
        at: '-PT3H',
        user: '@dana',
        event: 'attachment_download',
        space: 'finance',
        file: 'Gehälter.xlsx',
        sha256: 'A'.repeat(64),
      },
      { type: 'chat', at: '-PT2H', user: '@dana', event: 'history_turned_off', space: 'finance' },
      { type: 'chat', at: '-PT1H', user: '@dana', event: 'reaction_added', space: 'finance' },
    ]);
    const [history, download, upload, opened, ...more] = await read('google.chat');
    expect(more).toEqual([]);
    expect(opened).toMatchObject({ kind: 'conversation_read', channel: { private: true } });
    expect(opened?.channel).not.toHaveProperty('external');
    expect(upload).toMatchObject({
      kind: 'file_upload',
      logSource: 'file_transfer',
      target: { type: 'file', name: 'abcd' },
    });
    expect(download).toMatchObject({
      kind: 'file_download',
      target: { type: 'file', name: 'Gehälter.xlsx' },
      sha256: 'a'.repeat(64),
      channel: { name: 'finance', private: false, external: true },
    });
    expect(history).toMatchObject({
      kind: 'config_change',
      operation: 'history_turned_off',
      target: { type: 'channel' },
    });
  });
});

describe('google.messages', () => {
  const ROWS = [
    { type: 'space', at: '-P1D', space: 'dm', kind: 'DIRECT_MESSAGE' },
    { type: 'message', at: '-PT2H', space: 'dm', from: '@max', to: ['@dana'], text: 'the password is hunter2' },
    {
      type: 'message',
      at: '-PT1H',
      space: 'team',
      from: '@dana',
      text: 'see https://wiki.example.com/x',
      files: ['plan.pdf'],
    },
    { type: 'message', at: '-PT1H', space: 'elsewhere', from: '@max', text: 'not for dana' },
    { type: 'message', at: '-P9D', space: 'team', from: '@dana', text: 'long ago' },
  ] as const;

  it('reads the chats of the person as the person, and text only where it may be read', async () => {
    tenant = await startTenant(ROWS);
    const events = (await read('google.messages')).toSorted((a, b) => a.at.localeCompare(b.at));
    expect(events).toMatchObject([
      { kind: 'message_received', actor: tenant.id('max'), channel: { private: true } },
      {
        kind: 'message',
        actor: tenant.id('dana'),
        channel: { name: 'team', private: false },
        target: { type: 'file', name: 'plan.pdf' },
        labels: ['attachment'],
        urls: ['https://wiki.example.com/x'],
      },
    ]);
    expect(JSON.stringify(events)).not.toContain('hunter2');
    const withText = await read('google.messages', 'dana', { readContent: true });
    expect(withText.map((e) => e.text)).toContain('the password is hunter2');
  });

  it('names a message as the chat log does, so that it counts once', async () => {
    tenant = await startTenant(ROWS);
    const logged = (await read('google.chat')).filter((e) => e.kind === 'message').map((e) => e.id);
    const shown = (await read('google.messages')).filter((e) => e.kind === 'message').map((e) => e.id);
    expect(logged).toHaveLength(1);
    expect(shown).toEqual(logged);
  });

  it('walks many spaces and pages from the cursor alone', async () => {
    tenant = await startTenant(
      [1, 2, 3].map((n) => ({
        type: 'message',
        at: '-PT5H',
        repeat: 7,
        every: 'PT1M',
        space: `s${String(n)}`,
        from: '@dana',
        text: 'hi',
      })),
      { pageSize: 2 },
    );
    const { events, pages } = await readAll(evidenceOf(tenant), 'google.messages', tenant.query('dana'));
    expect(new Set(events.map((e) => e.id)).size).toBe(21);
    expect(pages).toBe(13);
  });
});

describe('google.drive', () => {
  it('reads downloads and what was opened to the outside, and nothing that stays inside', async () => {
    tenant = await startTenant([
      { type: 'file', at: '-PT5H', user: '@dana', name: 'passwords.txt', shared: 'anyone', ip: 'ip:attacker' },
      { type: 'file', at: '-PT4H', user: '@dana', name: 'sent-out.txt', shared: 'external', with: 'x@example.org' },
      { type: 'file', at: '-PT3H', user: '@dana', name: 'inside.txt', shared: 'domain' },
      { type: 'drive', at: '-PT2H', user: '@dana', event: 'download', file: 'passwords.txt', app: 'app:thief' },
      { type: 'drive', at: '-PT2H', user: '@dana', event: 'view', file: 'passwords.txt' },
    ]);
    const events = await read('google.drive');
    expect(events.map((e) => `${e.kind} ${e.target?.type ?? ''} ${e.target?.name ?? ''}`).sort()).toEqual([
      'file_download file passwords.txt',
      'file_upload file inside.txt',
      'file_upload file passwords.txt',
      'file_upload file sent-out.txt',
      'file_view file passwords.txt',
      'share link passwords.txt',
      'share link sent-out.txt',
    ]);
    const shares = events.filter((e) => e.kind === 'share');
    expect(shares.map((e) => e.externalRecipients ?? e.reasons)).toEqual([['x@example.org'], ['anonymous_link']]);
    expect(events.find((e) => e.kind === 'file_download')?.app?.id).toBe(tenant.world.appId('thief'));
  });
});

describe('google.takeout', () => {
  it('reads exports with the products that were taken', async () => {
    tenant = await startTenant([{ type: 'takeout', at: '-PT1H', user: '@dana', ip: 'ip:attacker' }]);
    expect(await read('google.takeout')).toMatchObject([
      {
        kind: 'export',
        operation: 'COMPLETED_USER_TAKEOUT',
        ip: '203.0.113.66',
        target: { type: 'export', name: 'Google Chat' },
      },
    ]);
  });
});

describe('what Quell itself reads as the person', () => {
  it('is no evidence about them', async () => {
    tenant = await startTenant([
      { type: 'token', at: '-PT2H', user: '@dana', app: 'app:notes', bytes: 1 },
      { type: 'token', at: '-PT1H', user: '@dana', app: 'app:thief', bytes: 2 },
    ]);
    const own = { ownAppIds: [tenant.world.appId('notes')] };
    const query = tenant.query('dana');
    const { events } = await readAll(createGoogleEvidence(tenant.settings('evidence', own)), 'google.token', query);
    expect(events.map((e) => e.app?.id)).toEqual([tenant.world.appId('thief')]);
    expect(await read('google.token')).toHaveLength(2);
  });
});

describe('google.vault', () => {
  it('reads exports that the person made, and nothing else that was done there', async () => {
    tenant = await startTenant([
      { type: 'vault', at: '-PT1H', user: '@dana', name: 'everything', ip: 'ip:attacker' },
      { type: 'vault', at: '-PT1H', user: '@dana', event: 'search' },
      { type: 'vault', at: '-PT1H', user: '@ada' },
    ]);
    expect(await read('google.vault')).toMatchObject([
      { kind: 'export', operation: 'export', ip: '203.0.113.66', target: { type: 'export', name: 'everything' } },
    ]);
  });
});

describe('google.rules', () => {
  it('reads rules that were set off, with the address that stands in a parameter', async () => {
    tenant = await startTenant([
      {
        type: 'rule',
        at: '-PT1H',
        user: '@dana',
        file: 'pay.xlsx',
        ip: 'ip:attacker',
        actions: ['WARN_USER', 'ALERT'],
      },
      { type: 'rule', at: '-PT1H', user: '@max' },
    ]);
    expect(await read('google.rules')).toMatchObject([
      {
        kind: 'platform_alert',
        ip: '203.0.113.66',
        labels: ['high', 'rule:Credentials in Chat'],
        reasons: ['rule_match', 'warn_user', 'alert'],
        target: { type: 'file', name: 'pay.xlsx' },
      },
    ]);
  });
});

describe('google.files', () => {
  it('reads what the person put into Drive in the window, and what of it is open to the outside', async () => {
    tenant = await startTenant(
      [
        { type: 'file', at: '-PT2H', user: '@dana', name: 'passwords.txt', shared: 'anyone' },
        { type: 'file', at: '-PT2H', user: '@dana', name: 'sent-out.txt', shared: 'external', with: 'x@example.org' },
        { type: 'file', at: '-PT2H', user: '@dana', name: 'inside.txt', shared: 'domain' },
        { type: 'file', at: '-P9D', user: '@dana', name: 'old.txt', shared: 'anyone' },
        { type: 'file', at: '-PT2H', user: '@max', name: 'of-max.txt', shared: 'anyone' },
      ],
      { pageSize: 1 },
    );
    const events = await read('google.files');
    expect(events.map((e) => `${e.kind} ${e.target?.name ?? ''}`).sort()).toEqual([
      'file_upload inside.txt',
      'file_upload passwords.txt',
      'file_upload sent-out.txt',
      'share passwords.txt',
      'share sent-out.txt',
    ]);
    const shares = events.filter((e) => e.kind === 'share');
    expect(shares.map((e) => e.externalRecipients ?? e.reasons)).toEqual([['anonymous_link'], ['x@example.org']]);
    expect(events.every((e) => /^[0-9a-f]{64}$/.test(e.sha256 ?? '') && (e.bytes ?? 0) > 0)).toBe(true);
    // The log shows the same uploads: under the same ids, so that they count once.
    const uploads = (list: readonly { readonly id: string; readonly kind: string }[]) =>
      list.flatMap((e) => (e.kind === 'file_upload' ? [e.id] : [])).sort();
    expect(uploads(await read('google.drive'))).toEqual(uploads(events));
  });

  it('of a person whose organisation has no Drive log or Chat says what is missing and what a person does', async () => {
    const licences = { driveLog: false, chat: false, dlp: false };
    tenant = await startTenant([], { licences });
    const { sources, limitations } = createGoogleEvidence(tenant.settings('evidence', { licences }));
    const ids = sources.map((s) => s.id);
    for (const id of ['google.drive', 'google.chat', 'google.messages', 'google.rules']) expect(ids).not.toContain(id);
    expect(limitations.find((l) => l.what === 'google.drive')?.instead).toMatch(/proof:/);
    for (const id of ['google.drive', 'google.chat', 'google.messages', 'google.rules'])
      await expect(read(id)).rejects.toMatchObject({ code: 'VENDOR_REFUSED' });
  });
});

describe('google.notices', () => {
  it('reads security mails of all vendors, says whose DKIM holds, and sees those in the trash', async () => {
    tenant = await startTenant([
      { type: 'mail', at: '-PT4H', mailbox: '@dana', vendor: 'google', kind: 'new_sign_in' },
      { type: 'mail', at: '-PT3H', mailbox: '@dana', vendor: 'slack', kind: 'unusual_activity', deleted: true },
      { type: 'mail', at: '-PT2H', mailbox: '@dana', vendor: 'microsoft', kind: 'changed_credentials', dkim: 'fail' },
      {
        type: 'mail',
        at: '-PT2H',
        mailbox: '@dana',
        vendor: 'google',
        kind: 'new_sign_in',
        from: 'no-reply@google.com.example.org',
      },
      {
        type: 'mail',
        at: '-PT1H',
        mailbox: '@dana',
        vendor: 'google',
        kind: 'new_sign_in',
        subject: 'Your storage is almost full',
      },
      { type: 'mail', at: '-PT1H', mailbox: '@max', vendor: 'google', kind: 'new_sign_in' },
    ]);
    const events = await read('google.notices');
    expect(events.map(({ kind, labels, reasons, dkim }) => ({ kind, labels, reasons, dkim }))).toEqual([
      { kind: 'security_notice', labels: ['microsoft'], reasons: ['changed_credentials'], dkim: 'fail' },
      { kind: 'security_notice', labels: ['slack'], reasons: ['unusual_activity'], dkim: 'pass' },
      { kind: 'mail_rule', labels: ['slack'], reasons: ['unusual_activity'], dkim: 'pass' },
      { kind: 'security_notice', labels: ['google'], reasons: ['new_sign_in'], dkim: 'pass' },
    ]);
    expect(events.every((e) => e.text === undefined)).toBe(true);
    expect((await read('google.notices', 'dana', { readContent: true })).at(-1)?.text).toBe(
      'New sign-in to your account',
    );
  });

  it('names the filters and the forwarding that hide or send mail away, and no others', async () => {
    tenant = await startTenant([
      { type: 'mail_rule', at: '-PT1H', mailbox: '@dana', from: 'no-reply@accounts.google.com', action: 'delete' },
      { type: 'mail_rule', at: '-PT1H', mailbox: '@dana', words: ['security alert'], action: 'archive' },
      { type: 'mail_rule', at: '-PT1H', mailbox: '@dana', words: ['newsletter'], action: 'delete' },
      { type: 'mail_rule', at: '-PT1H', mailbox: '@dana', words: ['invoice'], action: 'forward' },
      { type: 'mail_rule', at: '-PT1H', mailbox: '@dana', action: 'mark_read' },
      { type: 'mail_rule', at: '-PT1H', mailbox: '@dana', action: 'forward_all' },
    ]);
    const events = (await read('google.notices')).filter((e) => e.kind !== 'mail_access');
    expect(events.map((e) => e.reasons)).toEqual([
      ['hides_security_notices'],
      ['hides_security_notices'],
      ['forwards_mail'],
      ['hides_all_mail'],
      ['forwards_mail'],
    ]);
    expect(events.every((e) => e.kind === 'mail_rule' && e.target?.type === 'setting')).toBe(true);
    expect(events.at(-1)?.target?.id).toBe('autoForwarding');
    const away = ['drop@example.org'];
    expect(events.map((e) => e.externalRecipients)).toEqual([undefined, undefined, away, undefined, away]);
  });

  it('names who else has a way into the mailbox, by ids that hold no address, and nobody’s own address', async () => {
    tenant = await startTenant([
      { type: 'mail_access', at: '-PT1H', mailbox: '@dana', list: 'delegates', address: '@max' },
      { type: 'mail_access', at: '-PT1H', mailbox: '@dana', list: 'sendAs', address: 'Dana@example.com' },
      { type: 'mail_access', at: '-PT1H', mailbox: '@dana', list: 'sendAs', address: 'boss@example.org' },
      { type: 'mail_access', at: '-PT1H', mailbox: '@dana', list: 'forwardingAddresses', status: 'pending' },
      { type: 'mail_access', at: '-PT1H', mailbox: '@max', list: 'delegates', address: '@ada' },
    ]);
    const events = await read('google.notices');
    expect(events.map((e) => [e.kind, e.operation, e.target?.name, e.labels])).toEqual([
      ['mail_access', 'delegates', 'max@example.com', ['state']],
      ['mail_access', 'sendAs', 'boss@example.org', ['state', 'outside']],
      ['mail_access', 'forwardingAddresses', 'drop@example.org', ['state', 'pending', 'outside']],
    ]);
    for (const { id, target, operation } of events) {
      expect(target?.id).toMatch(new RegExp(`^${operation}/[0-9a-f]{32}$`));
      expect(id).toContain(target?.id);
    }
    expect(new Set(events.map((e) => e.target?.id)).size).toBe(3);
  });

  it('is empty for a mailbox elsewhere, and a gap for a suspended account', async () => {
    tenant = await startTenant([
      { type: 'mail', at: '-PT1H', mailbox: '@dana', vendor: 'google', kind: 'new_sign_in' },
    ]);
    expect(await read('google.notices', 'olaf')).toEqual([]);
    const dana = tenant.simulator.user('dana');
    dana.suspended = true;
    await expect(read('google.notices')).rejects.toMatchObject({ code: 'VENDOR_REFUSED', retryable: false });
  });
});

describe('directory', () => {
  it('finds a person by id or address, with manager, roles and whether they are the last administrator', async () => {
    tenant = await startTenant();
    const { directory } = evidenceOf(tenant);
    const dana = await directory.lookup({ nativeId: tenant.id('dana') });
    expect(dana).toEqual({
      platform: 'google',
      tenant: 'main',
      nativeId: tenant.id('dana'),
      kind: 'person',
      emails: ['dana@example.com'],
      displayName: 'Dana Subject',
      active: true,
      admin: false,
      lastAdmin: false,
      managerId: tenant.id('max'),
      phone: '+49 30 123456',
    });
    expect(await directory.lookup({ email: 'DANA@example.com' })).toEqual(dana);
    expect(await directory.lookup({ email: 'nobody@example.com' })).toBeUndefined();
    const ada = await directory.lookup({ email: 'ada@example.com' });
    expect(ada).toMatchObject({ admin: true, lastAdmin: false }); // the shared organisation has more
  });

  it('says that people are mastered at the identity provider, and super administrators here', async () => {
    tenant = await startTenant();
    const { directory } = createGoogleEvidence({ ...tenant.settings('evidence'), identityProvider: 'microsoft' });
    expect(await directory.lookup({ nativeId: tenant.id('dana') })).toMatchObject({ masteredBy: 'microsoft' });
    expect(await directory.lookup({ nativeId: tenant.id('ada') })).not.toHaveProperty('masteredBy');
    const { entries } = await directory.list(undefined);
    expect(entries.find((e) => e.nativeId === tenant.id('max'))?.masteredBy).toBe('microsoft');
  });

  it('lists everybody once, page by page', async () => {
    tenant = await startTenant([], { pageSize: 2 });
    const { directory } = evidenceOf(tenant);
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await directory.list(cursor);
      found.push(...page.entries.map((e) => e.nativeId));
      cursor = page.next;
    } while (cursor !== undefined);
    expect(found).toContain(tenant.id('olaf'));
    expect(new Set(found).size).toBe(found.length);
  });
});
