/*
 * For each format a body that names very many accounts as a sender of that format would: in one alert where the format has a list of
 * people, else in many.
 */

const NOW = '2026-03-10T10:00:00Z';
const each = <T>(n: number, of: (i: number) => T): readonly T[] => Array.from({ length: n }, (_, i) => of(i));
const mail = (i: number): string => `person${i}@example.com`;
const id = (i: number): string => `aaaaaaaa-0000-4000-8000-${String(i).padStart(12, '0')}`;

const graphAlert = (n: number): object => ({
  '@odata.type': '#microsoft.graph.security.alert',
  ...{ id: 'crowd', severity: 'high', title: 'Mail to all', createdDateTime: NOW },
  evidence: each(n, (i) => ({
    '@odata.type': '#microsoft.graph.security.userEvidence',
    userAccount: { userPrincipalName: mail(i) },
  })),
});

export const CROWDS: Readonly<Record<string, (n: number) => object>> = {
  cef: (n) => ({
    lines: [`CEF:0|Example|Detector|1|bulk|Mail to all|8|rt=1773136800000 suser=${each(n, mail).join(';')}`],
  }),
  datadog: (n) => ({ security_signal_id: 'crowd', security_signal_attributes: { usr: { email: each(n, mail) } } }),
  'defender-incident': (n) => ({
    ...{ id: '41', incidentWebUrl: 'https://security.example.com/incidents/41' },
    alerts: [graphAlert(n)],
  }),
  elastic: (n) => ({
    'kibana.alert.uuid': 'crowd',
    'user.email': each(n, mail),
    'user.id': each(n, id),
    'event.dataset': 'o365.audit',
  }),
  'google-alert-center': (n) => ({ alertId: 'crowd', source: 'Google identity', data: { email: each(n, mail) } }),
  'google-secops': (n) => ({
    ...{ type: 'RULE_DETECTION', id: 'de_crowd', detectionTime: NOW },
    detection: [{ ruleName: 'crowd', ruleId: 'ru_crowd', alertState: 'ALERTING' }],
    collectionElements: [
      { references: each(n, (i) => ({ event: { principal: { user: { emailAddresses: [mail(i)] } } } })) },
    ],
  }),
  'graph-alerts-v2': graphAlert,
  ocsf: (n) => ({
    ...{ class_uid: 2004, activity_id: 1, severity_id: 4, time: NOW },
    metadata: { version: '1.8.0', product: { name: 'Detector', vendor_name: 'Microsoft' } },
    finding_info: { uid: 'f-crowd', title: 'Mail to all' },
    evidences: each(n, (i) => ({
      actor: { user: { email_addr: mail(i), ...(i % 2 === 0 ? {} : { uid: id(i) }) } },
    })),
  }),
  'office-365-alert': (n) => ({
    ...{ _id: 'crowd', title: 'Mail to all', severityValue: 2 },
    entities: each(n, (i) => ({ type: 'account', pa: mail(i), saas: 11161 })),
  }),
  panther: (n) => ({
    ...{ alertId: 'crowd', createdAt: NOW, severity: 'HIGH' },
    alertContext: { actors: each(n, mail) },
  }),
  quell: (n) => ({
    id: 'crowd',
    platform: 'microsoft',
    subjects: each(n, (i) => ({ email: mail(i), nativeId: id(i) })),
  }),
  sentinel: (n) => ({
    object: {
      name: 'crowd',
      properties: {
        ...{ title: 'Mail to all', severity: 'High', incidentNumber: 1 },
        relatedEntities: each(n, (i) => ({
          kind: 'Account',
          properties: { accountName: `person${i}`, upnSuffix: 'example.com' },
        })),
      },
    },
  }),
  sigma: (n) => ({
    ...{ title: 'Mail to all', id: 'crowd', rule_level: 'high' },
    matches: each(n, (i) => ({ action: 'x', actor: { user: { id: `U0${i}`, email: mail(i) } } })),
  }),
  'slack-anomaly': (n) => ({
    entries: each(n, (i) => ({
      ...{ id: `e${i}`, action: 'anomaly', date_create: 1773136800 },
      actor: { user: { email: mail(i) } },
    })),
  }),
  splunk: (n) => ({ sid: 'crowd', search_name: 'Mail to all', result: { user: each(n, mail) } }),
  'sumo-logic': (n) => ({
    ...{ id: 'crowd', readableId: 'INSIGHT-1', name: 'Mail to all', severity: 'HIGH' },
    entity: { entityType: '_ip', value: '203.0.113.66' },
    signals: [{ allRecords: [{ user_email: each(n, mail) }] }],
  }),
  syslog: (n) => ({
    lines: [
      `<132>1 ${NOW} siem.example.com detector 42 ALERT - ${JSON.stringify({ alert_id: 'crowd', user_email: each(n, mail) })}`,
    ],
  }),
};
