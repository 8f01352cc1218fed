import type { Alert } from '../../domain/alert.js';
import { alertOf, Fields, instantOf, severityOf, subjectsOf, type AlertContext } from './read.js';

/** Microsoft Sentinel incident: the Logic App envelope (`object`), the ARM resource, or the SDK's snake_case. */
export function parseSentinel(value: unknown, context: AlertContext): readonly Alert[] {
  const body = new Fields(value);
  const incident = body.at('object').value === undefined ? body : body.at('object');
  const p = incident.at('properties').value === undefined ? incident : incident.at('properties');
  const entities = [...p.list('relatedEntities'), ...p.list('related_entities'), ...body.list('entities')];
  const of = (kind: string): readonly Fields[] =>
    entities
      .filter((e) => e.text('kind')?.toLowerCase() === kind)
      .map((e) => (e.at('properties').value === undefined ? e : e.at('properties')));
  const status = p.text('status')?.toLowerCase();
  return [
    alertOf(context, {
      dedupeKey: incident.text('name', 'id'),
      state: status === 'closed' ? 'closed' : status === 'active' ? 'update' : 'new',
      platform: 'microsoft',
      subjects: subjectsOf([
        ...of('account').map((a) => ({
          email: upn(a) ?? a.text('userPrincipalName', 'friendlyName', 'friendly_name'),
          nativeId: a.text('aadUserId', 'aad_user_id'),
          platform: 'microsoft' as const,
        })),
        ...of('mailbox').map((a) => ({ email: a.text('mailboxPrimaryAddress', 'mailbox_primary_address', 'upn') })),
      ]),
      title: p.text('title'),
      severity: severityOf(p.text('severity')),
      severityRaw: p.text('severity'),
      occurredAt: instantOf(
        p.text('firstActivityTimeUtc', 'first_activity_time_utc', 'createdTimeUtc', 'created_time_utc'),
      ),
      detectedAt: instantOf(p.text('createdTimeUtc', 'created_time_utc')),
      ips: of('ip').flatMap((e) => e.text('address') ?? []),
      attack: [...p.texts('additionalData.techniques'), ...p.texts('additional_data.techniques')],
      link: p.text('incidentUrl', 'incident_url'),
    }),
  ];
}

function upn(account: Fields): string | undefined {
  const [name, suffix] = [account.text('accountName', 'account_name'), account.text('upnSuffix', 'upn_suffix')];
  return name && suffix ? `${name}@${suffix}` : undefined;
}
