import { nearest } from '../kit/accounts.js';
import type { Fields } from '../kit/fields.js';
import { lookingFor, type AlertFormat, type NamedSubject } from '../kit/parser.js';
import { isBystander, suspects } from '../kit/roles.js';
import { instantOf, severityOf, techniques } from '../kit/values.js';
import { about } from './about.js';

/**
 * Microsoft Sentinel incident or alert. Sentinel has no webhook of its own: a Logic App posts what its author built. So these are taken, with
 * names in any case (`UPNSuffix`, `upnSuffix`, `upn_suffix`): the envelope of an automation rule (`object`), the ARM resource
 * (`properties`), the SDK's flat form, and the alert of the alert trigger or the SecurityAlert table (`SystemAlertId`), whose lists may be
 * texts of JSON (learn.microsoft.com/azure/sentinel/entities-reference).
 */
export const sentinel: AlertFormat = {
  about,
  looksLike(body) {
    const { incident, p } = parts(body);
    if (p.has('systemAlertId'))
      return LISTS.some((list) => p.has(list) || body.loose().has(list)) || p.has('alertDisplayName');
    return (
      (incident.has('name') || incident.has('id')) &&
      ['incidentNumber', 'incidentUrl', 'relatedEntities', 'additionalData'].some((key) => p.has(key))
    );
  },
  read(body) {
    const { incident, p } = parts(body);
    const all = entities(body);
    const of = (...kinds: readonly string[]): readonly Fields[] =>
      all.flatMap(({ kind, e }) => (kinds.includes(kind) ? [e] : []));
    const status = p.text('status')?.toLowerCase();
    const over = status === 'closed' || status === 'resolved' || status === 'dismissed';
    const first = p.text('firstActivityTimeUtc', 'startTimeUtc', 'startTime', 'createdTimeUtc', 'timeGenerated');
    const sessions = of('cloudlogonsession');
    return {
      dedupeKey: p.text('systemAlertId') ?? incident.text('name', 'id'),
      groupKey: p.text('incidentNumber'),
      state: over ? 'closed' : status === 'active' || status === 'inprogress' ? 'update' : 'new',
      platform: 'microsoft',
      ...lookingFor(body, subjects),
      noSubject: 'sentinel: no account or mailbox is among the entities; let the Logic App send `relatedEntities`',
      title: p.text('title', 'alertDisplayName', 'displayName'),
      severity: severityOf(p.text('severity', 'alertSeverity')),
      severityRaw: p.text('severity', 'alertSeverity'),
      occurredAt: instantOf(first),
      detectedAt: instantOf(p.text('createdTimeUtc', 'timeGenerated')),
      ips: of('ip').map((e) => e.text('address')),
      userAgent: sessions.map((e) => e.text('userAgent')).find((text) => text !== undefined),
      sessionId: sessions.map((e) => e.text('sessionId')).find((text) => text !== undefined),
      attack: techniques([
        ...p.texts('additionalData.techniques'),
        ...listOf(p, 'techniques').flatMap((t) => t.text('') ?? []),
      ]),
      evidence: [
        ...of('file').map((e) => ({ type: 'file' as const, value: e.text('fileName', 'name', 'friendlyName') })),
        ...of('url').map((e) => ({ type: 'url' as const, value: e.text('url') })),
        ...of('cloudapplication').map((e) => ({
          type: 'app' as const,
          value: e.text('appName', 'name', 'friendlyName'),
        })),
      ],
      link: p.text('incidentUrl', 'alertUri', 'alertLink'),
    };
  },
};

/** Where entities stand; `accounts` is what "Entities - Get Accounts" of the connector gives. */
const LISTS = ['relatedEntities', 'entities', 'accounts'] as const;

function parts(body: Fields): { readonly incident: Fields; readonly p: Fields } {
  const loose = body.loose();
  const incident = loose.has('object') ? loose.at('object') : loose;
  return { incident, p: incident.has('properties') ? incident.at('properties') : incident };
}

/** All entities with their kinds, each as the fields of its kind: ARM puts these under `properties`. */
function entities(body: Fields): readonly { readonly kind: string; readonly e: Fields }[] {
  const { incident, p } = parts(body);
  const places = [...new Map([p, incident, body.loose()].map((f) => [f.value, f])).values()];
  return LISTS.flatMap((list) => places.flatMap((f) => listOf(f, list))).map((one) => {
    const e = one.has('properties') ? one.at('properties') : one;
    return { kind: kindOf(one) || (ACCOUNT_FIELDS.some((name) => e.has(name)) ? 'account' : ''), e };
  });
}
const ACCOUNT_FIELDS = ['upnSuffix', 'aadUserId', 'accountName', 'ntDomain', 'isDomainJoined'];

/** A list, or a text of JSON that holds one (columns of the SecurityAlert table). */
function listOf(f: Fields, path: string): readonly Fields[] {
  const text = f.at(path).value;
  if (typeof text !== 'string' || !/^\s*[[{]/.test(text)) return f.list(path);
  try {
    return f.at(path).holding(JSON.parse(text)).list('');
  } catch {
    return [];
  }
}

/** `account`, of `kind: Account` or the connector's `Type: account`; the type of an ARM resource says nothing. */
function kindOf(e: Fields): string {
  const kind = e.aside().text('kind', 'type') ?? '';
  return kind.includes('/') ? '' : kind.toLowerCase().replace(/[^a-z]/g, '');
}

function subjects(body: Fields): readonly NamedSubject[] {
  const named = entities(body).flatMap(({ kind, e }) => {
    const aside = isBystander(e.aside().texts('roles', 'role'), e.aside().texts('detailedRoles'));
    return of(kind, e)
      .filter(isNamed)
      .map((one) => ({ one, aside }));
  });
  const { p } = parts(body);
  const some = suspects(named, ({ aside }) => aside).map(({ one }) => one);
  return nearest([some, [{ email: p.text('compromisedEntity') }]], 'microsoft');
}

function of(kind: string, e: Fields): readonly NamedSubject[] {
  switch (kind) {
    case 'account':
      return [account(e)];
    case 'mailbox':
      return [
        {
          email: e.text('mailboxPrimaryAddress', 'upn'),
          nativeId: e.text('externalDirectoryObjectId'),
          sid: e.text('sid'),
        },
      ];
    case 'oauthapplication':
      return [{ kind: 'app', nativeId: e.text('oAuthAppId', 'appId') }];
    case 'cloudlogonsession':
    case 'process':
      return ['account', 'account.properties'].map((path) => account(e.at(path)));
    default:
      return [];
  }
}

/** `objectGuid` is the on-premises directory's own and no id of Entra's; `displayName` identifies nobody. */
function account(a: Fields): NamedSubject {
  const name = a.text('userPrincipalName', 'accountName', 'name') ?? a.text('friendlyName');
  const suffix = a.text('upnSuffix', 'dnsDomain');
  const domain = suffix === undefined ? a.text('ntDomain') : undefined;
  return {
    email: name !== undefined && domain !== undefined && !/[@\\]/.test(name) ? `${domain}\\${name}` : name,
    domain: suffix,
    nativeId: a.text('aadUserId'),
    sid: a.text('sid'),
    vendorTenantId: a.aside().text('aadTenantId'),
  };
}

const isNamed = ({ email, nativeId, sid }: NamedSubject): boolean => (email ?? nativeId ?? sid) !== undefined;
