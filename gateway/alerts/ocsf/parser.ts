import type { Severity } from '../../../domain/platform.js';
import type { Fields } from '../kit/fields.js';
import type { AlertParser, NamedSubject } from '../kit/parser.js';
import { instantOf, platformOf } from '../kit/values.js';

const DETECTION_FINDING = 2004;
/** `severity_id`; 0 (unknown) and 99 (other) are `low`, 6 (fatal) is the gravest we have. */
const SEVERITY: Readonly<Record<number, Severity>> = {
  1: 'info',
  2: 'low',
  3: 'medium',
  4: 'high',
  5: 'critical',
  6: 'critical',
};
/** `type_id` of an observable. */
const OBSERVABLE = { ip: 2, userName: 4, email: 5, url: 6, file: 7 } as const;
/** `status_id`: suppressed, resolved, archived, deleted. */
const OVER = [3, 4, 5, 6];

/** OCSF Detection Finding, class 2004 (https://schema.ocsf.io/1.8.0/classes/detection_finding). */
export const ocsf: AlertParser = {
  looksLike: (body) => body.number('class_uid') === DETECTION_FINDING && body.has('finding_info'),
  read(f) {
    const uid = f.text('finding_info.uid');
    const product = f.text('metadata.product.uid', 'metadata.product.name');
    const evidences = f.list('evidences');
    const activity = f.number('activity_id');
    const over = activity === 3 || OVER.includes(f.number('status_id') ?? 0);
    return {
      dedupeKey: uid === undefined ? undefined : `${product ?? ''}:${uid}`,
      state: over ? 'closed' : activity === 2 ? 'update' : 'new',
      platform: platformOf(f.text('metadata.product.vendor_name'), f.text('metadata.product.name')),
      subjects: subjects(f, evidences),
      title: f.text('finding_info.title', 'message'),
      severity: SEVERITY[f.number('severity_id') ?? 0] ?? 'low',
      severityRaw: f.text('severity', 'severity_id'),
      // Producers vary between RFC 3339 text and milliseconds in both forms of a field.
      occurredAt: first(f, 'finding_info.first_seen_time_dt', 'finding_info.first_seen_time', 'start_time', 'time'),
      detectedAt: first(f, 'time_dt', 'time', 'finding_info.created_time'),
      ips: [...evidences.map((e) => e.text('src_endpoint.ip')), ...observed(f, OBSERVABLE.ip)],
      attack: f.list('finding_info.attacks').flatMap((a) => a.text('sub_technique.uid', 'technique.uid') ?? []),
      evidence: [
        ...observed(f, OBSERVABLE.url).map((value) => ({ type: 'url' as const, value })),
        ...observed(f, OBSERVABLE.file).map((value) => ({ type: 'file' as const, value })),
        ...evidences.map((e) => ({ type: 'file' as const, value: e.text('file.name', 'file.path') })),
        ...evidences.map((e) => ({ type: 'query' as const, value: e.text('api.operation') })),
      ],
      link: f.text('finding_info.src_url'),
    };
  },
};

function subjects(f: Fields, evidences: readonly Fields[]): readonly NamedSubject[] {
  const users = [...evidences.flatMap((e) => [e.at('actor.user'), e.at('user')]), f.at('actor.user'), f.at('user')];
  const resources = f.list('resources').filter((r) => /user|account/i.test(r.text('type') ?? ''));
  return [
    ...users.map((u) => ({ email: u.text('email_addr') ?? u.text('name'), nativeId: u.text('uid') })),
    ...resources.map((r) => ({ email: r.text('name'), nativeId: r.text('uid') })),
    ...[...observed(f, OBSERVABLE.email), ...observed(f, OBSERVABLE.userName)].map((email) => ({ email })),
  ];
}

const observed = (f: Fields, type: number): readonly string[] =>
  f
    .list('observables')
    .filter((o) => o.number('type_id') === type)
    .flatMap((o) => o.text('value') ?? []);

function first(f: Fields, ...paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const instant = instantOf(f.text(path));
    if (instant !== undefined) return instant;
  }
  return undefined;
}
