import { describe, expect, it } from 'vitest';
import * as fixtures from './fixtures.js';
import { one, refusal, who } from './reading.js';
import { sampleOf } from './samples.js';

const ID = '11111111-1111-4111-8111-111111111111';
const row = (result: object) => ({ ...fixtures.splunk, result: { sourcetype: 'o365:management:activity', ...result } });
const rule = (alertContext: object, id = 'Rule.One') => ({ ...fixtures.panther, id, alertContext });
const document = (fields: object, dataset = 'o365.audit') => {
  const { 'user.email': _, 'event.dataset': __, ...rest } = fixtures.elastic;
  return { ...rest, event: { dataset }, ...fields };
};
const centre = (data: object, more: object = {}) => ({ ...fixtures.google, data, ...more });

describe('Splunk', () => {
  it.each([
    ['lines of one text', { user: 'dana@example.com\nkim@example.com' }, ['dana@example.com', 'kim@example.com']],
    ['a list', { user: ['dana@example.com', 'kim@example.com'] }, ['dana@example.com', 'kim@example.com']],
    ['commas', { user: 'dana@example.com, kim@example.com' }, ['dana@example.com', 'kim@example.com']],
    [
      'characters that are legal',
      {
        user: [
          'r&d@example.com',
          'ops~team@example.com',
          'sales!eu@example.com',
          'a/b@example.com',
          '$billing@example.com',
        ],
      },
      ['r&d@example.com', 'ops~team@example.com', 'sales!eu@example.com', 'a/b@example.com', '$billing@example.com'],
    ],
    ['the Office 365 add-on', { UserId: 'Dana@example.com' }, ['dana@example.com']],
    ['a claim of SharePoint', { UserId: 'i:0#.f|membership|dana@example.com' }, ['dana@example.com']],
    [
      'the Google add-on',
      {
        'actor.email': 'dana@example.com',
        'actor.profileId': '100000000000000000001',
        sourcetype: 'gws:reports:login',
      },
      ['dana@example.com 100000000000000000001'],
    ],
    [
      'the Slack add-on',
      { 'actor.user.email': 'dana@example.com', 'actor.user.id': 'U0DANA01', sourcetype: 'slack:audit' },
      ['dana@example.com U0DANA01'],
    ],
    ['the Entra add-on', { 'initiatedBy.user.userPrincipalName': 'dana@example.com' }, ['dana@example.com']],
    ['a risk object', { risk_object: 'dana@example.com' }, ['dana@example.com']],
    [
      'an on-premises name with its suffix beside it',
      { user: 'EXAMPLE\\dana', user_domain: 'example.com' },
      ['dana@example.com'],
    ],
    ['who acts on another', { src_user: 'admin@example.com', user: 'kim@example.com' }, ['admin@example.com']],
    [
      'who acts on several',
      { src_user: 'admin@example.com', user: ['kim@example.com', 'admin@example.com'] },
      ['admin@example.com'],
    ],
    ['nobody who acts', { src_user: 'unknown', user: 'kim@example.com' }, ['kim@example.com']],
    ['the same by two names', { src_user: 'EXAMPLE\\dana', user: 'dana@example.com' }, ['dana@example.com']],
  ])('reads %s', (_, result, expected) => {
    expect(who('splunk', row(result))).toEqual(expected);
  });
  it('reads addresses of the add-ons, several in a field', () => {
    const { ips } = one(
      'splunk',
      row({
        user: 'dana@example.com',
        ClientIP: '203.0.113.9:443',
        src: '203.0.113.10\n::ffff:203.0.113.11, 10.0.0.1',
      }),
    );
    expect(ips).toEqual(['203.0.113.10', '203.0.113.11', '203.0.113.9']);
  });
  it('does not take the changed account for the actor whose name identifies nobody, and says why', () => {
    const reason = refusal('splunk', row({ src_user: 'CORP\\admin', user: 'kim@example.com' }));
    expect(reason).toContain('ALERT_NO_SUBJECT');
    expect(reason).toContain('DOMAIN\\name');
    expect(reason).toContain('result.src_user (there, and no address)');
  });
  it('names the fields of a row that hold an address, and none of their values', () => {
    const reason = refusal(
      'splunk',
      row({ SenderAddress: 'dana@example.com', 'dana@example.com': 'dana@example.com', dana: 'dana@example.com' }),
    );
    expect(reason).toContain('result.SenderAddress');
    expect(reason).not.toContain('dana');
  });
});

