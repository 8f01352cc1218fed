import type { Alert } from '../../domain/alert.js';
import { QuellError } from '../../domain/errors.js';
import type { Severity } from '../../domain/platform.js';
import type { Fields } from './fields.js';
import { alertOf, subjectsOf, type AlertContext } from './read.js';
import { evidenceOf, instantOf, nativeIdOf, platformOf } from './values.js';

const DETECTION_FINDING = 2004;
/** 0 Unknown and 99 Other are not in it: `low`. */
const SEVERITY: Readonly<Record<number, Severity>> = {
  1: 'info',
  2: 'low',
  3: 'medium',
  4: 'high',
  5: 'critical',
  6: 'critical',
};
const OBSERVABLE = { ip: 2, userName: 4, email: 5, url: 6, file: 7 } as const;
/** `status_id`: 3 Suppressed, 4 Resolved, 5 Archived, 6 Deleted. */
const CLOSED = [3, 4, 5, 6];

/** OCSF Detection Finding, class 2004 (https://schema.ocsf.io/1.8.0/classes/detection_finding). */
export function parseOcsf(f: Fields, context: AlertContext): Alert {
  if (f.number('class_uid') !== DETECTION_FINDING)
    throw new QuellError('ALERT_FORMAT', `ocsf: class_uid must be ${DETECTION_FINDING}, Detection Finding`);
  const uid = f.text('finding_info.uid');
  const evidences = f.list('evidences');
  const observed = (type: number): readonly string[] =>
    f
      .list('observables')
      .filter((o) => o.number('type_id') === type)
      .flatMap((o) => o.text('value') ?? []);
  const platform = platformOf([
    f.text('metadata.product.vendor_name'),
    f.text('metadata.product.name'),
    ...evidences.map((e) => e.text('api.service.name')),
  ]);
  const users = [
    ...evidences.flatMap((e) => [e.at('actor.user'), e.at('user')]),
    f.at('actor.user'),
    f.at('user'),
    ...f.list('resources').flatMap((r) => r.at('owner')),
  ];
  const activity = f.number('activity_id');
  const closed = activity === 3 || CLOSED.includes(f.number('status_id') ?? 0);
  return alertOf(context, {
    id: uid && `${f.text('metadata.product.uid', 'metadata.product.name') ?? ''}:${uid}`,
    groupKey: f.text('finding_info.related_events.uid', 'metadata.correlation_uid'),
    state: closed ? 'closed' : activity === 2 ? 'update' : 'new',
    platform,
    subjects: subjectsOf([
      ...users.map((u) => ({
        email: u.text('email_addr') ?? u.text('name'),
        nativeId: nativeIdOf(platform, u.text('uid')),
        platform,
      })),
      ...[...observed(OBSERVABLE.email), ...observed(OBSERVABLE.userName)].map((email) => ({ email })),
    ]),
    title: f.text('finding_info.title', 'message'),
    severity: SEVERITY[f.number('severity_id') ?? 0] ?? 'low',
    severityRaw: f.text('severity', 'severity_id'),
    occurredAt: instantOf(
      f.text(
        'finding_info.first_seen_time_dt',
        'finding_info.first_seen_time',
        'start_time_dt',
        'start_time',
        'time_dt',
        'time',
      ),
    ),
    detectedAt: instantOf(f.text('time_dt', 'time')),
    ips: [...evidences.flatMap((e) => e.text('src_endpoint.ip') ?? []), ...observed(OBSERVABLE.ip)],
    userAgent: evidences.map((e) => e.text('http_request.user_agent')).find((ua) => ua !== undefined),
    sessionId: evidences.map((e) => e.text('actor.session.uid')).find((id) => id !== undefined),
    attack: f
      .list('finding_info.attacks')
      .flatMap((a) => [...a.texts('sub_technique.uid'), ...a.texts('technique.uid'), ...a.texts('techniques.uid')]),
    evidence: [
      ...evidenceOf('url', [...observed(OBSERVABLE.url), ...evidences.map((e) => e.text('url.url_string'))]),
      ...evidenceOf('file', [...observed(OBSERVABLE.file), ...evidences.map((e) => e.text('file.name'))]),
      ...evidenceOf(
        'query',
        evidences.map((e) => e.text('api.operation')),
      ),
    ],
    link: f.text('finding_info.src_url'),
  });
}
