import { OPERATIONS } from './operations.js';
import { authMethod } from './auth-methods.js';
import { mailboxSettings, user } from './directory.js';
import { roleAssignment, roleMember } from './roles.js';
import { servicePrincipal } from './service-principals.js';
import { contentBlob, subscription } from './sources/activity-feed.js';
import { auditQuery } from './sources/audit-search.js';
import { alertEvidence } from './sources/alert-evidence.js';
import { alert } from './sources/alerts.js';
import { auditRecord } from './sources/audit-record.js';
import { directoryAudit } from './sources/directory-audit-row.js';
import { driveItem } from './sources/files.js';
import { grant } from './sources/grants.js';
import { incident } from './sources/incidents.js';
import { chatMessage } from './sources/messages.js';
import { mail, rule } from './sources/notices.js';
import { riskDetection } from './sources/risk-detections.js';
import { signIn } from './sources/sign-ins.js';

/** What is done with a field: words for the page, by field. */
type Words = Readonly<Record<string, string>>;

const ID = 'the row; without it the row is odd';
const AT = 'when; without it the row is odd';
const PERSON = 'the address of the person’s client, where it is one that is routed';

const SIGN_IN: Words = {
  id: ID,
  createdDateTime: AT,
  status: 'how it ended, by Microsoft’s list of codes; missing or on no list, the row is odd',
  conditionalAccessStatus: 'a refusal, where the code is on no list',
  ipAddress: PERSON,
  isInteractive: 'false: on a token that was there already',
  signInEventTypes: 'the same, where the row does not say isInteractive',
  authenticationProtocol: 'a device code',
  originalTransferMethod: 'a session that a device code began',
  riskEventTypes_v2: 'the vendor’s reasons',
  riskLevelDuringSignIn: 'the vendor’s level',
  userId: 'whose it is, where other people are looked for',
};
const AUDIT: Words = {
  Id: ID,
  CreationTime: AT,
  Operation: 'what it is; operations that say nothing here are in no event',
  ClientIP: PERSON,
  ClientIPAddress: PERSON,
  ActorIpAddress: 'the same, in records of the directory that have no ClientIP',
  UserType: 'a service’s or an app’s row: its address is nobody’s',
  AlertEntityId: 'whether an alert is about the subject',
};
const DIRECTORY_AUDIT: Words = {
  id: ID,
  activityDateTime: AT,
  activityDisplayName: 'what it is; without it the row is odd',
  initiatedBy: 'who acted, and from where; a service’s address is nobody’s',
  targetResources: 'what it was done to; of consents the app and all its scopes',
  additionalDetails: 'the client, and the id of an app',
};
const ALERT: Words = {
  id: ID,
  evidence:
    'whom it is about, by role; address, session, device, app, links and files. Types that are not known are passed over',
};
const MESSAGE: Words = {
  id: ID,
  createdDateTime: AT,
  subject: 'words of a post’s title',
  body: 'own words and the links that can be pressed, without what is quoted; the text only where it may be read',
  attachments: 'files, and words and links of cards; a forwarded message gives its links alone',
  from: 'who wrote it, and whether that is somebody of another organisation',
};

const SEARCH: Words = {
  id: 'the search',
  displayName: 'whether it is our own, begun before',
  status: 'whether it is done',
};

/** The fields of a shape, each with its words; a field without words of its own is taken over as it stands, or as unknown. */
const fieldsOf = ({ shape }: { readonly shape: object }, words: Words = {}): Words =>
  Object.fromEntries(Object.keys(shape).map((name) => [name, words[name] ?? 'taken over; odd, it is unknown']));

const APP = fieldsOf(servicePrincipal, {
  id: 'the app here',
  appId: 'the app; its own id in every log',
  appOwnerOrganizationId: 'whether it is Microsoft’s or our own',
  verifiedPublisher: 'whether its maker is known',
});

/**
 * Which fields of an answer are read, and what is done with each, by the name of the operation. The names are those of the shapes that
 * the readers parse with: what is not here is not read.
 */
