import type { Fields } from '../kit/fields.js';

/** An alert of Defender's own incidents API in the form that Graph gives it, so that it is read once (learn.microsoft.com/defender-xdr/api-list-incidents). */
export function graphAlertOf(alert: Fields): object {
  return {
    id: alert.text('alertId'),
    incidentId: alert.text('incidentId'),
    title: alert.text('title'),
    status: STATUS[alert.text('status')?.toLowerCase() ?? ''],
    severity: alert.text('severity')?.toLowerCase(),
    serviceSource: alert.text('serviceSource', 'detectionSource'),
    createdDateTime: alert.text('creationTime'),
    firstActivityDateTime: alert.text('firstActivity'),
    mitreTechniques: alert.texts('mitreTechniques'),
    evidence: alert.list('entities').flatMap((entity) => evidenceOf(entity) ?? []),
  };
}

const STATUS: Readonly<Record<string, string>> = { resolved: 'resolved', inprogress: 'inProgress', new: 'new' };

/** A piece of evidence of what Defender calls an entity; undefined for kinds that say nothing here. */
export function evidenceOf(e: Fields): object | undefined {
  const as = (type: string, fields: object): object => ({
    '@odata.type': `#microsoft.graph.security.${type}Evidence`,
    ...fields,
  });
  const userAccount = {
    accountName: e.text('accountName'),
    domainName: e.text('domainName'),
    userSid: e.text('userSid'),
    azureAdUserId: e.text('aadUserId'),
    userPrincipalName: e.text('userPrincipalName'),
  };
  switch (e.text('entityType')?.toLowerCase()) {
    case 'user':
      return as('user', { userAccount });
    case 'mailbox':
      return as('mailbox', { primaryAddress: e.text('mailboxAddress'), userAccount });
    case 'ip':
      return as('ip', { ipAddress: e.text('ipAddress') });
    case 'file':
      return as('file', { fileDetails: { fileName: e.text('fileName') } });
    case 'url':
      return as('url', { url: e.text('url') });
    case 'oauthapplication':
      return as('oauthApplication', { appId: e.text('applicationId', 'appId') });
    case 'cloudapplication':
      return as('cloudApplication', { displayName: e.text('applicationName'), appId: e.text('applicationId') });
    default:
      return undefined;
  }
}
