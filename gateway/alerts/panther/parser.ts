import { partsOfEvidence } from '../graph-alerts-v2/parser.js';
import { nearest } from '../kit/accounts.js';
import { actorsOfIds } from '../kit/actor-ids.js';
import type { Fields } from '../kit/fields.js';
import { lookingFor, type AlertFormat, type NamedSubject } from '../kit/parser.js';
import { instantOf, platformOf, severalOf, severityOf, techniques } from '../kit/values.js';
import { about } from './about.js';

/**
 * Panther custom webhook. `alertContext` is what the rule's author put there: what Panther's packaged rules return
 * (panther-labs/panther-analysis, global_helpers), or the whole event. A manual re-send prefixes the title; the alert id identifies.
 */
export const panther: AlertFormat = {
  about,
  looksLike: (body) =>
    body.has('alertContext') || (body.has('alertId') && body.has('createdAt') && body.has('severity')),
  read(f) {
    // `actor-email`, `actor_email` and `actorEmail` are one.
    const c = f.at('alertContext').loose();
    const [alertId, rule, createdAt] = [f.text('alertId'), f.text('id'), f.text('createdAt')];
    const platform = platformOf(c.text('p_log_type'), rule, ...f.texts('tags', 'logTypes'));
    return {
      // Policies have no alert id; their own id alone would make every later alert a repeat.
      dedupeKey: alertId ?? (rule && createdAt ? `${rule}:${createdAt}` : undefined),
      groupKey: rule,
      platform,
      ...lookingFor(f, (inner) => {
        const at = placesIn(inner.at('alertContext').loose());
        const evidence = partsOfEvidence(at.flatMap((place) => place.list('evidence')));
        return nearest(
          [[...evidence.suspected, ...at.flatMap(actors)], at.flatMap(users), evidence.bystanders],
          platform,
        );
      }),
      noSubject:
        'panther: alertContext names no user by mail address; return actor, user or user_email from alert_context() (docs/alerts.md)',
      title: f.text('title', 'name')?.replace(/^\[Re-sent\]: /, ''),
      severity: severityOf(f.text('severity')),
      severityRaw: f.text('severity'),
      occurredAt: instantOf(c.text('p_event_time')) ?? instantOf(createdAt),
      detectedAt: instantOf(createdAt),
      ips: placesIn(c).flatMap((at) => at.texts(...ADDRESSES)),
      userAgent: c.text('context.ua', 'user_agent', 'client.userAgent.rawUserAgent', 'properties.userAgent'),
      sessionId: c.text('context.session_id', 'session_id', 'properties.sessionId'),
      attack: techniques(f.texts('tags', 'reports.MITRE ATT&CK')),
      link: f.text('link'),
    };
  },
};

/** The context itself, and what Panther makes of every log: the data model (`udm`) and its core fields (`p_udm`). */
const placesIn = (c: Fields): readonly Fields[] => [
  c,
  ...['udm', 'p_udm'].flatMap((path) => (c.has(path) ? [c.at(path)] : [])),
];

const ADDRESSES = [
  ...['context.ip_address', 'actor_ip', 'client_ip', 'client.ipAddress', 'ip_address', 'sourceIPAddress', 'source_ip'],
  ...['source_ip_address', 'properties.ipAddress', 'callerIpAddress', 'userStates.logonIp', 'ips'],
  ...['properties.initiatedBy.user.ipAddress', 'initiatedBy.user.ipAddress', 'source.ip', 'source.address'],
];
/** Entra's audit rows, whole or without their envelope. */
const INITIATED = ['properties.initiatedBy.user', 'initiatedBy.user'] as const;
const MAILS = ['email', 'user_email', 'userPrincipalName', 'emailAddress', 'alternateId'] as const;
const IDS = ['id', 'profileId', 'user_id', 'objectId'] as const;

/** Who did it: `actor.user` (Slack), `actor` (Google, Okta) as object, text, or Microsoft's list of its names; and the packaged rules' own fields. */
function actors(c: Fields): readonly NamedSubject[] {
  const names = c.texts('actor', 'actors', 'actor_email', 'actor_user', 'actor_name', 'UserId');
  return [
    ...[c.at('actor.user'), ...c.list('actor'), ...INITIATED.map((path) => c.at(path))].map(person),
    { email: c.text('actor_upn'), nativeId: c.text('actor_id') },
    { email: c.text('properties.userPrincipalName'), nativeId: c.text('properties.userId') },
    // Microsoft 365 gives one actor as a list of its ids and names.
    ...actorsOfIds(c.list('actor').flatMap((pair) => (pair.has('type') ? (pair.text('id') ?? []) : []))),
    ...severalOf(names).map((email) => ({ email })),
  ];
}

/** `user` as object or text, or a mail address beside it. An `id` at the top is the event's. */
function users(c: Fields): readonly NamedSubject[] {
  const names = c.texts('user', 'users', ...MAILS.slice(0, -1), 'username');
  return [
    person(c.at('user')),
    ...severalOf(names).map((email) => ({ email })),
    // Whom an alert of Microsoft Graph is about, in its older form: it says of nobody which part they have in it.
    ...c.list('userStates').map((u) => ({ email: u.text('userPrincipalName'), nativeId: u.text('aadUserId') })),
  ];
}

const person = (u: Fields): NamedSubject => ({
  email: u.text(...MAILS, 'name'),
  nativeId: u.text(...IDS),
  vendorTenantId: u.aside().text('team'),
});