describe('Panther', () => {
  it.each([
    [
      'a packaged rule for Slack',
      { 'actor-name': 'Dana', 'actor-email': 'dana@example.com', 'actor-ip': '203.0.113.9', 'user-agent': 'x' },
      ['dana@example.com'],
    ],
    ['actor as text', { actor: 'dana@example.com', document_name: 'plan' }, ['dana@example.com']],
    [
      'who acted on whom',
      { actor: 'admin@example.com', user: 'kim@example.com', ips: ['203.0.113.9'] },
      ['admin@example.com'],
    ],
    ['an Entra sign-in', { actor_user: 'dana@example.com', source_ip: '203.0.113.9' }, ['dana@example.com']],
    ['an Entra audit row', { actor_upn: 'dana@example.com', actor_id: '<MISSING_ACTOR_ID' }, ['dana@example.com']],
    ['an actor that is missing', { 'actor-email': '<MISSING_EMAIL>', user: 'kim@example.com' }, ['kim@example.com']],
  ])('reads %s', (_, context, expected) => {
    expect(who('panther', rule(context))).toEqual(expected);
  });
  it('reads the names of one actor that Microsoft 365 gives as a list', () => {
    const actor = [
      { ID: 'Dana@example.com', Type: 5 },
      { ID: `User_${ID}`, Type: 2 },
    ];
    expect(who('panther', rule({ actor, client_ip: '203.0.113.9' }, 'Microsoft365.Rule'))).toEqual([
      `dana@example.com ${ID}`,
    ]);
  });
  it('reads the address and the client', () => {
    const alert = one(
      'panther',
      rule({ 'actor-email': 'dana@example.com', 'actor-ip': '203.0.113.9', 'user-agent': 'example' }),
    );
    expect(alert).toMatchObject({ ips: ['203.0.113.9'], userAgent: 'example' });
  });
});

describe('Elastic', () => {
  it.each([
    [
      'the id of an Office 365 row, which is the address',
      document({ user: { id: 'Dana@example.com', name: 'dana', domain: 'example.com' } }),
      ['dana@example.com'],
    ],
    [
      'a name and its domain',
      document(
        { source: { user: { id: '100000000000000000001', name: 'dana', domain: 'example.com' } } },
        'google_workspace.login',
      ),
      ['dana@example.com 100000000000000000001'],
    ],
    [
      'the entity where a service wrote the row',
      document({
        user: { id: 'SecurityComplianceAlerts' },
        o365: { audit: { UserId: 'SecurityComplianceAlerts', AlertEntityId: 'dana@example.com' } },
      }),
      ['dana@example.com'],
    ],
    [
      'the user in the data of a vendor’s alert',
      document({
        user: { id: 'SecurityComplianceAlerts' },
        o365: { audit: { Data: '{"f3u":"dana@example.com","op":"FileDownloaded"}' } },
      }),
      ['dana@example.com'],
    ],
    [
      'who acted, not the target',
      document({ user: { email: 'admin@example.com', target: { email: 'kim@example.com' } } }),
      ['admin@example.com'],
    ],
    [
      'lists',
      { fields: { 'kibana.alert.uuid': ['u'], 'user.email': ['dana@example.com', 'kim@example.com'] } },
      ['dana@example.com', 'kim@example.com'],
    ],
  ])('reads %s', (_, body, expected) => {
    expect(who('elastic', body)).toEqual(expected);
  });
  it('makes nobody of a service, and no address of a domain that is not public', () => {
    expect(refusal('elastic', document({ user: { id: 'SecurityComplianceAlerts' } }))).toContain('ALERT_NO_SUBJECT');
    expect(refusal('elastic', document({ user: { name: 'dana', domain: 'CORP' } }))).toContain('ALERT_NO_SUBJECT');
    expect(refusal('elastic', document({ user: { email: 'robot@project.iam.gserviceaccount.com' } }))).toContain(
      'service of the vendor',
    );
  });
});

