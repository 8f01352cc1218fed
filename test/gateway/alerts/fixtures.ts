/** One synthetic alert of each format about the same person. */
export const MAIL = 'dana.weiss@example.com';
export const ATTACKER = '203.0.113.66';
const AT = '2026-03-01T10:00:00.000Z';

export const quell = {
  id: 'det-1',
  platform: 'slack',
  subjects: [{ email: MAIL, nativeId: 'U0DANA' }],
  title: 'Bulk reads',
  severity: 'high',
  occurredAt: AT,
  ips: [ATTACKER],
  attack: ['T1213.005'],
};

export const ocsf = {
  activity_id: 1,
  category_uid: 2,
  class_uid: 2004,
  type_uid: 200401,
  severity_id: 4,
  time: Date.parse(AT) + 60_000,
  time_dt: null,
  metadata: { version: '1.8.0', product: { uid: 'siem-1', name: 'Detector', vendor_name: 'Example' } },
  finding_info: {
    uid: 'f-77',
    title: 'Bulk reads',
    first_seen_time_dt: AT,
    attacks: [{ technique: { uid: 'T1213' }, sub_technique: { uid: 'T1213.005' } }],
  },
  evidences: [
    { actor: { user: { email_addr: MAIL, uid: '11' } }, src_endpoint: { ip: ATTACKER }, file: { name: 'plan.pdf' } },
  ],
  observables: [
    { type_id: 5, value: MAIL },
    { type_id: 6, value: 'https://drop.example.org/x' },
  ],
};

export const graph = {
  '@odata.type': '#microsoft.graph.security.alert',
  id: 'da1',
  incidentId: '900',
  tenantId: '11111111-2222-4333-8444-555555555555',
  title: 'Anonymous IP address',
  severity: 'high',
  status: 'new',
  serviceSource: 'azureAdIdentityProtection',
  createdDateTime: '2026-03-01T10:01:00.1234567Z',
  firstActivityDateTime: '2026-03-01T10:00:00.0000000Z',
  mitreTechniques: ['T1213.005'],
  alertWebUrl: 'https://security.example.com/alerts/da1',
  evidence: [
    {
      '@odata.type': '#microsoft.graph.security.userEvidence',
      userAccount: { userPrincipalName: MAIL, azureAdUserId: 'aaaaaaaa-0000-4000-8000-000000000001' },
    },
    { '@odata.type': '#microsoft.graph.security.ipEvidence', ipAddress: ATTACKER },
    { '@odata.type': '#microsoft.graph.security.processEvidence', userAccount: { accountName: 'SYSTEM' } },
  ],
};

const incident = {
  title: 'Bulk reads',
  severity: 'High',
  status: 'New',
  incidentNumber: 7,
  createdTimeUtc: '2026-03-01T10:01:00Z',
  firstActivityTimeUtc: AT,
  incidentUrl: 'https://portal.example.com/incident/7',
  additionalData: { techniques: ['T1213.005'] },
  relatedEntities: [
    {
      kind: 'Account',
      properties: {
        accountName: 'dana.weiss',
        upnSuffix: 'example.com',
        aadUserId: 'aaaaaaaa-0000-4000-8000-000000000001',
      },
    },
    { kind: 'Ip', properties: { address: ATTACKER } },
  ],
};
export const sentinel = { object: { name: 'inc-guid', etag: '"1"', properties: incident } };
export const sentinelArm = { name: 'inc-guid', type: 'Microsoft.SecurityInsights/incidents', properties: incident };
export const sentinelSdk = {
  name: 'inc-guid',
  title: 'Bulk reads',
  severity: 'High',
  status: 'New',
  incident_number: 7,
  first_activity_time_utc: AT,
  additional_data: { techniques: ['T1213.005'] },
  related_entities: [
    { kind: 'Account', account_name: 'dana.weiss', upn_suffix: 'example.com' },
    { kind: 'Ip', address: ATTACKER },
  ],
};

