import { QuellError } from '../../../domain/errors.js';
import type { Fields } from '../kit/fields.js';
import { lookingFor, type AlertFormat, type NamedSubject } from '../kit/parser.js';
import { isBystander, suspects } from '../kit/roles.js';
import { instantOf, severityOf, techniques } from '../kit/values.js';
import { about } from './about.js';

/** Log shippers rewrite the `@` of `@odata.type`, or leave it out. */
const TYPES = ['@odata.type', 'at_sign_odata_type', 'odata_type'] as const;

/**
 * Microsoft Graph security alert (alerts_v2), one or a collection in `value`
 * (learn.microsoft.com/graph/api/resources/security-alert).
 */
export const graphAlertsV2: AlertFormat = {
  about,
  looksLike: (body) => split(body).some((f) => isAlert(f) || isNotification(f)),
  split,
  read(f) {
    if (isNotification(f))
      throw new QuellError(
        'ALERT_FORMAT',
        'graph-alerts-v2: a change notification names an alert and does not hold it; let the forwarder read the alert and send it whole',
      );
    const all = f.list('evidence');
    const of = (...types: readonly string[]): readonly Fields[] => all.filter((e) => types.includes(typeOf(e)));
    const sessions = suspects(of('cloudlogonsession', 'hostlogonsession'), isAside);
    const status = f.text('status');
    return {
      dedupeKey: f.text('id', 'providerAlertId'),
      groupKey: f.text('incidentId'),
      state: status === 'resolved' ? 'closed' : status === 'inProgress' ? 'update' : 'new',
      platform: 'microsoft',
      ...lookingFor(f, peopleOfEvidence),
      noSubject:
        'graph-alerts-v2: no user, mailbox, logon session or OAuth application of the evidence has a principal name, an address or an object id',
      title: f.text('title'),
      severity: severityOf(f.text('severity')),
      severityRaw: f.text('severity'),
      occurredAt: instantOf(f.text('firstActivityDateTime', 'createdDateTime')),
      detectedAt: instantOf(f.text('createdDateTime')),
      // Where an attack went to is nobody's place.
      ips: of('ip')
        .filter((e) => !e.texts('roles').some((role) => /^(?:attacked|destination)$/i.test(role)))
        .map((e) => e.text('ipAddress')),
      userAgent: sessions.map((e) => e.text('userAgent')).find((text) => text !== undefined),
      sessionId: sessions.map((e) => e.text('sessionId')).find((text) => text !== undefined),
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

/** Every account that a piece of evidence is or holds, and every application; who only had it done to them when there is nobody else. */
function peopleOfEvidence(f: Fields): readonly NamedSubject[] {
  const { suspected, bystanders } = partsOfEvidence(f.list('evidence'), f.aside().text('tenantId'));
  return suspected.length > 0 ? suspected : bystanders;
}

/** The same by the part that they have in it: other fields of an alert may say who did it where its evidence does not. */
export function partsOfEvidence(
  pieces: readonly Fields[],
  vendorTenantId?: string,
): { readonly suspected: readonly NamedSubject[]; readonly bystanders: readonly NamedSubject[] } {
  const [suspected, bystanders]: [NamedSubject[], NamedSubject[]] = [[], []];
  for (const piece of pieces) {
    const named = of(piece).filter(isNamed);
    const part = named.length > 0 && isAside(piece) ? bystanders : suspected;
    for (const one of named) part.push({ ...one, vendorTenantId });
  }
  return { suspected, bystanders };
}

function of(e: Fields): readonly NamedSubject[] {
  switch (typeOf(e)) {
    case 'oauthapplication':
    case 'serviceprincipal':
      return [{ kind: 'app', nativeId: e.text('appId') }];
    case 'mailbox': {
      const owner = account(e.at('userAccount'));
      return [{ ...owner, email: e.text('primaryAddress', 'upn') ?? owner.email }];
    }
    default:
      // A logon session holds its account as user evidence; a process and others hold the account itself.
      return ['userAccount', 'account.userAccount', 'account'].map((path) => account(e.at(path)));
  }
}

function account(u: Fields): NamedSubject {
  const name = u.text('userPrincipalName');
  return {
    email: name ?? u.text('accountName'),
    domain: name === undefined ? u.text('domainName') : undefined,
    nativeId: u.text('azureAdUserId'),
    sid: u.text('userSid'),
  };
}

const isNamed = ({ email, nativeId, sid }: NamedSubject): boolean => (email ?? nativeId ?? sid) !== undefined;

const isAside = (e: Fields): boolean => isBystander(e.aside().texts('roles'), e.aside().texts('detailedRoles'));

/** `user` of `#microsoft.graph.security.userEvidence`. */
const typeOf = (e: Fields): string =>
  /\.([a-z]+)evidence$/.exec((e.aside().text(...TYPES) ?? '').toLowerCase())?.[1] ?? '';

function split(body: Fields): readonly Fields[] {
  const many = body.list('value');
  return many.length > 0 ? many : [body];
}

const isAlert = (f: Fields): boolean =>
  /security\.alert$/i.test(f.text(...TYPES) ?? '') ||
  (f.has('id') && (f.has('serviceSource') || f.has('detectionSource')));

/** https://learn.microsoft.com/graph/api/resources/changenotification */
const isNotification = (f: Fields): boolean => f.has('subscriptionId') && f.has('resource');
