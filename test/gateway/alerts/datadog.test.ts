import { describe, expect, it } from 'vitest';
import { sampleOf as sample } from './samples.js';
import { expectHardened, reader } from './format-support.js';

const { all, one, mails, refusal } = reader('datadog');
const webhook = sample('datadog') as Record<string, unknown>;

describe('the webhook of a security signal', () => {
  it('is about who acted in its attributes', () => {
    expect(one(webhook)).toMatchObject({
      dedupeKey: 'AAAAA-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA1',
      platform: 'slack',
      severity: 'high',
      ips: ['203.0.113.66'],
      userAgent: 'python-requests/2.32',
      attack: ['T1213.005'],
      occurredAt: '2026-03-01T10:00:00.000Z',
    });
    expect(mails(webhook)).toEqual(['dana.weiss@example.com']);
  });
  it.each([
    [
      'attributes as a text',
      { security_signal_attributes: '{"usr":{"email":["dana@example.com","kim@example.com"]}}' },
      ['dana@example.com', 'kim@example.com'],
    ],
    [
      'what it is grouped by',
      { security_signal_attributes: {}, security_rule_group_by_fields: '{"@usr.name":"dana@example.com"}' },
      ['dana@example.com'],
    ],
    [
      'tags',
      {
        security_signal_attributes: '$SECURITY_SIGNAL_ATTRIBUTES',
        security_rule_group_by_fields: null,
        tags: 'source:slack,@usr.email:dana@example.com',
      },
      ['dana@example.com'],
    ],
    [
      'the log’s own fields',
      { security_signal_attributes: { actor: { email: 'dana@example.com' }, target: { user: 'kim@example.com' } } },
      ['dana@example.com'],
    ],
  ])('reads %s', (_, change, expected) => {
    expect(mails({ ...webhook, ...change })).toEqual(expected);
  });
  it('says where it looked when nobody is named', () => {
    expect(refusal({ ...webhook, security_signal_attributes: {}, security_rule_group_by_fields: {} })).toContain(
      'security_signal_attributes',
    );
  });
  it('stands what may become of each field', () => {
    expectHardened('datadog', webhook);
  });
});

describe('the webhook of a monitor', () => {
  const monitor = {
    alert_id: '1234',
    alert_cycle_key: '6333',
    alert_transition: 'Triggered',
    alert_title: 'Bulk reads',
    alert_priority: 'P2',
    date: '1773136800000',
    tags: 'source:gsuite,usr.email:dana@example.com,network.client.ip:203.0.113.9',
  };
  it('has the identity of the cycle, not of the monitor', () => {
    expect(one(monitor)).toMatchObject({
      dedupeKey: '6333',
      groupKey: '1234',
      platform: 'google',
      severity: 'high',
      ips: ['203.0.113.9'],
      detectedAt: '2026-03-10T10:00:00.000Z',
    });
    const bare = { ...monitor, alert_cycle_key: '$ALERT_CYCLE_KEY' };
    expect(one(bare).alertId).not.toBe(one({ ...bare, date: '1773136860000' }).alertId);
  });
  it.each([
    ['Recovered', 'closed'],
    ['Re-Triggered', 'update'],
    ['Triggered', 'new'],
  ])('%s is %s', (alert_transition, state) => {
    expect(one({ ...monitor, alert_transition }).state).toBe(state);
  });
  it('with the default payload names nobody but in tags', () => {
    const plain = {
      id: '55',
      event_type: 'log_alert',
      title: 't',
      body: 'dana@example.com did it',
      date: '1773136800000',
      last_updated: '1773136800000',
      org: { id: '1', name: 'Example' },
    };
    expect(refusal(plain)).toContain('ALERT_NO_SUBJECT');
    expect(one({ ...plain, tags: 'usr.email:dana@example.com' }).dedupeKey).toBe('55');
  });
});

it('reads signals of the API', () => {
  const signal = (id: string, custom: object) => ({
    id,
    type: 'signal',
    attributes: { message: 'm', timestamp: '2026-03-10T10:00:00Z', tags: ['source:slack', 'severity:high'], custom },
  });
  const { alerts } = all({
    data: [
      signal('a', { usr: { email: 'dana@example.com' }, title: 'Bulk' }),
      signal('b', { usr: { email: 'kim@example.com' }, workflow: { triage: { state: 'archived' } } }),
    ],
  });
  expect(alerts.map(({ alert }) => [alert.dedupeKey, alert.state, alert.severity, alert.subjects[0]?.email])).toEqual([
    ['a', 'new', 'high', 'dana@example.com'],
    ['b', 'closed', 'high', 'kim@example.com'],
  ]);
});
