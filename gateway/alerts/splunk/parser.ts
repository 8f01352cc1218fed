import { createHash } from 'node:crypto';
import type { Fields } from '../kit/fields.js';
import type { AlertParser } from '../kit/parser.js';
import { instantOf, platformOf, severityOf, techniques } from '../kit/values.js';

const PEOPLE = ['user', 'src_user', 'user_email', 'src_user_email', 'email', 'actor', 'actor_email'];

/**
 * Splunk: the webhook alert action, which holds the first row of the search in `result`, or an Enterprise Security notable.
 * Every value is text or a list of text.
 */
export const splunk: AlertParser = {
  looksLike: (body) =>
    (body.has('sid') && (body.has('results_link') || body.has('search_name') || body.has('result'))) ||
    /@@notable@@/.test(row(body).text('event_id') ?? ''),
  read(body) {
    const f = row(body);
    const sid = body.text('sid');
    const platform = platformOf(f.text('orig_sourcetype', 'sourcetype'), f.text('app', 'vendor_product'));
    return {
      // Without a notable's id the search run and its row identify; a scheduled search has another `sid` each time.
      dedupeKey: f.text('event_id') ?? (sid === undefined ? undefined : `${sid}:${hashOf(f)}`),
      groupKey: body.text('search_name') ?? f.text('search_name'),
      state: f.text('status_label')?.toLowerCase() === 'closed' ? 'closed' : 'new',
      platform,
      subjects: [
        ...f.texts(...PEOPLE).map((email) => ({ email })),
        ...f.texts('user_id', 'src_user_id').map((nativeId) => ({ nativeId })),
      ],
      noSubject:
        'splunk: no field user, src_user, user_email or actor of the row holds a mail address; let the search output one (docs/alerts.md)',
      title: f.text('rule_title', 'rule_name') ?? body.text('search_name') ?? f.text('search_name'),
      severity: severityOf(f.text('urgency', 'severity')),
      severityRaw: f.text('urgency', 'severity'),
      occurredAt: instantOf(f.text('orig_time', '_time')),
      detectedAt: instantOf(f.text('_time')),
      ips: f.texts('src', 'src_ip'),
      userAgent: f.text('http_user_agent', 'user_agent'),
      attack: techniques(f.texts('annotations.mitre_attack', 'annotations.mitre_attack.mitre_technique_id')),
      evidence: [{ type: 'file', value: f.text('file_name', 'object') }],
      link: body.text('results_link'),
    };
  },
};

const row = (body: Fields): Fields => (body.has('result') ? body.at('result') : body);

const hashOf = (f: Fields): string =>
  createHash('sha256')
    .update(JSON.stringify(f.value ?? null))
    .digest('hex')
    .slice(0, 16);
