import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../domain/alert.js';
import { detectFormat, FORMAT_NAMES, parseAlerts, readAlerts } from '../../../gateway/alerts/index.js';
import * as fixtures from './fixtures.js';
import { sampleOf } from './samples.js';

const RECEIVED = '2026-03-01T10:05:00.000Z';
const context = (format: string) => ({ source: 'siem', format, receivedAt: RECEIVED });
const one = (format: string, body: unknown): Alert => {
  const [alert, ...more] = parseAlerts(body, context(format));
  if (!alert || more.length > 0) throw new Error('not one alert');
  return alert;
};
const refusal = (format: string, body: unknown): string => readAlerts(body, context(format)).problems[0]?.message ?? '';

describe('every format', () => {
  const shapes: readonly (readonly [string, object])[] = [
    ...FORMAT_NAMES.map((format) => [format, sampleOf(format)] as const),
    ['sentinel', fixtures.sentinelArm],
    ['sentinel', fixtures.sentinelSdk],
    ['google-alert-center', fixtures.googlePush],
    ['splunk', fixtures.notable],
    ['elastic', fixtures.elasticNested],
    ['elastic', fixtures.elasticFields],
    ['elastic', { _source: fixtures.elastic, _id: 'x' }],
  ];
  it.each(shapes)('%s: who, when, how grave, from where', (format, body) => {
    const alert = one(format, body);
    expect(alert).toMatchObject({ source: 'siem', format, severity: 'high', state: 'new' });
    expect(alert.subjects.map((s) => s.email)).toEqual([fixtures.MAIL]);
    expect(Date.parse(alert.occurredAt)).toBeCloseTo(Date.parse('2026-03-01T10:00:00Z'), -3);
    expect(alert.ips).toEqual([fixtures.ATTACKER]);
    expect(alert.alertId).toMatch(/^al-[0-9a-f]{32}$/);
  });
  it.each(FORMAT_NAMES)('%s is recognised by its shape', (format) => {
    expect(detectFormat(sampleOf(format))).toBe(format);
  });
  it.each(FORMAT_NAMES)('%s refuses every other format and says what it looks like', (format) => {
    for (const other of FORMAT_NAMES.filter((f) => f !== format))
      expect(refusal(format, sampleOf(other))).toContain(`it looks like ${other}`);
  });
  it.each(FORMAT_NAMES.filter((f) => f !== 'quell' && f !== 'slack-anomaly'))('%s names the technique', (format) => {
    const none = ['google-alert-center', 'office-365-alert'].includes(format);
    expect(one(format, sampleOf(format)).attack).toEqual(none ? [] : ['T1213.005']);
  });
  it('takes several alerts in a list, and one bad one does not hide the others', () => {
    const { alerts, problems } = readAlerts(
      [fixtures.panther, {}, { ...fixtures.panther, alertId: 'pa-2' }],
      context('panther'),
    );
    expect(alerts.map(({ alert }) => alert.dedupeKey)).toEqual(['pa-1', 'pa-2']);
    expect(problems.map((p) => p.code)).toEqual(['ALERT_FORMAT']);
  });
});

describe('identity', () => {
  it('stays over a repeat, and changes with source, key and severity', () => {
    const id = one('quell', fixtures.quell).alertId;
    expect(one('quell', { ...fixtures.quell, title: 'Other words' }).alertId).toBe(id);
    expect(one('quell', { ...fixtures.quell, severity: 'critical' }).alertId).not.toBe(id);
    expect(one('quell', { ...fixtures.quell, id: 'det-2' }).alertId).not.toBe(id);
    expect(parseAlerts(fixtures.quell, { ...context('quell'), source: 'edr' })[0]?.alertId).not.toBe(id);
  });
  it.each([
    ['ocsf', { ...fixtures.ocsf, finding_info: { title: 'x' } }],
    ['graph-alerts-v2', { ...fixtures.graph, id: null }],
    ['slack-anomaly', { ...fixtures.slack, id: '' }],
    ['splunk', { ...fixtures.notable, event_id: undefined }],
    ['elastic', { ...fixtures.elastic, 'kibana.alert.uuid': [] }],
    ['panther', { ...fixtures.panther, alertId: null, id: null }],
  ] as const)('%s without its key is refused', (format, body) => {
    expect(refusal(format, body)).toContain('ALERT_FORMAT');
  });
  it('keeps two searches of Splunk with the same row apart, and the same run together', () => {
    const first = one('splunk', fixtures.splunk).alertId;
    expect(one('splunk', { ...fixtures.splunk, owner: 'other' }).alertId).toBe(first);
    expect(one('splunk', { ...fixtures.splunk, sid: 'scheduler__admin__search__2' }).alertId).not.toBe(first);
  });
  it('does not take every later failure of a Panther policy for a repeat', () => {
    const policy = { ...fixtures.panther, alertId: null, type: 'POLICY' };
    expect(one('panther', policy).alertId).not.toBe(
      one('panther', { ...policy, createdAt: '2026-03-01T10:03:00Z' }).alertId,
    );
  });
});