export const FIELDS: Readonly<Record<string, Words>> = {
  [OPERATIONS.signIns.name]: fieldsOf(signIn, SIGN_IN),
  [OPERATIONS.directoryAudits.name]: fieldsOf(directoryAudit, DIRECTORY_AUDIT),
  [OPERATIONS.riskDetections.name]: fieldsOf(riskDetection, { id: ID, activityDateTime: AT, ipAddress: PERSON }),
  [OPERATIONS.alerts.name]: {
    ...fieldsOf(alert, ALERT),
    ...Object.fromEntries(Object.entries(fieldsOf(alertEvidence)).map(([name, words]) => [`evidence.${name}`, words])),
  },
  [OPERATIONS.incidents.name]: fieldsOf(incident, { id: ID, status: 'merged ones are left to the one they went into' }),
  [OPERATIONS.userGrants.name]: fieldsOf(grant, { id: ID, clientId: 'the app; without it the row is odd' }),
  [OPERATIONS.appGrants.name]: fieldsOf(grant, { id: ID, clientId: 'the app; without it the row is odd' }),
  [OPERATIONS.auditRecords.name]: fieldsOf(auditRecord, AUDIT),
  [OPERATIONS.activityBlob.name]: fieldsOf(auditRecord, AUDIT),
  [OPERATIONS.chatMessages.name]: fieldsOf(chatMessage, MESSAGE),
  [OPERATIONS.channelMessages.name]: fieldsOf(chatMessage, MESSAGE),
  [OPERATIONS.driveChanges.name]: fieldsOf(driveItem, { id: ID }),
  [OPERATIONS.mails.name]: fieldsOf(mail, { id: ID, receivedDateTime: AT, subject: 'the kind of notice' }),
  [OPERATIONS.folderMails.name]: fieldsOf(mail, { id: ID, receivedDateTime: AT, subject: 'the kind of notice' }),
  [OPERATIONS.mailRules.name]: fieldsOf(rule, { id: ID, conditions: 'which mails; none is all of them' }),
  [OPERATIONS.user.name]: fieldsOf(user, { id: ID, proxyAddresses: 'the `smtp:` ones are addresses of the person' }),
  [OPERATIONS.mailboxSettings.name]: fieldsOf(mailboxSettings, { userPurpose: 'a mailbox that is nobody’s own' }),
  [OPERATIONS.userRoles.name]: fieldsOf(roleMember, { roleTemplateId: 'which role; one that cannot be read protects' }),
  [OPERATIONS.roleAssignments.name]: fieldsOf(roleAssignment, {
    principalId: 'who holds it',
    roleDefinitionId: 'which',
  }),
  [OPERATIONS.authMethods.name]: fieldsOf(authMethod, { id: ID, createdDateTime: 'since when, where Entra says it' }),
  [OPERATIONS.servicePrincipal.name]: APP,
  [OPERATIONS.findServicePrincipal.name]: APP,
  [OPERATIONS.appOwners.name]: { id: 'the sponsor: who is asked about the app' },
  [OPERATIONS.auditQueries.name]: fieldsOf(auditQuery, SEARCH),
  [OPERATIONS.createAuditQuery.name]: fieldsOf(auditQuery, SEARCH),
  [OPERATIONS.auditQuery.name]: fieldsOf(auditQuery, SEARCH),
  [OPERATIONS.activitySubscriptions.name]: fieldsOf(subscription, { status: 'whether it was started' }),
  [OPERATIONS.activityContent.name]: fieldsOf(contentBlob, { contentId: 'where the records are' }),
  [OPERATIONS.joinedTeams.name]: { id: 'whose channels are read' },
  [OPERATIONS.mailFolder.name]: { id: 'whether a notice was deleted' },
  [OPERATIONS.users.name]: fieldsOf(user, { id: ID, proxyAddresses: 'the `smtp:` ones are addresses of the person' }),
};
