import type { Alert } from '../../../domain/alert.js';
import { instantOf } from '../../../domain/instants.js';
import type { Instant, Platform } from '../../../domain/platform.js';
import type { NamedSubject } from '../kit/parser.js';
import { platformOf } from '../kit/values.js';
import * as names from './field-names.js';
import { objectIn } from './json-text.js';
import { accountIdOf, addressOfPerson, clientsIn, isNobody, namesIn } from './people.js';

/** What a row of a log says of who acted, from where and when. */
export interface RowFacts {
  readonly platform: Platform | undefined;
  /** Who acted; the account that it was done to only where nobody is named who did it. */
  readonly subjects: readonly NamedSubject[];
  /** The field that names an actor by no address and no id, where there is no subject because of it. */
  readonly unclear: string | undefined;
  readonly ips: readonly string[];
  readonly occurredAt: Instant | undefined;
  readonly userAgent: string | undefined;
  readonly sessionId: string | undefined;
  readonly evidence: readonly { readonly type: Alert['evidence'][number]['type']; readonly value: string }[];
  /** The log's own id of the row. */
  readonly rowId: string | undefined;
}

type Table = ReadonlyMap<string, readonly string[]>;

/**
 * Reads a row of a log in its vendor's own fields: a Slack audit entry, a record of Office 365, a sign-in or audit row of Entra, an
 * activity of Google, or the flat row that a pipeline made of one. Names of fields are compared without case and separators, so that
 * `actor.email`, `actor_email` and `actorEmail` are one. Linear in the size of the row.
 */
export function factsOfRow(row: unknown): RowFacts {
  const table = tableOf(row);
  const text = (list: readonly string[]): string | undefined => textsOf(table, list)[0];
  const platform = platformOfRow(table);
  const qualifier = text(['iduniquequalifier']);
  return {
    platform,
    ...whoActed(table, platform),
    ips: clientsIn(textsOf(table, names.ADDRESSES)),
    occurredAt: textsOf(table, names.TIMES)
      .map((t) => instantOf(t))
      .find((t) => t !== undefined),
    userAgent: text(names.CLIENTS),
    sessionId: text(names.SESSIONS),
    evidence: [
      ...textsOf(table, names.FILES).map((value) => ({ type: 'file' as const, value })),
      ...textsOf(table, names.ACTIONS).map((value) => ({ type: 'query' as const, value })),
    ],
    rowId: qualifier === undefined ? text(names.IDS) : `${text(['idtime']) ?? ''}:${qualifier}`,
  };
}

/** One account of what several rows say: everybody named, the first instant. */
export function joined(rows: readonly RowFacts[]): RowFacts {
  const first = <T>(of: (row: RowFacts) => T | undefined): T | undefined =>
    rows.map(of).find((value) => value !== undefined);
  const platforms = new Set(rows.flatMap((row) => row.platform ?? []));
  const times = rows.flatMap((row) => row.occurredAt ?? []);
  const subjects = rows.flatMap((row) =>
    row.subjects.map((subject) => ({ ...subject, platform: subject.platform ?? row.platform })),
  );
  return {
    platform: platforms.size === 1 ? first((row) => row.platform) : undefined,
    subjects,
    unclear: subjects.length > 0 ? undefined : first((row) => row.unclear),
    ips: rows.flatMap((row) => row.ips),
    occurredAt: times.reduce<Instant | undefined>((a, b) => (a === undefined || b < a ? b : a), undefined),
    userAgent: first((row) => row.userAgent),
    sessionId: first((row) => row.sessionId),
    evidence: rows.flatMap((row) => row.evidence),
    rowId: first((row) => row.rowId),
  };
}

/** Why a row has no subject, for who writes the rule or the template. */
export const noSubjectIn = (format: string, where: string, { unclear }: RowFacts): string =>
  unclear === undefined
    ? `${format}: no field of ${where} names an account by mail address or id; looked for src_user, actor.email, userPrincipalName, UserId, user.email, user and the like`
    : `${format}: ${where} names who acted in ${unclear}, which holds no mail address and no account id; let it keep the address`;