describe('Google', () => {
  it.each([
    ['the account whose password was reset', { userEmail: 'admin@example.com' }, ['admin@example.com']],
    [
      'who acted on it',
      { actorEmail: 'admin@example.com', superAdminPasswordResetEvent: { userEmail: 'kim@example.com' } },
      ['admin@example.com'],
    ],
    [
      'who broke a rule',
      { ruleViolationInfo: { triggeringUserEmail: 'dana@example.com', recipients: ['x@example.net'] } },
      ['dana@example.com'],
    ],
    [
      'who holds the rights now',
      { primaryAdminChangedEvent: { previousAdminEmail: 'a@example.com', updatedAdminEmail: 'b@example.com' } },
      ['b@example.com'],
    ],
    [
      'who phishes from inside',
      { isInternal: true, maliciousEntity: { entity: { emailAddress: 'dana@example.com' } } },
      ['dana@example.com'],
    ],
  ])('reads %s', (_, data, expected) => {
    expect(who('google-alert-center', centre(data))).toEqual(expected);
  });
  it('does not take a sender from outside for one of its people', () => {
    const data = { isInternal: false, maliciousEntity: { entity: { emailAddress: 'x@example.net' } } };
    expect(refusal('google-alert-center', centre(data))).toContain('ALERT_NO_SUBJECT');
  });
  it('reads the list that the API gives, and what was pulled from a subscription', () => {
    expect(who('google-alert-center', { alerts: [fixtures.google], nextPageToken: '' })).toEqual([fixtures.MAIL]);
    expect(who('google-alert-center', { receivedMessages: [{ ackId: 'a', ...fixtures.googlePush }] })).toEqual([
      fixtures.MAIL,
    ]);
  });
});

describe('Slack', () => {
  const searched = {
    ...sampleOf('slack-anomaly'),
    action: 'audit_logs_records_searched_anomaly',
    entity: { type: 'enterprise' },
    details: undefined,
  };
  it('takes every action that is an anomaly, and what Slack did about one', () => {
    expect(one('slack-anomaly', searched)).toMatchObject({
      severity: 'medium',
      title: 'Slack anomaly: audit_logs_records_searched',
      subjects: [{ nativeId: 'U0DANA' }],
    });
    const reset = {
      ...fixtures.slack,
      action: 'user_sessions_reset_by_anomaly_event_response',
      actor: { user: { id: 'USLACKUSER' } },
    };
    expect(who('slack-anomaly', reset)).toEqual([`${fixtures.MAIL} U0DANA`]);
    for (const action of ['pref.anomaly_event_response_changed', 'user_anomaly_event_response_allowlist_changed'])
      expect(refusal('slack-anomaly', { ...fixtures.slack, action })).toContain('ALERT_FORMAT');
  });
});

describe('OCSF', () => {
  const finding = (more: object) => ({ ...fixtures.ocsf, evidences: [], observables: [], ...more });
  it.each([
    [
      'who acts, not on whom',
      finding({ evidences: [{ actor: { user: { name: 'admin@example.com' } }, user: { name: 'kim@example.com' } }] }),
      ['admin@example.com'],
    ],
    [
      'whom it is about when nobody acts',
      finding({ evidences: [{ user: { email_addr: 'kim@example.com' } }] }),
      ['kim@example.com'],
    ],
    [
      'a name and its domain',
      finding({ actor: { user: { name: 'dana', domain: 'example.com' } } }),
      ['dana@example.com'],
    ],
    [
      'no system',
      finding({ actor: { user: { name: 'job@example.com', type_id: 3 } }, user: { name: 'dana@example.com' } }),
      ['dana@example.com'],
    ],
    [
      'the class of before 1.1',
      {
        ...finding({}),
        class_uid: 2001,
        finding_info: undefined,
        finding: { uid: 'f' },
        observables: [{ type_id: 5, value: 'dana@example.com' }],
      },
      ['dana@example.com'],
    ],
  ])('reads %s', (_, body, expected) => {
    expect(who('ocsf', body)).toEqual(expected);
  });
});

describe('quell', () => {
  it('takes all that is legal at a vendor, and ids in the vendors’ forms', () => {
    const subjects = [{ email: 'R&D@example.com' }, { nativeId: `{${ID.toUpperCase()}}`, platform: 'microsoft' }];
    expect(who('quell', { id: 'x', subjects })).toEqual(['r&d@example.com', ID]);
  });
});
