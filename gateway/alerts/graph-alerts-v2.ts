import type { Alert } from '../../domain/alert.js';
import { alertOf, Fields, instantOf, severityOf, subjectsOf, type AlertContext } from './read.js';

const TYPES = ['@odata.type', 'at_sign_odata_type'] as const;

/** Microsoft Graph security alert (alerts_v2): one, or a collection in `value`. Log shippers rewrite `@odata.type`. */
export function parseGraphAlertsV2(value: unknown, context: AlertContext): readonly Alert[] {
  const body = new Fields(value);
  const alerts = body.list('value').length > 0 ? body.list('value') : [body];
  return alerts.map((f) => {
    const of = (type: string): readonly Fields[] =>
      f
        .list('evidence')
        .filter((e) => (e.text(...TYPES) ?? '').toLowerCase().endsWith(`${type.toLowerCase()}evidence`));
    const users = [...of('user'), ...of('mailbox')].map((e) => e.at('userAccount'));
    const status = f.text('status');
    return alertOf(context, {
      dedupeKey: f.text('id', 'providerAlertId'),
      groupKey: f.text('incidentId'),
      state: status === 'resolved' ? 'closed' : status === 'inProgress' ? 'update' : 'new',
      platform: 'microsoft',
      subjects: subjectsOf(
        users.map((u) => ({
          email: u.text('userPrincipalName') ?? address(u),
          nativeId: u.text('azureAdUserId'),
          platform: 'microsoft' as const,
          vendorTenantId: f.text('tenantId'),
        })),
      ),
      title: f.text('title'),
      severity: severityOf(f.text('severity')),
      severityRaw: f.text('severity'),
      occurredAt: instantOf(f.text('firstActivityDateTime', 'createdDateTime')),
      detectedAt: instantOf(f.text('createdDateTime')),
      ips: of('ip').flatMap((e) => e.text('ipAddress') ?? []),
      attack: f.texts('mitreTechniques'),
      link: f.text('alertWebUrl'),
    });
  });
}

const address = (u: Fields): string | undefined => {
  const [name, domain] = [u.text('accountName'), u.text('domainName')];
  return name && domain ? `${name}@${domain}` : undefined;
};
