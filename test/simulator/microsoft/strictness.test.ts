import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createMicrosoftClient } from '../../../platforms/microsoft/client.js';
import { OPERATIONS } from '../../../platforms/microsoft/operations.js';
import { evidenceOf, readAll, startTenant, type RowInput, type Tenant } from '../../platforms/microsoft/fixture.js';

let tenant: Tenant;
afterEach(() => tenant.close());

const client = () => createMicrosoftClient(tenant.settings('evidence'));
const read = (source: string, extra = {}) =>
  readAll(evidenceOf(tenant), `microsoft.${source}`, tenant.query('dana', extra));
const odd = (operation: string, ...rows: readonly unknown[]): readonly RowInput[] =>
  rows.map((row) => ({ type: 'odd_row', at: '-PT1H', operation, row }));
const signIn = (extra: object = {}): RowInput => ({
  type: 'sign_in',
  at: '-PT1H',
  user: '@dana',
  ip: 'ip:office',
  ...extra,
});

describe('the tenant is as strict as Microsoft', () => {
  it.each([
    [
      'signIns',
      "signInEventTypes/any(t: t eq 'interactiveUser') or signInEventTypes/any(t: t eq 'nonInteractiveUser')",
    ],
    ['signIns', "status/additionalDetails eq 'x'"],
    ['auditQueries', "displayName eq 'quell'"],
    ['alerts', "title eq 'x'"],
    ['incidents', "displayName eq 'x'"],
    ['directoryAudits', "result eq 'success'"],
  ] as const)('and refuses a filter of %s that no page documents: %s', async (operation, $filter) => {
    tenant = await startTenant();
    await expect(client().page(OPERATIONS[operation], { query: { $filter } })).rejects.toMatchObject({
      code: 'VENDOR_REFUSED',
    });
  });

  it('shows the prompts before a sign-in, which a reader that took each code for a failure would count', async () => {
    tenant = await startTenant([signIn({ auth: 'mfa' }), signIn({ at: '-PT50M', code: 70043, interactive: false })]);
    const { rows } = await client().page(OPERATIONS.signIns, {});
    const codes = rows.map((r) => (r as { status: { errorCode: number } }).status.errorCode);
    expect(codes.sort()).toEqual([0, 50074]);
    expect((await read('sign_ins')).events.map((e) => [e.kind, e.outcome])).toEqual([
      ['sign_in', 'success'],
      ['sign_in_stopped', 'blocked'],
    ]);
  });

  it('writes a consent with several grants and several names of the app', async () => {
    tenant = await startTenant([
      {
        type: 'directory_audit',
        at: '-PT1H',
        user: '@dana',
        activity: 'Consent to application',
        app: 'app:thief',
        scopes: ['User.Read', 'Chat.Read', 'Files.Read.All'],
      },
    ]);
    const { rows } = await client().page(OPERATIONS.directoryAudits, {});
    expect(JSON.stringify(rows).match(/Scope: /g)).toHaveLength(2);
    expect(JSON.stringify(rows)).toContain(`.example.com;${tenant.world.appId('thief')}`);
    const [event] = (await read('directory_audits')).events;
    expect(event?.app).toMatchObject({
      id: tenant.world.appId('thief'),
      scopes: ['User.Read', 'Chat.Read', 'Files.Read.All'],
    });
  });

  it('puts evidence of every type into alerts, numbers where others have texts', async () => {
    tenant = await startTenant([
      {
        type: 'alert',
        at: '-PT1H',
        user: '@dana',
        title: 'Mass download',
        evidence: [{ '@odata.type': '#microsoft.graph.security.somethingNewEvidence', urls: 7 }],
      },
      {
        type: 'alert',
        at: '-PT1H',
        user: '@dana',
        title: 'Phishing',
        roles: ['attacked'],
        evidence: [
          {
            '@odata.type': '#microsoft.graph.security.userEvidence',
            roles: ['attacker'],
            userAccount: { azureAdUserId: 'x' },
          },
        ],
      },
    ]);
    const { rows } = await client().page(OPERATIONS.alerts, {});
    expect(JSON.stringify(rows)).toContain('"appId":11161');
    expect((await read('alerts')).events.map((e) => e.operation)).toEqual(['Mass download']);
  });

  it('writes a mailbox’s log in fields of its own', async () => {
    tenant = await startTenant([
      {
        type: 'audit',
        at: '-PT1H',
        user: '@dana',
        operation: 'MailItemsAccessed',
        ip: 'ip:attacker',
        session: 's-1',
        mails: 3,
      },
    ]);
    expect((await read('audit_search')).events).toMatchObject([{ ip: '203.0.113.66', sessionId: 's-1', count: 3 }]);
  });

  it('has rows that are not as documented beside others: they cost themselves', async () => {
    tenant = await startTenant([
      signIn(),
      ...odd(OPERATIONS.signIns.name, { id: 'odd', createdDateTime: '2026-03-10T10:00:00Z', status: {} }, null, 'row'),
    ]);
    const source = evidenceOf(tenant).sources.find((s) => s.id === 'microsoft.sign_ins');
    const page = await source?.read(tenant.query('dana'), undefined);
    expect(page?.events).toHaveLength(1);
    expect(page?.odd?.map((o) => 'lacks' in o && o.lacks)).toEqual(['status.errorCode', '(the row)', '(the row)']);
  });

  it('has pages that lead to themselves, on demand: the list ends there and is told, and acts take no list that does not end', async () => {
    tenant = await startTenant([{ type: 'risk', at: '-PT1H', user: '@dana', riskType: 'anomalousToken' }]);
    tenant.simulator.loops.add(OPERATIONS.riskDetections.name);
    tenant.simulator.loops.add(OPERATIONS.users.name);
    const source = evidenceOf(tenant).sources.find((s) => s.id === 'microsoft.risk_detections');
    const first = await source?.read(tenant.query('dana'), undefined);
    const second = await source?.read(tenant.query('dana'), first?.next);
    expect([first?.gap, second?.gap?.code, second?.next]).toEqual([undefined, 'VENDOR_REPLY', undefined]);
    const all = client().all(OPERATIONS.users, {}, z.unknown());
    await expect(all).rejects.toMatchObject({ code: 'VENDOR_REPLY' });
  });

  it('keeps the markup of messages: pictures, quotes and cards', async () => {
    tenant = await startTenant([
      {
        ...{ type: 'message', at: '-PT1H', chat: 'deal', from: '@dana', to: ['@max'], text: '' },
        html: '<blockquote>theirs https://theirs.example.com</blockquote><p>mine <img src="https://img.example.com/x.png"></p>',
        attachments: [
          {
            id: 'c',
            contentType: 'application/vnd.microsoft.card.adaptive',
            content: '{"body":[{"type":"TextBlock","text":"of a card"}]}',
          },
        ],
      },
    ]);
    const { events } = await read('messages', { readContent: true });
    expect(events.map((e) => [e.text, e.urls])).toEqual([['mine\nof a card', undefined]]);
  });
});
