import type { AboutFormat } from '../kit/parser.js';

export const about: AboutFormat = {
  name: 'graph-alerts-v2',
  product: 'Microsoft Graph security alerts',
  sends: '`security/alerts_v2`, one or `value[]`, by a function that reads them',
  auth: ['hmac', 'oidc', 'graph-client-state'],
  shape: '`@odata.type` of a security alert, or `id` with `serviceSource` or `detectionSource`',
  identity: '`id`',
  subjects:
    'accounts of the evidence: users, mailboxes, logon sessions, and those that other evidence holds (`userPrincipalName`, `azureAdUserId`, a cloud `userSid`, `accountName` with a public `domainName`); OAuth applications and service principals. `roles` decide: who was attacked, a destination, contextual, added or edited is a subject only when there is nobody else',
  states: '`status`',
  setUp: 'A change notification names an alert and does not hold it. Let a function read the alert and send it whole.',
  nobodyWithout: [
    'evidence.0.userAccount.userPrincipalName',
    'evidence.0.userAccount.azureAdUserId',
    'evidence.0.userAccount.accountName',
  ],
};
