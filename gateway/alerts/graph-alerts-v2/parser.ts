import { QuellError } from '../../../domain/errors.js';
import type { Fields } from '../kit/fields.js';
import type { AlertParser, NamedSubject } from '../kit/parser.js';
import { instantOf, severityOf, techniques } from '../kit/values.js';

/** Log shippers rewrite the `@` of `@odata.type`. */
const TYPES = ['@odata.type', 'at_sign_odata_type'] as const;

/**
 * Microsoft Graph security alert (alerts_v2), one or a collection in `value`
 * (learn.microsoft.com/graph/api/resources/security-alert).
 */
export const graphAlertsV2: AlertParser = {
  looksLike: (body) => split(body).some((f) => isAlert(f) || isNotification(f)),
  split,
  read(f) {
    if (isNotification(f))
      throw new QuellError(
        'ALERT_FORMAT',
        'graph-alerts-v2: a change notification names an alert and does not hold it; let the forwarder read the alert and send it whole',
      );
    const of = (type: string): readonly Fields[] =>
      f.list('evidence').filter((e) => (e.text(...TYPES) ?? '').toLowerCase().endsWith(`.${type}evidence`));
    const status = f.text('status');
    return {
      dedupeKey: f.text('id', 'providerAlertId'),
      groupKey: f.text('incidentId'),
      state: status === 'resolved' ? 'closed' : status === 'inProgress' ? 'update' : 'new',
      platform: 'microsoft',
      subjects: [
        ...of('user').map((e) => person(e, f)),
        ...of('mailbox').map((e) => ({ ...person(e, f), email: e.text('primaryAddress') ?? person(e, f).email })),
        ...of('oauthapplication').map((e) => ({ kind: 'app' as const, nativeId: e.text('appId') })),
      ],
      noSubject: 'graph-alerts-v2: no user, mailbox or OAuth application is in the evidence of this alert',
      title: f.text('title'),
      severity: severityOf(f.text('severity')),
      severityRaw: f.text('severity'),
      occurredAt: instantOf(f.text('firstActivityDateTime', 'createdDateTime')),
      detectedAt: instantOf(f.text('createdDateTime')),
      ips: of('ip').map((e) => e.text('ipAddress')),
      attack: techniques(f.texts('mitreTechniques')),
      evidence: [
        ...of('file').map((e) => ({ type: 'file' as const, value: e.text('fileDetails.fileName') })),
        ...of('url').map((e) => ({ type: 'url' as const, value: e.text('url') })),
        ...of('device').map((e) => ({ type: 'device' as const, value: e.text('azureAdDeviceId', 'mdeDeviceId') })),
        ...of('cloudapplication').map((e) => ({ type: 'app' as const, value: e.text('displayName', 'appId') })),
      ],
      link: f.text('alertWebUrl'),
    };
  },
};

function split(body: Fields): readonly Fields[] {
  const many = body.list('value');
  return many.length > 0 ? many : [body];
}

const isAlert = (f: Fields): boolean =>
  /security\.alert$/i.test(f.text(...TYPES) ?? '') ||
  (f.has('id') && (f.has('serviceSource') || f.has('detectionSource')));

/** https://learn.microsoft.com/graph/api/resources/changenotification */
const isNotification = (f: Fields): boolean => f.has('subscriptionId') && f.has('resource');

function person(evidence: Fields, alert: Fields): NamedSubject {
  const u = evidence.at('userAccount');
  const [name, domain] = [u.text('accountName'), u.text('domainName')];
  return {
    email: u.text('userPrincipalName') ?? (name && domain ? `${name}@${domain}` : undefined),
    nativeId: u.text('azureAdUserId'),
    vendorTenantId: alert.text('tenantId'),
  };
}
