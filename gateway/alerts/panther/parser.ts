import type { Fields } from '../kit/fields.js';
import type { AlertParser, NamedSubject } from '../kit/parser.js';
import { instantOf, platformOf, severityOf, techniques } from '../kit/values.js';

/** Panther custom webhook (`alertContext` is what the rule's author put there). A manual re-send prefixes the title; the alert id identifies. */
export const panther: AlertParser = {
  looksLike: (body) =>
    body.has('alertContext') || (body.has('alertId') && body.has('createdAt') && body.has('severity')),
  read(f) {
    const c = f.at('alertContext');
    const [alertId, rule, createdAt] = [f.text('alertId'), f.text('id'), f.text('createdAt')];
    return {
      // Policies have no alert id; their own id alone would make every later alert a repeat.
      dedupeKey: alertId ?? (rule && createdAt ? `${rule}:${createdAt}` : undefined),
      groupKey: rule,
      platform: platformOf(c.text('p_log_type'), rule, ...f.texts('tags')),
      subjects: subjects(c),
      noSubject:
        'panther: alertContext names no user by mail address; return actor, user or user_email from alert_context() (docs/alerts.md)',
      title: f.text('title', 'name')?.replace(/^\[Re-sent\]: /, ''),
      severity: severityOf(f.text('severity')),
      severityRaw: f.text('severity'),
      occurredAt: instantOf(c.text('p_event_time')) ?? instantOf(createdAt),
      detectedAt: instantOf(createdAt),
      ips: [...c.texts('context.ip_address', 'ip_address', 'sourceIPAddress', 'source_ip', 'ips')],
      userAgent: c.text('context.ua', 'user_agent', 'userAgent'),
      sessionId: c.text('context.session_id', 'session_id'),
      attack: techniques(f.texts('tags', 'reports.MITRE ATT&CK')),
      link: f.text('link'),
    };
  },
};

const MAILS = ['email', 'user_email', 'userPrincipalName', 'emailAddress'] as const;

/** `actor.user` (Slack), `actor` (Google, Okta), `user` as text or object, or a mail address beside them. An `id` at the top is the event's. */
function subjects(c: Fields): readonly NamedSubject[] {
  const people = ['actor.user', 'actor', 'user'].map((path) => c.at(path));
  return [
    ...people.map((u) => ({
      email: u.text(...MAILS, 'alternateId', 'name'),
      nativeId: u.text('id', 'profileId', 'user_id'),
      vendorTenantId: u.text('team'),
    })),
    ...c.texts(...MAILS, 'user', 'username', 'actor_email', 'actorEmail', 'UserId').map((email) => ({ email })),
  ];
}
