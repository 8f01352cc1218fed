import type { Alert } from '../../domain/alert.js';
import { alertOf, Fields, instantOf, severityOf, subjectsOf, type AlertContext } from './read.js';

/** Panther custom webhook. A manual re-send prefixes the title: the alert id identifies. */
export function parsePanther(value: unknown, context: AlertContext): readonly Alert[] {
  const f = new Fields(value);
  const c = f.at('alertContext');
  const users = [c.at('actor.user'), c.at('user'), c.at('actor'), c];
  return [
    alertOf(context, {
      dedupeKey: f.text('alertId', 'id'),
      groupKey: f.text('id'),
      subjects: subjectsOf(
        [
          ...users.map((u) => ({
            email: u.text('email', 'user_email', 'userPrincipalName'),
            nativeId: u.text('id', 'user_id'),
          })),
          { email: c.text('actor_email', 'username') },
        ].map((s) => (s.email === undefined && !('nativeId' in s) ? {} : s)),
      ),
      title: f.text('title', 'name')?.replace(/^\[Re-sent\]: /, ''),
      severity: severityOf(f.text('severity')),
      severityRaw: f.text('severity'),
      occurredAt: instantOf(f.text('createdAt')),
      detectedAt: instantOf(f.text('createdAt')),
      ips: [c.text('ip_address', 'sourceIPAddress', 'context.ip_address')].filter((ip) => ip !== undefined),
      attack: f.texts('tags').flatMap((t) => /T\d{4}(?:\.\d{3})?/.exec(t)?.[0] ?? []),
      link: f.text('link'),
    }),
  ];
}
