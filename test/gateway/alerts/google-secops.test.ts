import { describe, expect, it } from 'vitest';
import { sampleOf as sample } from './samples.js';
import { expectHardened, reader } from './format-support.js';

const { all, one, mails, refusal } = reader('google-secops');
const detection = sample('google-secops') as { readonly detection: readonly [Record<string, unknown>] };
const events = (...list: readonly object[]) => ({
  ...detection,
  detection: [{ ...detection.detection[0], detectionFields: [], outcomes: [] }],
  collectionElements: [{ references: list.map((event) => ({ event })) }],
});
const user = (...emailAddresses: readonly string[]) => ({ user: { emailAddresses } });
const of = (eventType: string, nouns: object) => ({
  metadata: { eventType, vendorName: 'Microsoft', productName: 'Office 365', logType: 'OFFICE_365' },
  ...nouns,
});

describe('a detection', () => {
  it('is about who acted in its events', () => {
    expect(one(detection)).toMatchObject({
      dedupeKey: 'de_aaaaaaaa-1b85-41b0-b64c-695b32504361',
      groupKey: 'ru_bbbbbbbb-1b85-41b0-b64c-695b3250436f',
      platform: 'google',
      subjects: [{ email: 'dana.weiss@example.com', nativeId: '100000000000000000001' }],
      severity: 'high',
      occurredAt: '2026-03-01T10:00:00.000Z',
      ips: ['203.0.113.66'],
      userAgent: 'python-requests/2.32',
      sessionId: 's-1',
      attack: ['T1213.005'],
    });
  });
  it.each([
    [
      'the actor, not whom it was done to',
      [of('USER_CHANGE_PERMISSIONS', { principal: user('admin@example.com'), target: user('dana@example.com') })],
      ['admin@example.com'],
    ],
    [
      'the actor of one event, not the target of another',
      [
        of('USER_UNCATEGORIZED', { target: user('kim@example.com') }),
        of('USER_RESOURCE_ACCESS', { principal: user('dana@example.com') }),
      ],
      ['dana@example.com'],
    ],
    [
      'who signs in',
      [
        of('USER_LOGIN', { target: user('dana@example.com') }),
        of('USER_RESOURCE_ACCESS', { principal: user('kim@example.com') }),
      ],
      ['dana@example.com', 'kim@example.com'],
    ],
    [
      'the target where nobody is named who acted',
      [of('USER_UNCATEGORIZED', { principal: { ip: ['203.0.113.9'] }, target: user('dana@example.com') })],
      ['dana@example.com'],
    ],
    [
      'the target where a service acted',
      [of('USER_UNCATEGORIZED', { principal: { user: { userid: 'SYSTEM' } }, target: user('dana@example.com') })],
      ['dana@example.com'],
    ],
    [
      'one account of several addresses once',
      [of('USER_RESOURCE_ACCESS', { principal: user('dana@example.com', 'd.weiss@example.com') })],
      ['dana@example.com'],
    ],
  ])('takes %s', (_, list, expected) => {
    expect(mails(events(...list))).toEqual(expected);
  });
  it('names nobody where who acted has no address, though a target has', () => {
    expect(
      refusal(
        events(of('USER_UNCATEGORIZED', { principal: { user: { userid: 'jdoe' } }, target: user('dana@example.com') })),
      ),
    ).toContain('principal.user');
  });
  it('takes an id only in the form of the platform of the event', () => {
    const id = '22222222-2222-4222-8222-222222222222';
    expect(
      one(events(of('USER_RESOURCE_ACCESS', { principal: { user: { userid: 'jdoe', productObjectId: id } } })))
        .subjects,
    ).toMatchObject([{ nativeId: id, platform: 'microsoft' }]);
  });
  it('of aggregates names people in its outcomes', () => {
    const rule = {
      ...detection.detection[0],
      outcomes: [
        { key: 'principal_users', value: 'dana@example.com, kim@example.com' },
        { key: 'target_users', value: 'x@example.com' },
      ],
    };
    expect(mails({ ...events(), detection: [{ ...rule, detectionFields: [] }] })).toEqual([
      'dana@example.com',
      'kim@example.com',
    ]);
  });
  it('comes in a list, in snake case, and not from a rule that only hunts', () => {
    const snake = {
      id: 'de_2',
      type: 'RULE_DETECTION',
      detection: [{ rule_name: 'r', rule_id: 'ru_1', alert_state: 'ALERTING', risk_score: 90 }],
      collection_elements: [
        {
          references: [
            {
              event: {
                metadata: { event_timestamp: '2026-03-10T09:00:00Z' },
                principal: { user: { email_addresses: ['dana@example.com'] } },
              },
            },
          ],
        },
      ],
    };
    const { alerts } = all({
      detections: [
        detection,
        snake,
        { ...detection, detection: [{ ...detection.detection[0], alertState: 'NOT_ALERTING' }] },
      ],
    });
    expect(alerts.map(({ alert }) => [alert.title, alert.severity])).toEqual([
      ['workspace_bulk_chat_read', 'high'],
      ['r', 'high'],
    ]);
    expect(alerts[1]?.alert.occurredAt).toBe('2026-03-10T09:00:00.000Z');
  });
  it('stands what may become of each field', () => {
    expectHardened('google-secops', detection);
  });
});