describe('subjects', () => {
  const subject = (nativeId: string, platform?: string) => ({ ...fixtures.quell, platform, subjects: [{ nativeId }] });
  it('keeps several, once each', () => {
    const alert = one('quell', {
      ...fixtures.quell,
      subjects: [
        { email: fixtures.MAIL },
        { email: 'Ben.Adler@Example.com' },
        { email: fixtures.MAIL, nativeId: 'U0DANA' },
      ],
    });
    expect(alert.subjects).toEqual([
      { kind: 'person', email: fixtures.MAIL, nativeId: 'U0DANA', platform: 'slack' },
      { kind: 'person', email: 'ben.adler@example.com', platform: 'slack' },
    ]);
  });
  it('takes an account id only with its platform, and only if it looks like one', () => {
    expect(one('quell', subject('U0DANA', 'slack')).subjects[0]).toEqual({
      kind: 'person',
      nativeId: 'U0DANA',
      platform: 'slack',
    });
    expect(refusal('quell', subject('U0DANA'))).toContain('ALERT_NO_SUBJECT');
    for (const bad of ['../users', 'a b', 'x\r\nhost: y', 'U'.repeat(200)])
      expect(refusal('quell', subject(bad, 'slack'))).toContain('ALERT_NO_SUBJECT');
  });
  it('never identifies by a display name', () => {
    const named = { ...fixtures.slack, actor: { user: { name: 'Dana Weiss' } }, entity: {} };
    expect(refusal('slack-anomaly', named)).toContain('ALERT_NO_SUBJECT');
  });
  it('takes the person whom Slack itself acted upon', () => {
    const actor = { user: { id: 'USLACKUSER', name: 'Slack' } };
    expect(one('slack-anomaly', { ...fixtures.slack, actor }).subjects[0]?.nativeId).toBe('U0DANA');
  });
  it('reads mailboxes and OAuth applications of Graph, and no system account', () => {
    const evidence = [
      { at_sign_odata_type: '#microsoft.graph.security.mailboxEvidence', primaryAddress: 'box@example.com' },
      {
        '@odata.type': '#microsoft.graph.security.oauthApplicationEvidence',
        appId: 'bbbbbbbb-0000-4000-8000-000000000002',
      },
      {
        '@odata.type': '#microsoft.graph.security.processEvidence',
        userAccount: { accountName: 'SYSTEM', domainName: 'NT AUTHORITY' },
      },
    ];
    expect(one('graph-alerts-v2', { ...fixtures.graph, evidence }).subjects).toMatchObject([
      { kind: 'person', email: 'box@example.com' },
      { kind: 'app', nativeId: 'bbbbbbbb-0000-4000-8000-000000000002', platform: 'microsoft' },
    ]);
  });
  it('does not suspect the people whom an outage at Google affected', () => {
    const outage = { ...fixtures.google, data: { affectedUserEmails: [fixtures.MAIL] } };
    expect(refusal('google-alert-center', outage)).toContain('ALERT_NO_SUBJECT');
  });
  it.each([
    ['splunk', { ...fixtures.splunk, result: { count: '8' } }, 'src_user'],
    ['panther', { ...fixtures.panther, alertContext: {} }, 'alert_context()'],
    [
      'sentinel',
      { object: { ...fixtures.sentinel.object, properties: { title: 'x', incidentNumber: 1 } } },
      'relatedEntities',
    ],
  ] as const)('%s without one says what to change', (format, body, hint) => {
    expect(refusal(format, body)).toContain('ALERT_NO_SUBJECT');
    expect(refusal(format, body)).toContain(hint);
  });
});

