import { createHash } from 'node:crypto';
import type { Platform } from '../../../domain/platform.js';
import { samNameOf } from '../../../domain/account-names.js';
import { nearest } from '../kit/accounts.js';
import { actorsOfIds, isApplication } from '../kit/actor-ids.js';
import type { Fields } from '../kit/fields.js';
import { lookingFor, type AlertFormat, type NamedSubject } from '../kit/parser.js';
import { instantOf, isPlaceholder, mailOf, platformOf, severalOf, severityOf, techniques } from '../kit/values.js';
import { about } from './about.js';

/**
 * Splunk: the webhook alert action, which holds the first row of the search in `result`, or an Enterprise Security notable.
 * Every value is text or a list of text; several values of one field may be lines of one text.
 */
export const splunk: AlertFormat = {
  about,
  looksLike: (body) =>
    (body.has('sid') && ['results_link', 'search_name', 'result', 'results'].some((key) => body.has(key))) ||
    isExport(body) ||
    split(body).some((one) => /@@notable@@/.test(row(one).text('event_id') ?? '')),
  split,
  read(body) {
    const f = row(body);
    const sid = body.text('sid');
    const platform = platformOf(f.text('orig_sourcetype', 'sourcetype'), f.text('app', 'vendor_product'));
    return {
      // Without a notable's id the search run and its row identify; a scheduled search has another `sid` each time.
      dedupeKey:
        f.text('event_id') ??
        (sid !== undefined ? `${sid}:${hashOf(f)}` : f.has('_time') ? `row:${hashOf(f)}` : undefined),
      groupKey: body.text('search_name') ?? f.text('search_name'),
      state: f.text('status_label')?.toLowerCase() === 'closed' ? 'closed' : 'new',
      platform,
      ...lookingFor(body, (inner) => subjects(row(inner), platform)),
      noSubject:
        'splunk: no field of the row that tells who acted (user, src_user and those of the add-ons, docs/alerts.md) holds a mail address; let the search output one',
      title: f.text('rule_title', 'rule_name') ?? body.text('search_name') ?? f.text('search_name'),
      severity: severityOf(f.text('urgency', 'severity')),
      severityRaw: f.text('urgency', 'severity'),
      occurredAt: instantOf(f.text('orig_time', '_time')),
      detectedAt: instantOf(f.text('_time')),
      ips: f.texts(...ADDRESSES),
      userAgent: f.text('http_user_agent', 'user_agent', 'UserAgent', 'context.ua', 'userAgent'),
      sessionId: f.text('session_id', 'context.session_id', 'SessionId'),
      attack: techniques(f.texts('annotations.mitre_attack', 'annotations.mitre_attack.mitre_technique_id')),
      evidence: [{ type: 'file', value: f.text('file_name', 'SourceFileName', 'object') }],
      link: body.text('results_link'),
    };
  },
};

/** CIM, and the add-ons for Microsoft 365 (`ClientIP`), Entra (`ipAddress`), Google Workspace (`ipAddress`) and Slack (`context.ip_address`). */
const ADDRESSES = [
  ...['src', 'src_ip', 'src_ip_address', 'ClientIP', 'ClientIPAddress', 'ActorIpAddress', 'ipAddress'],
  ...['initiatedBy.user.ipAddress', 'context.ip_address', 'ip_address'],
  ...['properties.initiatedBy.user.ipAddress', 'properties.ipAddress', 'callerIpAddress'],
];

/** One way in which a row names somebody: fields of names, of ids, and of the domain that goes with a bare name. */
type Naming = readonly [names: readonly string[], ids: readonly string[], domains?: readonly string[]];