export const slack = {
  id: 'an-1',
  date_create: Date.parse(AT) / 1_000,
  action: 'anomaly',
  actor: { type: 'user', user: { id: 'U0DANA', name: 'Dana Weiss', email: MAIL, team: 'T0EXAMPLE' } },
  entity: { type: 'user', user: { id: 'U0DANA', name: 'Dana Weiss', email: MAIL, team: 'T0EXAMPLE' } },
  context: { ua: 'python-requests/2.32', session_id: 847288190092, ip_address: ATTACKER },
  details: {
    action_timestamp: 1772359200123456,
    previous_ip_address: '999.1.1.1',
    reason: ['excessive_downloads', 'asn'],
  },
};

export const google = {
  customerId: 'C0example',
  alertId: 'ga-1',
  createTime: '2026-03-01T10:01:00Z',
  startTime: AT,
  type: 'Suspicious login',
  source: 'Google identity',
  data: {
    '@type': 'type.googleapis.com/google.apps.alertcenter.type.AccountWarning',
    email: MAIL,
    loginDetails: { ipAddress: ATTACKER },
  },
  metadata: { status: 'NOT_STARTED', severity: 'HIGH' },
  securityInvestigationToolLink: 'https://admin.example.com/si',
};
export const googlePush = {
  message: { data: Buffer.from(JSON.stringify(google)).toString('base64'), messageId: '1' },
  subscription: 'projects/example/subscriptions/alerts',
};

export const splunk = {
  sid: 'scheduler__admin__search__1',
  search_name: 'Bulk reads in chat',
  results_link: 'https://splunk.example.com/app/search/@go?sid=1',
  owner: 'admin',
  app: 'search',
  result: {
    user: MAIL,
    src: ATTACKER,
    _time: '1772359200.000',
    severity: 'high',
    sourcetype: 'slack:audit',
    'annotations.mitre_attack': ['T1213.005'],
  },
};
export const notable = {
  event_id: 'GUID@@notable@@hash',
  rule_title: 'Bulk reads',
  urgency: 'high',
  orig_time: '1772359200',
  user: MAIL,
  src: [ATTACKER, 'laptop-7'],
  status_label: 'New',
};

export const panther = {
  id: 'Slack.AuditLogs.PassthroughAnomaly',
  alertId: 'pa-1',
  createdAt: AT,
  severity: 'HIGH',
  type: 'RULE',
  title: '[Re-sent]: Bulk reads',
  name: 'Bulk reads',
  link: 'https://panther.example.com/alerts/pa-1',
  alertContext: {
    id: 'event-1',
    actor: { user: { email: MAIL, id: 'U0DANA' } },
    context: { ip_address: ATTACKER, session_id: '42' },
  },
  tags: ['MITRE ATT&CK: TA0009:T1213.005'],
  description: null,
  runbook: null,
  version: null,
};

export const elastic = {
  '@timestamp': '2026-03-01T10:01:00Z',
  'kibana.alert.uuid': 'el-1',
  'kibana.alert.rule.name': 'Bulk reads',
  'kibana.alert.severity': 'high',
  'kibana.alert.original_time': AT,
  'kibana.alert.workflow_status': 'open',
  'kibana.alert.rule.threat': [{ technique: [{ id: 'T1213', subtechnique: [{ id: 'T1213.005' }] }] }],
  'event.dataset': 'slack.audit',
  'user.email': MAIL,
  'source.ip': ATTACKER,
};
export const elasticNested = {
  '@timestamp': '2026-03-01T10:01:00Z',
  kibana: { alert: { uuid: 'el-1', rule: { name: 'Bulk reads' }, severity: 'high', original_time: AT } },
  user: { email: MAIL },
  source: { ip: ATTACKER },
};
export const elasticFields = {
  fields: Object.fromEntries(
    Object.entries(elastic).map(([key, value]) => [key, Array.isArray(value) ? value : [value]]),
  ),
};