describe('severity and state', () => {
  it.each([
    ['graph-alerts-v2', { ...fixtures.graph, severity: 'unknownFutureValue' }],
    ['ocsf', { ...fixtures.ocsf, severity_id: 99 }],
    ['ocsf', { ...fixtures.ocsf, severity_id: undefined }],
    [
      'sentinel',
      { object: { ...fixtures.sentinel.object, properties: { ...fixtures.sentinel.object.properties, severity: 5 } } },
    ],
    ['splunk', { ...fixtures.notable, urgency: 'super-critical' }],
    ['google-alert-center', { ...fixtures.google, metadata: {} }],
    ['elastic', { ...fixtures.elastic, 'kibana.alert.severity': undefined }],
    ['slack-anomaly', { ...fixtures.slack, details: {} }],
    ['quell', { ...fixtures.quell, severity: undefined }],
  ] as const)('%s: what is not known is low, never more', (format, body) => {
    expect(one(format, body).severity).toBe('low');
  });
  it.each([
    ['graph-alerts-v2', { ...fixtures.graph, status: 'resolved', evidence: [] }],
    ['ocsf', { ...fixtures.ocsf, activity_id: 3 }],
    ['ocsf', { ...fixtures.ocsf, status_id: 4 }],
    ['google-alert-center', { ...fixtures.google, deleted: true }],
    ['elastic', { ...fixtures.elastic, 'kibana.alert.workflow_status': 'closed' }],
    ['splunk', { ...fixtures.notable, status_label: 'Closed' }],
  ] as const)('%s: closed at its source', (format, body) => {
    expect(one(format, body).state).toBe('closed');
  });
  it('reads Slack reasons as list, text and object', () => {
    const withReason = (reason: unknown) => one('slack-anomaly', { ...fixtures.slack, details: { reason } });
    expect(withReason(['tor']).severity).toBe('high');
    expect(withReason('ip_address').severity).toBe('medium');
    expect(withReason({ unexpected_scraping: {} })).toMatchObject({ severity: 'high', attack: ['T1213.005'] });
  });
  it('ignores building blocks of Elastic and tells of other Slack actions that they are no alerts', () => {
    expect(
      parseAlerts({ ...fixtures.elastic, 'kibana.alert.building_block_type': 'default' }, context('elastic')),
    ).toEqual([]);
    expect(refusal('slack-anomaly', { ...fixtures.slack, action: 'user_logout' })).toContain('the action anomaly');
  });
  it('tells a Graph change notification that it is no alert', () => {
    const body = { value: [{ subscriptionId: 's', clientState: 'c', resource: 'security/alerts_v2/1' }] };
    expect(refusal('graph-alerts-v2', body)).toContain('change notification');
  });
});

describe('what an alert cannot do', () => {
  it('move the window into the future', () => {
    expect(one('quell', { ...fixtures.quell, occurredAt: '2031-01-01T00:00:00Z' }).occurredAt).toBe(RECEIVED);
  });
  it('bring a link that is none, or text that poses as something else', () => {
    const alert = one('panther', {
      ...fixtures.panther,
      link: 'javascript:alert(1)',
      title: 'a\u202Eb\u0000c\u001B[31m',
    });
    expect(alert.link).toBeUndefined();
    expect(alert.title).toBe('a b c [31m');
  });
  it('bring addresses that are none', () => {
    const source = ['203.0.113.66:8085', '[2001:db8::1]:443', '::ffff:203.0.113.7', '1.23.45.678', 'laptop-7'];
    expect(one('elastic', { ...fixtures.elastic, 'source.ip': source }).ips).toEqual([
      '203.0.113.66',
      '2001:db8::1',
      '203.0.113.7',
    ]);
  });
});
