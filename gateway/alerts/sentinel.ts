import type { Alert } from '../../domain/alert.js';
import type { Fields } from './fields.js';
import { alertOf, assertIs, subjectsOf, type AlertContext, type SubjectParts } from './read.js';
import { evidenceOf, instantOf, platformOf, severityOf } from './values.js';

/** Names by which Sentinel's own products say nothing about where it happened. */
const SENTINEL_ITSELF = /\b(azure|microsoft) sentinel\b/gi;

/** Microsoft Sentinel incident: the Logic App envelope (`object`), the ARM resource (`properties`), or the SDK's snake_case. */
export function parseSentinel(f: Fields, context: AlertContext): Alert {
  const incident = f.has('object') ? f.at('object') : f;
  const p = incident.has('properties') ? incident.at('properties') : incident;
  const isIncident = p.value !== f.value || f.has('created_time_utc') || f.has('incident_number');
  assertIs(context, isIncident && p.has('title') && p.has('severity'), 'properties.title and properties.severity');
  const entities = [
    ...p.list('relatedEntities'),
    ...p.list('related_entities'),
    ...f.list('relatedEntities'),
    ...f.list('entities'),
  ];
  const of = (kind: string): readonly Fields[] =>
    entities
      .filter((e) => e.text('kind')?.toLowerCase() === kind)
      .map((e) => (e.has('properties') ? e.at('properties') : e));
  const products = [
    ...p.texts('additionalData.alertProductNames', 'additional_data.alert_product_names'),
    ...p.list('alerts').flatMap((a) => a.texts('properties.productName', 'properties.productComponentName')),
  ].map((name) => name.replace(SENTINEL_ITSELF, ''));
  const status = p.text('status')?.toLowerCase();
  return alertOf(context, {
    id: incident.text('name', 'id'),
    groupKey: p.text('providerIncidentId', 'provider_incident_id'),
    state: status === 'closed' ? 'closed' : status === 'active' ? 'update' : 'new',
    // An Entra account in it, or nothing that says otherwise: Microsoft's identity is what Sentinel knows accounts by.
    platform: platformOf(products) ?? 'microsoft',
    subjects: subjectsOf([...of('account').map(account), ...of('mailbox').map(mailbox)]),
    title: p.text('title'),
    severity: severityOf(p.text('severity')),
    severityRaw: p.text('severity'),
    occurredAt: instantOf(
      p.text('firstActivityTimeUtc', 'first_activity_time_utc', 'createdTimeUtc', 'created_time_utc'),
    ),
    detectedAt: instantOf(p.text('createdTimeUtc', 'created_time_utc')),
    ips: of('ip').flatMap((e) => e.text('address') ?? []),
    attack: p.texts('additionalData.techniques', 'additional_data.techniques'),
    evidence: [
      ...evidenceOf(
        'file',
        of('file').map((e) => e.text('fileName', 'file_name')),
      ),
      ...evidenceOf(
        'url',
        of('url').map((e) => e.text('url')),
      ),
      ...evidenceOf(
        'app',
        of('cloudapplication').map((e) => e.text('appName', 'app_name', 'appId', 'app_id')),
      ),
      ...evidenceOf(
        'query',
        p.list('alerts').map((a) => a.text('properties.additionalData.Query')),
      ),
    ],
    link: p.text('incidentUrl', 'incident_url'),
  });
}

function account(a: Fields): SubjectParts {
  const [name, suffix] = [a.text('accountName', 'account_name', 'name'), a.text('upnSuffix', 'upn_suffix')];
  return {
    email: name && suffix ? `${name}@${suffix}` : a.text('userPrincipalName', 'friendlyName', 'friendly_name'),
    nativeId: a.text('aadUserId', 'aad_user_id'),
    platform: 'microsoft',
    vendorTenantId: a.text('aadTenantId', 'aad_tenant_id'),
  };
}

function mailbox(m: Fields): SubjectParts {
  return { email: m.text('mailboxPrimaryAddress', 'mailbox_primary_address', 'upn'), platform: 'microsoft' };
}
