import { describe, expect, it } from 'vitest';
import { sampleOf as sample } from './samples.js';
import { expectHardened, reader } from './format-support.js';

const { one, mails, refusal } = reader('sumo-logic');
const insight = sample('sumo-logic') as { readonly signals: readonly [Record<string, unknown>] };
const monitor = {
  Id: '00000000016CCCDD',
  Name: 'Bulk reads',
  AlertName: 'Bulk reads of chat',
  TriggerType: 'Critical',
  TriggerTime: '03/10/2026 05:00:00 AM CDT',
  ResultsJson: '[{"Count":"300","user_email":"dana@example.com","src_ip":"203.0.113.9"}]',
  AlertResponseURL: 'https://live.example.com/ui/#/alert/00000000016CCCDD',
};

describe('an Insight', () => {
  it('is about the account that is its entity', () => {
    expect(one(insight)).toMatchObject({
      dedupeKey: '8e965194-0000-4000-8000-c2bacffca684',
      platform: 'slack',
      severity: 'high',
      ips: ['203.0.113.66'],
      attack: ['T1213.005'],
    });
    expect(mails(insight)).toEqual(['dana.weiss@example.com']);
    expect(mails({ insight })).toEqual(['dana.weiss@example.com']);
  });
  const about = (entity: object, ...allRecords: readonly object[]) => ({
    ...insight,
    entity,
    involvedEntities: [],
    signals: [{ ...insight.signals[0], entity, allRecords }],
  });
  it('about an address is about who acted from there', () => {
    const entity = { entityType: '_ip', value: '203.0.113.9' };
    const body = about(entity, { user_username: 'dana@example.com', targetUser_username: 'kim@example.com' });
    expect(mails(body)).toEqual(['dana@example.com']);
    expect(one(body).ips).toEqual(['203.0.113.9']);
  });
  it('about an account that something was done to is about who did it', () => {
    const entity = { entityType: '_username', value: 'kim@example.com' };
    expect(
      mails(about(entity, { user_username: 'admin@example.com', targetUser_username: 'kim@example.com' })),
    ).toEqual(['admin@example.com']);
    expect(mails(about(entity, { user_username: 'kim@example.com', targetUser_username: 'dana@example.com' }))).toEqual(
      ['kim@example.com'],
    );
  });
  it('takes no API key for a person, and says where it looked', () => {
    expect(refusal(about({ entityType: '_username', value: 'key-1 (API client)' }))).toContain('user_email');
  });
  it('is closed by its status', () => {
    expect(one({ ...insight, status: { name: 'closed' } }).state).toBe('closed');
    expect(one({ ...insight, status: { name: 'inprogress' } }).state).toBe('update');
  });
  it('stands what may become of each field', () => {
    expectHardened('sumo-logic', insight);
  });
});

describe('the webhook of a monitor', () => {
  it('is about the people of its results', () => {
    expect(one(monitor)).toMatchObject({
      dedupeKey: monitor.Id,
      title: 'Bulk reads of chat',
      severity: 'critical',
      occurredAt: '2026-03-10T10:00:00.000Z',
      ips: ['203.0.113.9'],
      link: monitor.AlertResponseURL,
    });
    expect(mails({ ...monitor, ResultsJson: [{ user: 'dana@example.com' }, { user: 'kim@example.com' }] })).toEqual([
      'dana@example.com',
      'kim@example.com',
    ]);
  });
  it('is read in the spelling of a template of one’s own, and what it did not fill is absent', () => {
    const own = {
      id: '{{Id}}',
      alert_name: 'x',
      trigger_type: 'Warning',
      trigger_time: '03/10/2026 10:00:00 AM UTC',
      severity: 'high',
      results_json: monitor.ResultsJson,
    };
    expect(one(own)).toMatchObject({
      dedupeKey: 'x:03/10/2026 10:00:00 AM UTC',
      severity: 'high',
      detectedAt: '2026-03-10T10:00:00.000Z',
    });
  });
  it('has the identity of its alert when it recovers, and asks for nothing', () => {
    const over = one({ ...monitor, TriggerType: 'ResolvedCritical', severity: 'critical' });
    expect([over.state, over.alertId]).toEqual(['closed', one({ ...monitor, severity: 'critical' }).alertId]);
  });
  it('without a person or an identity says what is missing', () => {
    expect(refusal({ ...monitor, ResultsJson: '[{"Count":"3"}]' })).toContain('resultsJson[].src_user');
    expect(refusal({ ...monitor, Id: null, AlertResponseURL: null, TriggerTime: null })).toContain('ALERT_FORMAT');
  });
  it('stands what may become of each field', () => {
    expectHardened('sumo-logic', monitor);
  });
});
