import type { Alert } from '../../domain/alert.js';
import type { Fields } from './fields.js';
import { alertOf, assertIs, subjectsOf, type AlertContext, type SubjectParts } from './read.js';
import { instantOf, nativeIdOf, platformOf, severityOf } from './values.js';

/** Where a rule's `alertContext` names who acted: rules build it themselves, mostly from the event. */
const ACTORS = ['actor.user', 'actor', 'user', 'p_user', ''] as const;
const EMAILS = [
  'email',
  'user_email',
  'actor_email',
  'userPrincipalName',
  'UserId',
  'username',
  'actor',
  'user',
] as const;

/** Panther custom webhook. A manual re-send prefixes the title: the alert id identifies. Policies have none, and one alert for each failing. */
export function parsePanther(f: Fields, context: AlertContext): Alert {
  assertIs(context, f.has('createdAt') && f.has('severity') && f.has('type'), 'type, severity and createdAt');
  const c = f.at('alertContext');
  const rule = f.text('id');
  const createdAt = f.text('createdAt');
  const platform = platformOf([
    rule,
    f.text('title'),
    f.text('name'),
    ...f.texts('tags'),
    c.text('p_log_type', 'log_type'),
  ]);
  const subjects: SubjectParts[] = ACTORS.map((path) => {
    const u = path === '' ? c : c.at(path);
    return {
      email: u.text(...EMAILS),
      nativeId: nativeIdOf(platform, u.text('user_id') ?? (path === '' ? undefined : u.text('id'))),
      platform,
      vendorTenantId: u.text('team'),
    };
  });
  return alertOf(context, {
    id: f.text('alertId') ?? (rule && createdAt && `${rule}:${createdAt}`),
    groupKey: rule,
    platform,
    subjects: subjectsOf(subjects),
    title: f.text('title', 'name')?.replace(/^\[Re-sent\]: /, ''),
    severity: severityOf(f.text('severity')),
    severityRaw: f.text('severity'),
    occurredAt: instantOf(c.text('p_event_time')) ?? instantOf(createdAt),
    detectedAt: instantOf(createdAt),
    ips: c.texts(
      'ip_address',
      'ip',
      'sourceIPAddress',
      'source_ip',
      'context.ip_address',
      'ipAddress',
      'p_any_ip_addresses',
    ),
    userAgent: c.text('context.ua', 'user_agent'),
    sessionId: c.text('context.session_id'),
    attack: f.texts('tags'),
    link: f.text('link'),
  });
}
