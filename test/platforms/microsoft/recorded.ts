import { DANA } from './canned.js';

/** Rows in the form that the vendor documents, with made-up values: what readers are tried on. */
export const signIn = {
  id: 's-1',
  createdDateTime: '2026-03-10T10:00:00Z',
  userId: DANA,
  userPrincipalName: 'dana@example.com',
  appId: '1fec8e78-bce4-4aaf-ab1b-5451cc387264',
  appDisplayName: 'Microsoft Teams',
  ipAddress: '198.51.100.7',
  autonomousSystemNumber: 64500,
  userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)',
  correlationId: 'c-1',
  sessionId: 'ses-1',
  isInteractive: true,
  riskEventTypes_v2: ['unfamiliarFeatures'],
  riskLevelDuringSignIn: 'low',
  authenticationRequirement: 'multiFactorAuthentication',
  authenticationProtocol: 'none',
  authenticationDetails: [{ authenticationMethod: 'Password', succeeded: true }],
  conditionalAccessStatus: 'success',
  status: { errorCode: 0, failureReason: 'Other.', additionalDetails: null },
  deviceDetail: {
    deviceId: 'd-1',
    displayName: 'WS-1',
    isCompliant: true,
    isManaged: true,
    trustType: 'Azure AD joined',
  },
  location: { city: 'Town', countryOrRegion: 'DE', geoCoordinates: { latitude: 52.5, longitude: 13.4 } },
};

export const consent = {
  id: 'a-1',
  activityDateTime: '2026-03-10T10:00:00Z',
  activityDisplayName: 'Consent to application',
  category: 'ApplicationManagement',
  result: 'success',
  loggedByService: 'Core Directory',
  initiatedBy: {
    app: null,
    user: { id: DANA, displayName: null, userPrincipalName: 'dana@example.com', ipAddress: '198.51.100.7' },
  },
  targetResources: [
    {
      id: '33333333-3333-4333-8333-333333333333',
      displayName: 'Mail Helper',
      type: 'ServicePrincipal',
      modifiedProperties: [
        { displayName: 'ConsentContext.IsAdminConsent', oldValue: null, newValue: '"False"' },
        {
          displayName: 'TargetId.ServicePrincipalNames',
          oldValue: null,
          newValue: '"44444444-4444-4444-8444-444444444444"',
        },
      ],
    },
  ],
  additionalDetails: [{ key: 'User-Agent', value: 'Mozilla/5.0 (example)' }],
};

export const risk = {
  id: 'r-1',
  riskEventType: 'anomalousToken',
  riskLevel: 'high',
  riskState: 'atRisk',
  requestId: 's-1',
  additionalInfo: '[{"Key":"userAgent","Value":"Mozilla/5.0 (example)"}]',
  ipAddress: '203.0.113.9',
  activityDateTime: '2026-03-10T10:00:00Z',
  detectedDateTime: '2026-03-10T10:05:00Z',
  userId: DANA,
  location: { city: 'Town', countryOrRegion: 'NL' },
};

const account = { accountName: 'dana', azureAdUserId: DANA, userPrincipalName: 'dana@example.com' };
const base = {
  createdDateTime: '2026-03-10T09:00:00Z',
  verdict: 'suspicious',
  remediationStatus: 'none',
  roles: [],
  tags: [],
};
export const alert = {
  id: 'al-1',
  title: 'Unusual access to files',
  category: 'Collection',
  severity: 'high',
  status: 'new',
  serviceSource: 'microsoftDefenderForCloudApps',
  mitreTechniques: ['T1213.005'],
  createdDateTime: '2026-03-10T09:00:00Z',
  firstActivityDateTime: '2026-03-10T08:50:00Z',
  lastActivityDateTime: '2026-03-10T08:55:00Z',
  evidence: [
    { ...base, '@odata.type': '#microsoft.graph.security.userEvidence', userAccount: account },
    {
      ...base,
      '@odata.type': '#microsoft.graph.security.ipEvidence',
      ipAddress: '203.0.113.9',
      countryLetterCode: 'NL',
    },
    {
      ...base,
      '@odata.type': '#microsoft.graph.security.cloudApplicationEvidence',
      appId: 11161,
      displayName: 'Microsoft 365',
    },
    {
      ...base,
      '@odata.type': '#microsoft.graph.security.deviceEvidence',
      mdeDeviceId: 'mde-1',
      azureAdDeviceId: 'aad-1',
    },
  ],
};

