import type { Severity } from '../../../domain/platform.js';
import { nearest } from '../kit/accounts.js';
import type { Fields } from '../kit/fields.js';
import { lookingFor, type AlertFormat, type NamedSubject } from '../kit/parser.js';
import { suspects } from '../kit/roles.js';
import { instantOf, platformOf, severityOf } from '../kit/values.js';
import { about } from './about.js';

/** Detection Finding; and Security Finding, which it replaced in 1.1 and which producers still send. */
const CLASSES = [2004, 2001];
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
const OBSERVABLE = { ip: 2, userName: 4, email: 5, url: 6, file: 7, userId: 31 } as const;
type Observed = (typeof OBSERVABLE)[keyof typeof OBSERVABLE];
/** `type` of an observable that has no `type_id`, or another than the schema's: its caption, in letters alone. */
const CAPTIONS: Readonly<Record<string, Observed>> = {
  ...{ ip: 2, ipaddress: 2, username: 4, user: 4, accountname: 4, email: 5, emailaddress: 5, url: 6, urlstring: 6 },
  ...{ filename: 7, userid: 31, useruid: 31, usercredentialid: 31, accountid: 31, accountuid: 31 },
};
/** The same of one without a type: by its name, which is the path of its attribute. */
const PATHS: readonly (readonly [ends: RegExp, type: Observed])[] = [
  [/(?:^|[._])(?:email_addr|email\.(?:from|sender|reply_to|to|cc|bcc)(?:\[\d*\])?)$/i, 5],
  [/(?:^|[._])(?:user|account)\.name$/i, 4],
  [/(?:^|[._])(?:user|account)\.uid(?:_alt)?$/i, 31],
  [/(?:^|[._])ip$/i, 2],
  [/(?:^|[._])url(?:_string|\.text|\.url_string)?$/i, 6],
  [/(?:^|[._])file\.name$/i, 7],
];
/** `type_id` of a user: the operating system or the service itself. */
const SYSTEM = 3;
/** `status_id`: suppressed, resolved, archived, deleted. */
const OVER = [3, 4, 5, 6];

/** OCSF Detection Finding, class 2004, versions 1.0 to 1.8 (https://schema.ocsf.io/1.8.0/classes/detection_finding). */
export const ocsf: AlertFormat = {
  about,
  looksLike: (body) =>
    CLASSES.includes(body.number('class_uid') ?? 0) && (body.has('finding_info') || body.has('finding')),
  read(f) {
    const info = f.has('finding_info') ? f.at('finding_info') : f.at('finding');
    const uid = info.text('uid');
    const product = f.text('metadata.product.uid', 'metadata.product.name');
    const evidences = f.list('evidences');
    const observed = observables(f);
    const activity = f.number('activity_id');
    const over = activity === 3 || OVER.includes(f.number('status_id') ?? 0);
    const platform = platformOf(f.text('metadata.product.vendor_name'), f.text('metadata.product.name'));
    return {
      dedupeKey: uid === undefined ? undefined : `${product ?? ''}:${uid}`,
      groupKey: info.text('analytic.uid'),
      state: over ? 'closed' : activity === 2 ? 'update' : 'new',
      platform,
      ...lookingFor(f, (inner) => nearest(groups(inner), platform)),
      noSubject:
        'ocsf: no actor, user, resource or observable of the finding has a mail address, or an id of a platform that the product names',
      title: info.text('title') ?? f.text('message'),
      severity: SEVERITY[f.number('severity_id') ?? 0] ?? severityOf(f.text('severity')),
      severityRaw: f.text('severity', 'severity_id'),
      // Producers vary between RFC 3339 text and milliseconds in both forms of a field.
      occurredAt: first(
        ...['first_seen_time_dt', 'first_seen_time'].map((path) => info.text(path)),
        ...['start_time_dt', 'start_time', 'time_dt', 'time'].map((path) => f.text(path)),
      ),
      detectedAt: first(f.text('time_dt'), f.text('time'), info.text('created_time_dt'), info.text('created_time')),
      ips: [...evidences.map((e) => e.text('src_endpoint.ip')), f.text('src_endpoint.ip'), ...observed(OBSERVABLE.ip)],
      userAgent: evidences.map((e) => e.text('http_request.user_agent')).find((text) => text !== undefined),
      sessionId: evidences.map((e) => e.text('actor.session.uid')).find((text) => text !== undefined),
      attack: [...info.list('attacks'), ...f.list('attacks')].flatMap(
        (a) => a.text('sub_technique.uid', 'technique.uid') ?? [],
      ),
      evidence: [
        ...observed(OBSERVABLE.url).map((value) => ({ type: 'url' as const, value })),
        ...observed(OBSERVABLE.file).map((value) => ({ type: 'file' as const, value })),
        ...evidences.map((e) => ({ type: 'file' as const, value: e.text('file.name', 'file.path') })),
        ...evidences.map((e) => ({ type: 'query' as const, value: e.text('api.operation') })),
      ],
      link: info.text('src_url'),
    };
  },
};

