import type { Fields } from '../kit/fields.js';
import type { AlertParser, NamedSubject } from '../kit/parser.js';
import { instantOf, severityOf, techniques } from '../kit/values.js';

/**
 * Microsoft Sentinel incident. Sentinel has no webhook of its own: a Logic App posts what its author built, so three shapes are taken:
 * the trigger's envelope (`object`), the ARM resource (`properties`), and the SDK's snake_case.
 */
export const sentinel: AlertParser = {
  looksLike(body) {
    const { incident, p } = parts(body);
    return (
      (incident.has('name') || incident.has('id')) &&
      ['incidentNumber', 'incident_number', 'incidentUrl', 'incident_url', 'relatedEntities', 'additionalData'].some(
        (key) => p.has(key),
      )
    );
  },
  read(body) {
    const { incident, p } = parts(body);
    const entities = [...p.list('relatedEntities'), ...p.list('related_entities'), ...body.list('entities')];
    const of = (kind: string): readonly Fields[] =>
      entities
        .filter((e) => e.text('kind')?.toLowerCase() === kind)
        .map((e) => (e.has('properties') ? e.at('properties') : e));
    const status = p.text('status')?.toLowerCase();
    return {
      dedupeKey: incident.text('name', 'id'),
      groupKey: p.text('incidentNumber', 'incident_number'),
      state: status === 'closed' ? 'closed' : status === 'active' ? 'update' : 'new',
      platform: 'microsoft',
      subjects: [
        ...of('account').map(account),
        ...of('mailbox').map((m) => ({ email: m.text('mailboxPrimaryAddress', 'mailbox_primary_address', 'upn') })),
      ],
      noSubject: 'sentinel: no account or mailbox is among the entities; let the Logic App send `relatedEntities`',
      title: p.text('title'),
      severity: severityOf(p.text('severity')),
      severityRaw: p.text('severity'),
      occurredAt: instantOf(
        p.text('firstActivityTimeUtc', 'first_activity_time_utc', 'createdTimeUtc', 'created_time_utc'),
      ),
      detectedAt: instantOf(p.text('createdTimeUtc', 'created_time_utc')),
      ips: of('ip').map((e) => e.text('address')),
      attack: techniques(p.texts('additionalData.techniques', 'additional_data.techniques')),
      evidence: [
        ...of('file').map((e) => ({ type: 'file' as const, value: e.text('fileName', 'file_name', 'friendlyName') })),
        ...of('url').map((e) => ({ type: 'url' as const, value: e.text('url') })),
        ...of('cloudapplication').map((e) => ({ type: 'app' as const, value: e.text('appName', 'friendlyName') })),
      ],
      link: p.text('incidentUrl', 'incident_url'),
    };
  },
};

function parts(body: Fields): { readonly incident: Fields; readonly p: Fields } {
  const incident = body.has('object') ? body.at('object') : body;
  return { incident, p: incident.has('properties') ? incident.at('properties') : incident };
}

function account(a: Fields): NamedSubject {
  const [name, suffix] = [a.text('accountName', 'account_name'), a.text('upnSuffix', 'upn_suffix')];
  return {
    email: name && suffix ? `${name}@${suffix}` : a.text('userPrincipalName', 'friendlyName', 'friendly_name'),
    nativeId: a.text('aadUserId', 'aad_user_id'),
    vendorTenantId: a.text('aadTenantId', 'aad_tenant_id'),
  };
}
