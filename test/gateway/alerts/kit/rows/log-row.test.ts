import { describe, expect, it } from 'vitest';
import { Fields } from '../../../../../gateway/alerts/kit/fields.js';
import { factsOfRow as factsOf, joined } from '../../../../../gateway/alerts/kit/rows/log-row.js';
import { objectIn } from '../../../../../gateway/alerts/kit/rows/json-text.js';

const factsOfRow = (row: unknown) => factsOf(new Fields(row));
const mails = (row: unknown) => factsOfRow(row).subjects.map((s) => s.email);

describe('who acted in a row', () => {
  it.each([
    ['any spelling of a field', { 'actor-email': 'dana@example.com' }],
    ['a dotted field', { 'user.email': 'dana@example.com' }],
    ['a field with a mark', { '@usr.email': 'dana@example.com' }],
    ['a nested field', { user: { email: 'dana@example.com' } }],
    ['a row in a text', { AuditData: '{"UserId":"dana@example.com","Operation":"x"}' }],
    ['an actor as a text', { actor: 'dana@example.com', document_name: 'plan' }],
    ['a display name before the address', { actor: { name: 'Weiss, Dana' }, user_email: 'dana@example.com' }],
    ['a placeholder before the address', { src_user: '-', user: 'dana@example.com' }],
  ])('is read from %s', (_, row) => {
    expect(mails(row)).toEqual(['dana@example.com']);
  });
  it.each([
    ['services', { UserId: 'SecurityComplianceAlerts', user: 'NT AUTHORITY\\SYSTEM', account: 'app@sharepoint' }],
    ['bare names', { user: 'dana', actor: 'Dana Weiss' }],
    ['ids of an unknown platform', { user: { id: 'U0DANA01' } }],
    ['what is no text', { user: [true, {}, [null]], email: {} }],
    ['recipients', { recipients: ['dana@example.com'], to: 'kim@example.com' }],
  ])('is nobody for %s', (_, row) => {
    expect(factsOfRow(row).subjects).toEqual([]);
  });
  it('keeps an id out where it could be of any of several', () => {
    const row = {
      Operation: 'x',
      RecordType: 6,
      UserId: 'dana@example.com; kim@example.com',
      UserKey: '22222222-2222-4222-8222-222222222222',
    };
    expect(factsOfRow(row).subjects).toEqual([
      { email: 'dana@example.com', nativeId: undefined, vendorTenantId: undefined },
      { email: 'kim@example.com', nativeId: undefined, vendorTenantId: undefined },
    ]);
  });
  it('is an app where an app acted, not whom it acted upon', () => {
    const row = {
      initiatedBy: { app: { appId: '33333333-3333-4333-8333-333333333333' } },
      targetUserPrincipalName: 'dana@example.com',
    };
    expect(factsOfRow(row).subjects).toMatchObject([{ kind: 'app', nativeId: '33333333-3333-4333-8333-333333333333' }]);
  });
});

it('keeps of a chain the client, of several lines each, and no address that is not routed', () => {
  expect(factsOfRow({ src: '203.0.113.9, 198.51.100.1' }).ips).toEqual(['203.0.113.9']);
  expect(factsOfRow({ src: '203.0.113.9\n198.51.100.1' }).ips).toEqual(['203.0.113.9', '198.51.100.1']);
  expect(factsOfRow({ src: '10.0.0.1', ClientIP: '[::ffff:203.0.113.9]:443', ip: '999.1.1.1' }).ips).toEqual([
    '203.0.113.9',
  ]);
});

it('joins rows: everybody, the first instant, the platform when it is one', () => {
  const slack = {
    action: 'x',
    actor: { user: { id: 'U0DANA01', email: 'dana@example.com' } },
    date_create: 1773136800,
  };
  const google = {
    kind: 'admin#reports#activity',
    actor: { email: 'kim@example.com' },
    id: { time: '2026-03-10T09:00:00Z' },
  };
  expect(joined([slack, google].map((row) => factsOfRow(row)))).toMatchObject({
    platform: undefined,
    occurredAt: '2026-03-10T09:00:00.000Z',
    subjects: [
      { email: 'dana@example.com', platform: 'slack' },
      { email: 'kim@example.com', platform: 'google' },
    ],
  });
});

it('does not walk a text that nests without end', () => {
  expect(objectIn(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)).toBeUndefined();
});
