import type { Alert } from '../../domain/alert.js';
import { QuellError } from '../../domain/errors.js';
import type { Fields } from './fields.js';
import { alertOf, assertIs, subjectsOf, type AlertContext, type SubjectParts } from './read.js';
import { evidenceOf, instantOf, severityOf } from './values.js';

/** Log shippers rewrite `@odata.type`. */
const TYPES = ['@odata.type', 'at_sign_odata_type', 'odata_type'] as const;

/** Microsoft Graph security alert (alerts_v2; learn.microsoft.com/graph/api/resources/security-alert). */
export function parseGraphAlertsV2(f: Fields, context: AlertContext): Alert {
  if (f.has('subscriptionId') && f.has('clientState') && !f.has('severity'))
    throw new QuellError(
      'ALERT_FORMAT',
      'graph-alerts-v2: a change notification only names the alert; send the alert itself (docs/alerts.md)',
    );
  assertIs(
    context,
    f.has('title') && (f.has('createdDateTime') || f.has('serviceSource')),
    'title and createdDateTime or serviceSource',
  );
  const tenant = f.text('tenantId');
  const evidence = f.list('evidence').map((e) => ({ e, type: typeOf(e) }));
  const of = (type: string): readonly Fields[] => evidence.filter((x) => x.type === type).map((x) => x.e);
  const status = f.text('status')?.toLowerCase();
  return alertOf(context, {
    id: f.text('id', 'providerAlertId'),
    groupKey: f.text('incidentId'),
    state: status === 'resolved' ? 'closed' : status === 'inprogress' ? 'update' : 'new',
    platform: 'microsoft',
    subjects: subjectsOf([
      ...[...of('user'), ...of('mailbox'), ...of('process')].map((e) => person(e, tenant)),
      ...of('oauthapplication').map((e) => ({
        kind: 'app' as const,
        nativeId: e.text('appId'),
        platform: 'microsoft' as const,
        vendorTenantId: tenant,
      })),
    ]),
    title: f.text('title'),
    severity: severityOf(f.text('severity')),
    severityRaw: f.text('severity'),
    occurredAt: instantOf(f.text('firstActivityDateTime', 'createdDateTime')),
    detectedAt: instantOf(f.text('createdDateTime')),
    ips: of('ip').flatMap((e) => e.text('ipAddress') ?? []),
    sessionId: of('cloudlogonsession')
      .map((e) => e.text('sessionId'))
      .find((id) => id !== undefined),
    userAgent: of('cloudlogonsession')
      .map((e) => e.text('userAgent'))
      .find((ua) => ua !== undefined),
    attack: f.texts('mitreTechniques'),
    evidence: [
      ...evidenceOf(
        'file',
        of('file').map((e) => e.text('fileDetails.fileName')),
      ),
      ...evidenceOf(
        'url',
        of('url').map((e) => e.text('url')),
      ),
      ...evidenceOf(
        'device',
        of('device').map((e) => e.text('mdeDeviceId', 'azureAdDeviceId')),
      ),
      ...evidenceOf(
        'app',
        of('cloudapplication').map((e) => e.text('displayName', 'appId')),
      ),
    ],
    link: f.text('alertWebUrl'),
  });
}

function person(e: Fields, tenant: string | undefined): SubjectParts {
  const u = e.at('userAccount');
  const [name, domain] = [u.text('accountName'), u.text('domainName')];
  return {
    email:
      u.text('userPrincipalName') ?? e.text('primaryAddress') ?? (name && domain ? `${name}@${domain}` : undefined),
    nativeId: u.text('azureAdUserId'),
    platform: 'microsoft',
    vendorTenantId: tenant,
  };
}

/** `#microsoft.graph.security.userEvidence` → `user`. */
function typeOf(e: Fields): string {
  return /([a-z]+)evidence$/.exec((e.text(...TYPES) ?? '').toLowerCase())?.[1] ?? '';
}
