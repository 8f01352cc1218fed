import { createHash } from 'node:crypto';
import type { Alert } from '../../domain/alert.js';
import { alertOf, Fields, instantOf, severityOf, subjectsOf, type AlertContext } from './read.js';

/** Splunk: the webhook alert action (first row in `result`) or an Enterprise Security notable. Values are text or lists of text. */
export function parseSplunk(value: unknown, context: AlertContext): readonly Alert[] {
  const body = new Fields(value);
  const f = body.at('result').value === undefined ? body : body.at('result');
  const notable = f.text('event_id');
  const sid = body.text('sid');
  const row = createHash('sha256')
    .update(JSON.stringify(f.value ?? null))
    .digest('hex')
    .slice(0, 16);
  return [
    alertOf(context, {
      dedupeKey: notable ?? (sid && `${sid}:${row}`),
      state: f.text('status_label')?.toLowerCase() === 'closed' ? 'closed' : 'new',
      subjects: subjectsOf(
        ['user', 'src_user', 'user_email', 'email', 'actor'].flatMap((key) => f.texts(key)).map((email) => ({ email })),
      ),
      title: f.text('rule_title', 'rule_name') ?? body.text('search_name'),
      severity: severityOf(f.text('urgency', 'severity')),
      severityRaw: f.text('urgency', 'severity'),
      occurredAt: instantOf(f.text('orig_time', '_time')),
      ips: ['src', 'src_ip', 'dest_ip'].flatMap((key) => f.texts(key)).filter((t) => /^[0-9a-f:.]+$/i.test(t)),
      attack: [...f.texts('annotations.mitre_attack'), ...f.texts('mitre_technique_id')],
      link: body.text('results_link'),
    }),
  ];
}
