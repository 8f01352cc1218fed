import type { Alert } from '../../domain/alert.js';
import { digest } from '../../domain/canonical.js';
import type { Fields } from './fields.js';
import { alertOf, assertIs, subjectsOf, type AlertContext } from './read.js';
import { evidenceOf, instantOf, nativeIdOf, platformOf, severityOf } from './values.js';

/** Who acted, in the Common Information Model and what people name it. `dest` is where, not who. */
const ACTORS = [
  'user_email',
  'src_user_email',
  'email',
  'user',
  'src_user',
  'actor',
  'user_principal_name',
  'UserId',
] as const;
const IDS = ['user_id', 'src_user_id', 'actor_id'] as const;

/** Splunk: the webhook alert action (`result` is the first row) or an Enterprise Security notable. Values are text or lists of text. */
export function parseSplunk(body: Fields, context: AlertContext): Alert {
  const f = body.has('result') ? body.at('result') : body;
  const sid = body.text('sid');
  assertIs(context, sid !== undefined || f.has('event_id'), 'sid and result, or event_id');
  const platform = platformOf(
    f.texts('sourcetype', 'orig_sourcetype', 'index', 'vendor_product', 'vendor', 'product', 'app'),
  );
  return alertOf(context, {
    id: f.text('event_id') ?? (sid && `${sid}:${digest(f.value ?? null).slice(0, 16)}`),
    groupKey: body.text('search_name') ?? f.text('search_name'),
    state: ['closed', 'resolved'].includes(f.text('status_label')?.toLowerCase() ?? '') ? 'closed' : 'new',
    platform,
    subjects: subjectsOf([
      ...f.texts(...ACTORS).map((email) => ({ email, platform })),
      ...f.texts(...IDS).map((id) => ({ nativeId: nativeIdOf(platform, id), platform })),
    ]),
    title: f.text('rule_title', 'rule_name') ?? body.text('search_name') ?? f.text('search_name', 'source'),
    severity: severityOf(f.text('urgency', 'severity')),
    severityRaw: f.text('urgency', 'severity'),
    occurredAt: instantOf(f.text('orig_time', '_time')),
    detectedAt: instantOf(f.text('_time')),
    ips: f.texts('src', 'src_ip', 'ip_address', 'ClientIP'),
    userAgent: f.text('http_user_agent', 'user_agent'),
    sessionId: f.text('session_id'),
    attack: f.texts('annotations.mitre_attack', 'annotations.mitre_attack.mitre_technique_id', 'mitre_technique_id'),
    evidence: [
      ...evidenceOf('file', f.texts('file_name', 'object')),
      ...evidenceOf('query', f.texts('drilldown_search')),
    ],
    link: body.text('results_link'),
  });
}