export const incident = {
  id: '41',
  displayName: 'Multi-stage incident',
  severity: 'high',
  status: 'active',
  classification: 'truePositive',
  determination: 'compromisedAccount',
  alerts: [{ ...alert, evidence: [alert.evidence[0]] }],
};

export const grant = {
  id: 'g-1',
  clientId: 'sp-1',
  consentType: 'Principal',
  principalId: DANA,
  resourceId: 'sp-graph',
  scope: 'Chat.Read offline_access',
};

export const mail = {
  id: 'm-1',
  subject: 'New sign-in to your account',
  receivedDateTime: '2026-03-10T10:00:00Z',
  parentFolderId: 'inbox',
  internetMessageId: 'i-1',
  from: { emailAddress: { address: 'no-reply@slack.com', name: 'Slack' } },
  internetMessageHeaders: [{ name: 'Authentication-Results', value: 'dkim=pass header.d=slack.com' }],
};

export const rule = {
  id: 'ru-1',
  displayName: '.',
  isEnabled: true,
  conditions: { subjectContains: ['security'] },
  actions: { delete: true, forwardTo: [{ emailAddress: { address: 'drop@example.net' } }] },
};

export const download = {
  Id: 'd-1',
  CreationTime: '2026-03-10T10:00:00',
  Operation: 'FileDownloaded',
  UserId: 'dana@example.com',
  UserKey: 'i:0h.f|membership|1003200000000001@live.com',
  UserType: 0,
  Workload: 'OneDrive',
  ClientIP: '203.0.113.9',
  UserAgent: 'Mozilla/5.0 (example)',
  IsManagedDevice: false,
  AppAccessContext: {
    AADSessionId: 'ses-1',
    ClientAppId: '08e18876-6177-487e-b8b5-cf950c1e598c',
    ClientAppName: 'Web',
  },
  Site: 'site-1',
  SiteUrl: 'https://example-my.sharepoint.com/personal/dana_example_com/',
  ListId: 'list-1',
  ListItemUniqueId: 'item-1',
  SourceFileName: 'plan.docx',
  FileSizeBytes: 20480,
  Messages: [{ ChatThreadId: '19:a', SizeInBytes: 3 }],
  Parameters: [{ Name: 'Name', Value: 'x' }],
  Members: [{ UPN: 'kim@example.com', Role: 1 }],
};

export const mailRead = {
  Id: 'e-1',
  CreationTime: '2026-03-10T10:00:00',
  Operation: 'MailItemsAccessed',
  UserId: 'dana@example.com',
  UserKey: '10032000',
  UserType: 0,
  Workload: 'Exchange',
  ClientIPAddress: '203.0.113.9',
  ClientInfoString: 'Client=OWA;Action=ViaProxy',
  ActorInfoString: 'Client=OWA;Mozilla/5.0 (example);',
  SessionId: 'ses-1',
  MailboxOwnerUPN: 'kim@example.com',
  OperationCount: 40,
  OperationProperties: [{ Name: 'MailAccessType', Value: 'Bind' }],
};

export const message = {
  id: '1773136800000',
  messageType: 'message',
  createdDateTime: '2026-03-10T10:00:00Z',
  lastModifiedDateTime: '2026-03-10T10:00:00Z',
  chatId: '19:example@thread.v2',
  channelIdentity: null,
  from: { application: null, user: { id: DANA, displayName: 'Dana', userIdentityType: 'aadUser' } },
  body: { contentType: 'html', content: '<p>see <a href="https://a.example.com/x">this</a></p>' },
  attachments: [
    { id: 'f-1', contentType: 'reference', contentUrl: 'https://example.sharepoint.com/a', name: 'plan.docx' },
  ],
};

export const file = {
  id: 'it-1',
  name: 'plan.docx',
  size: 20480,
  createdDateTime: '2026-03-10T10:00:00Z',
  createdBy: { user: { id: DANA } },
  file: { hashes: { sha256Hash: 'AB' } },
};

export const person = {
  id: DANA,
  displayName: 'Dana',
  userPrincipalName: 'Dana@example.com',
  mail: 'Dana@Example.com',
  proxyAddresses: ['SMTP:dana@example.com', 'smtp:d.subject@example.com', 'X500:/o=x'],
  userType: 'Member',
  accountEnabled: true,
  onPremisesSyncEnabled: null,
  mobilePhone: null,
  businessPhones: [],
  manager: { id: 'mgr-1' },
};
