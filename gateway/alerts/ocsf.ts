import type { Alert } from '../../domain/alert.js';
import { QuellError } from '../../domain/errors.js';
import type { Severity } from '../../domain/platform.js';
import { alertOf, Fields, instantOf, subjectsOf, type AlertContext } from './read.js';

const DETECTION_FINDING = 2004;
const SEVERITY: Readonly<Record<number, Severity>> = {
  1: 'info',
  2: 'low',
  3: 'medium',
  4: 'high',
  5: 'critical',
  6: 'critical',
};
const OBSERVABLE = { userName: 4, email: 5, ip: 2, url: 6, file: 7 } as const;

/** OCSF Detection Finding, class 2004 (https://schema.ocsf.io). */
export function parseOcsf(value: unknown, context: AlertContext): readonly Alert[] {
  const f = new Fields(value);
  if (f.number('class_uid') !== DETECTION_FINDING)
    throw new QuellError('ALERT_FORMAT', `ocsf: class_uid must be ${DETECTION_FINDING}`);
  const uid = f.text('finding_info.uid');
  const evidences = f.list('evidences');
  const observed = (type: number): readonly string[] =>
    f
      .list('observables')
      .filter((o) => o.number('type_id') === type)
      .flatMap((o) => o.text('value') ?? []);
  const users = [...evidences.flatMap((e) => [e.at('actor.user'), e.at('user')]), f.at('actor.user'), f.at('user')];
  const activity = f.number('activity_id');
  return [
    alertOf(context, {
      dedupeKey: uid && `${f.text('metadata.product.uid', 'metadata.product.name') ?? ''}:${uid}`,
      state: activity === 3 ? 'closed' : activity === 2 ? 'update' : 'new',
      subjects: subjectsOf([
        ...users.map((u) => ({ email: u.text('email_addr', 'name'), nativeId: u.text('uid') })),
        ...[...observed(OBSERVABLE.email), ...observed(OBSERVABLE.userName)].map((email) => ({ email })),
      ]),
      title: f.text('finding_info.title', 'message'),
      severity: SEVERITY[f.number('severity_id') ?? 0] ?? 'low',
      severityRaw: f.text('severity', 'severity_id'),
      occurredAt: instantOf(
        f.text('finding_info.first_seen_time_dt', 'finding_info.first_seen_time', 'time_dt', 'time'),
      ),
      detectedAt: instantOf(f.text('time_dt', 'time')),
      ips: [...evidences.flatMap((e) => e.text('src_endpoint.ip') ?? []), ...observed(OBSERVABLE.ip)],
      attack: f.list('finding_info.attacks').flatMap((a) => a.text('sub_technique.uid', 'technique.uid') ?? []),
      evidence: [
        ...observed(OBSERVABLE.url).map((v) => ({ type: 'url' as const, value: v })),
        ...observed(OBSERVABLE.file).map((v) => ({ type: 'file' as const, value: v })),
      ],
      link: f.text('finding_info.src_url'),
    }),
  ];
}