/** Who acted (`actor`); else whom it is about (`user`, resources of a user's kind); else what was observed. */
function* groups(f: Fields): Generator<readonly NamedSubject[]> {
  const places = [...f.list('evidences'), f];
  yield ['actor.user', 'actor.process.user'].flatMap((path) => places.flatMap((e) => users(e, path)));
  const resources = [...f.list('resources'), ...f.list('resource')].filter((r) =>
    /user|account/i.test(r.aside().text('type') ?? ''),
  );
  yield [
    ...places.flatMap((e) => users(e, 'user')),
    ...resources.map((r) => ({ email: r.text('name'), nativeId: r.text('uid') })),
  ];
  const observed = observables(f);
  for (const of of [ACTING, undefined])
    yield [
      ...[...observed(OBSERVABLE.email, of), ...observed(OBSERVABLE.userName, of)].map((email) => ({ email })),
      ...observed(OBSERVABLE.userId, of).map((nativeId) => ({ nativeId })),
    ];
}

/** By the name of an observable, which is the path of its attribute: who acted or sent, and to whom it was done or sent. */
const ACTING = /^(?:evidences\S*\.)?(?:actor|email\.(?:from|sender|reply_to))(?:[._[]|$)/i;
const AFFECTED =
  /(?:^|[._])(?:to|cc|bcc|delivered_to(?:_list)?|(?:to|cc)_mailboxes|recipients?|dst\w*|target\w*|victim\w*|impersonated\w*)(?:[._[]|$)/i;

const users = (e: Fields, path: string): readonly NamedSubject[] =>
  e
    .list(path)
    .filter((u) => u.aside().number('type_id') !== SYSTEM)
    .map((u) => ({
      email: u.text('email_addr') ?? u.text('name'),
      domain: u.text('domain'),
      nativeId: u.text('uid', 'account.uid', 'uid_alt'),
    }));

/** Values of the observables by their type: looked through once, as there may be thousands. Who only had it done to them when there is nobody else. */
function observables(f: Fields): (type: number, named?: RegExp) => readonly string[] {
  const byType = new Map<number, { readonly name: string; readonly value: string }[]>();
  for (const o of f.list('observables')) {
    const [type, value] = [typeOf(o.aside()), o.text('value')];
    if (type === undefined || value === undefined) continue;
    const one = { name: o.aside().text('name') ?? '', value };
    const values = byType.get(type);
    if (values) values.push(one);
    else byType.set(type, [one]);
  }
  return (type, named) =>
    suspects(byType.get(type) ?? [], ({ name }) => AFFECTED.test(name))
      .filter(({ name }) => !named || named.test(name))
      .map(({ value }) => value);
}

/** `type_id`; where it is none, unknown (0) or other (99), what type or name say. */
function typeOf(o: Fields): number | undefined {
  const id = o.number('type_id');
  if (id !== undefined && id !== 0 && id !== 99) return id;
  const caption = (o.text('type') ?? '').toLowerCase().replace(/[^a-z]/g, '');
  if (Object.hasOwn(CAPTIONS, caption)) return CAPTIONS[caption];
  const name = o.text('name') ?? '';
  return PATHS.find(([ends]) => ends.test(name))?.[1];
}

function first(...texts: readonly (string | undefined)[]): string | undefined {
  for (const text of texts) {
    const instant = instantOf(text);
    if (instant !== undefined) return instant;
  }
  return undefined;
}