/** Who acts on somebody (CIM, Change and Authentication: `src_user` on `user`). */
const SOURCE: Naming = [
  ['src_user', 'src_user_email', 'src_user_name'],
  ['src_user_id'],
  ['src_user_domain', 'src_nt_domain'],
];
/** Who it is that `user` says: who acted, where nobody acts on another. */
const USER: Naming = [
  ['user', 'user_email', 'user_name', 'user_principal_name', 'email', 'username'],
  ['user_id'],
  ['user_domain'],
];
/** As the add-ons extract the vendors' own rows, and as Enterprise Security names whose risk it is. */
const VENDORS: readonly Naming[] = [
  [
    ['actor', 'actor_email', 'actor.email', 'actor.user.email'],
    ['actor.user.id', 'actor.profileId'],
  ],
  ...['', 'properties.'].map((at): Naming => [
    [`${at}initiatedBy.user.userPrincipalName`],
    [`${at}initiatedBy.user.id`],
  ]),
  [['properties.userPrincipalName'], ['properties.userId']],
  [
    ['UserId', 'userPrincipalName', 'UserPrincipalName', 'AccountUpn', 'UPN', 'upn', 'User', 'Caller_User_Name'],
    ['userId', 'AccountObjectId', 'UserKey'],
  ],
  [
    ['userStates{}.userPrincipalName', 'evidence{}.userAccount.userPrincipalName'],
    ['evidence{}.userAccount.azureAdUserId'],
  ],
];
/** Audit records of Entra have their actor as a list, whose ids Splunk makes one field of several values. */
const ACTOR_IDS = ['Actor{}.ID', 'Actor.ID'];
const RISK: Naming = [['risk_object', 'normalized_risk_object', 'user_risk_object'], []];

function subjects(f: Fields, platform: Platform | undefined): readonly NamedSubject[] {
  const [source, user] = [named(f, SOURCE), named(f, USER)];
  const actorIds = severalOf(f.texts(...ACTOR_IDS));
  // The one actor of the record stands there: `user` may be whom it was done to, and where an application acted it is.
  const acted = actorsOfIds(actorIds);
  if (acted.length === 0 && actorIds.some(isApplication)) return nearest([source], platform);
  if (actsOnAnother(source, user)) return nearest([[...acted, ...source]], platform);
  const vendors = VENDORS.flatMap((naming) => named(f, naming));
  return nearest([acted, [...source, ...user], vendors, named(f, RISK)], platform);
}

/** Whether `src_user` is somebody, and `user` somebody else: then it is he who acted, even where his name identifies nobody. */
function actsOnAnother(source: readonly NamedSubject[], user: readonly NamedSubject[]): boolean {
  const acting = new Set(source.flatMap(barely));
  return acting.size > 0 && user.flatMap(barely).some((name) => !acting.has(name));
}

/** What is left of a name when its domain is not compared: one person may stand there as `dana`, `EXAMPLE\dana` and `dana@example.com`. */
function barely({ email }: NamedSubject): readonly string[] {
  if (email === undefined || isPlaceholder(email)) return [];
  const name = mailOf(email) ?? samNameOf(email)?.name ?? email.toLowerCase();
  return [name.split('@')[0] ?? name];
}

function named(f: Fields, [names, ids, domains = []]: Naming): readonly NamedSubject[] {
  const emails = severalOf(f.texts(...names));
  const nativeIds = severalOf(f.texts(...ids));
  const domain = f.text(...domains);
  // One name and one id are of one account; of more nobody knows which go together.
  if (emails.length === 1 && nativeIds.length === 1) return [{ email: emails[0], nativeId: nativeIds[0], domain }];
  return [...emails.map((email) => ({ email, domain })), ...nativeIds.map((nativeId) => ({ nativeId }))];
}

/** What the API and exports of a search give: rows with how they were made. */
const isExport = (body: Fields): boolean =>
  body.list('results').some(({ value }) => typeof value === 'object') &&
  ['search_name', 'init_offset', 'post_process_count', 'preview'].some((key) => body.has(key));

/** Each row of `results` as if it were the one of the webhook action. */
function split(body: Fields): readonly Fields[] {
  const rows = body.list('results').filter(({ value }) => typeof value === 'object');
  if (rows.length === 0 || body.has('result')) return [body];
  const { results: _, ...rest } = body.value as Readonly<Record<string, unknown>>;
  return rows.map(({ value: result }) => body.holding({ ...rest, result }));
}

const row = (body: Fields): Fields => (body.has('result') ? body.at('result') : body);

const hashOf = (f: Fields): string =>
  createHash('sha256')
    .update(JSON.stringify(f.value ?? null))
    .digest('hex')
    .slice(0, 16);