function whoActed(
  table: Table,
  platform: Platform | undefined,
): { readonly subjects: readonly NamedSubject[]; readonly unclear: string | undefined } {
  const vendorTenantId = platform === undefined ? undefined : textsOf(table, names.TENANTS[platform])[0];
  let unclear: string | undefined;
  for (const group of names.PEOPLE) {
    if (group.isTarget && unclear !== undefined) break;
    const named = group.fields.filter((field) => namesOf(table, field).length > 0);
    const texts = [
      ...named.flatMap((field) => namesOf(table, field)),
      ...(group.joins ?? []).map(([name, domain]) => textsOf(table, [name, domain]).join('@')),
    ];
    const mails = [...new Set(texts.flatMap((name) => addressOfPerson(name) ?? []))];
    const ids = textsOf(table, group.ids).flatMap((id) => accountIdOf(platform, id) ?? []);
    const app = textsOf(table, group.apps).flatMap((id) => accountIdOf('microsoft', id) ?? [])[0];
    if (mails.length > 0) {
      // An id that stands beside several addresses could be of any of them.
      const nativeId = mails.length === 1 ? ids[0] : undefined;
      return { subjects: mails.map((email) => ({ email, nativeId, vendorTenantId })), unclear: undefined };
    }
    if (ids.length > 0)
      return { subjects: [...new Set(ids)].map((nativeId) => ({ nativeId, vendorTenantId })), unclear: undefined };
    if (app !== undefined) return { subjects: [{ kind: 'app', nativeId: app, vendorTenantId }], unclear: undefined };
    unclear ??= named[0];
    if (group.isAlone && named.length > 0) break;
  }
  return { subjects: [], unclear };
}

const namesOf = (table: Table, field: string): readonly string[] =>
  (table.get(field) ?? []).flatMap((text) => namesIn(text)).filter((name) => !isNobody(name));

const textsOf = (table: Table, list: readonly string[]): readonly string[] =>
  list.flatMap((field) => table.get(field) ?? []);

function platformOfRow(table: Table): Platform | undefined {
  const has = (...list: readonly string[]): boolean => list.every((field) => table.has(field));
  if (has('action', 'actoruserid') || has('action', 'actortype', 'contextipaddress')) return 'slack';
  if (has('idapplicationname') || table.get('kind')?.[0] === 'admin#reports#activity') return 'google';
  if (
    has('operation', 'recordtype') ||
    has('operation', 'workload') ||
    has('userprincipalname') ||
    has('propertiesuserprincipalname') ||
    has('initiatedbyuseruserprincipalname')
  )
    return 'microsoft';
  return platformOf(...textsOf(table, names.PRODUCTS));
}

/** Fields whose text is the row itself, or a part of it, as JSON. */
const NESTED_TEXT = new Set(['auditdata', 'data', 'raw', 'message', 'eventoriginal', 'rawlog', 'logmessage']);

/** Every text of a row by the name of its path, in lower case and without separators; the elements of a list under one name. */
function tableOf(row: unknown): Table {
  const table = new Map<string, string[]>();
  const add = (path: string, value: unknown): void => {
    if (value === null || value === undefined) return;
    if (Array.isArray(value)) for (const one of value as readonly unknown[]) add(path, one);
    else if (typeof value === 'object') addFields(path, value);
    else if (typeof value === 'string' || typeof value === 'number') {
      const text = String(value).trim();
      const inner = NESTED_TEXT.has(path) ? objectIn(text) : undefined;
      // What is inside a text of the row is the row; inside `Data` of an Office alert it is the alert's own.
      if (inner) addFields(path === 'data' ? path : '', inner);
      else if (text !== '') put(table, path, text);
    }
  };
  const addFields = (path: string, value: object): void => {
    // Lists of names and values (`parameters` of Google, `ExtendedProperties` of Microsoft) are fields too.
    const { name, value: of } = value as { readonly name?: unknown; readonly value?: unknown };
    if (path !== '' && typeof name === 'string' && of !== undefined) add(`${path}${plainName(name)}`, of);
    for (const [key, inner] of Object.entries(value)) add(`${path}${plainName(key)}`, inner);
  };
  add('', row);
  return table;
}

function put(table: Map<string, string[]>, path: string, text: string): void {
  const list = table.get(path);
  if (list) list.push(text);
  else table.set(path, [text]);
}

const plainName = (key: string): string => key.toLowerCase().replace(/[^a-z0-9]/g, '');
