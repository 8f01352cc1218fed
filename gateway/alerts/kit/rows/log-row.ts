import type { Alert } from '../../../../domain/alert.js';
import { objectIdOf } from '../../../../domain/account-names.js';
import { instantOf } from '../../../../domain/instants.js';
import type { Instant, Platform } from '../../../../domain/platform.js';
import type { Fields } from '../fields.js';
import { looksOf, type AlertParts, type NamedSubject } from '../parser.js';
import { platformOf, severalOf } from '../values.js';
import * as names from './field-names.js';
import { accountIdOf, addressOfPerson, clientsIn, isNobody } from './people.js';
import { Table } from './table.js';

/** What a row of a log says of who acted, from where and when. */
export interface RowFacts {
  readonly platform: Platform | undefined;
  /** Who acted; the account that it was done to only where nobody is named who did it. */
  readonly subjects: readonly NamedSubject[];
  readonly ips: readonly string[];
  readonly occurredAt: Instant | undefined;
  readonly userAgent: string | undefined;
  readonly sessionId: string | undefined;
  readonly evidence: readonly { readonly type: Alert['evidence'][number]['type']; readonly value: string }[];
  /** The log's own id of the row. */
  readonly rowId: string | undefined;
}

const LOOKED_FOR: readonly string[] = ['src_user', 'actor.email', 'userPrincipalName', 'UserId', 'user.email', 'user'];

/**
 * Reads a row of a log in its vendor's own fields: a Slack audit entry, a record of Office 365, a sign-in or audit row of Entra, an
 * activity of Google, or the flat row that a pipeline made of one. `lookedFor` is what a sender is told that names an actor, of all the
 * spellings. Linear in the size of the row.
 */
export function factsOfRow(row: Fields, lookedFor = LOOKED_FOR): RowFacts {
  const table = new Table(row);
  const text = (list: readonly string[]): string | undefined => table.texts(list)[0];
  const platform = platformOfRow(table);
  const qualifier = text(['iduniquequalifier']);
  return {
    platform,
    subjects: whoActed(table, platform, lookedFor),
    ips: clientsIn(table.texts(names.ADDRESSES)),
    occurredAt: table
      .texts(names.TIMES)
      .map((t) => instantOf(t))
      .find((t) => t !== undefined),
    userAgent: text(names.CLIENTS),
    sessionId: text(names.SESSIONS),
    evidence: [
      ...table.texts(names.FILES).map((value) => ({ type: 'file' as const, value })),
      ...table.texts(names.ACTIONS).map((value) => ({ type: 'query' as const, value })),
    ],
    rowId: qualifier === undefined ? text(names.IDS) : `${text(['idtime']) ?? ''}:${qualifier}`,
  };
}

/** Those who acted, of what `factsOfRow` says, where nothing else is asked. */
export function actorsOfRow(row: Fields): RowFacts['subjects'] {
  const table = new Table(row);
  return whoActed(table, platformOfRow(table), LOOKED_FOR);
}

/** Where those who acted are looked for in the rows of an alert. */
export const looksInRows = (
  f: Fields,
  rowsOf: (f: Fields) => readonly Fields[],
  lookedFor = LOOKED_FOR,
): NonNullable<AlertParts['lookedFor']> =>
  looksOf(f, (g) => {
    for (const row of rowsOf(g)) whoActed(new Table(row), undefined, lookedFor);
  });

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
    ips: rows.flatMap((row) => row.ips),
    occurredAt: times.reduce<Instant | undefined>((a, b) => (a === undefined || b < a ? b : a), undefined),
    userAgent: first((row) => row.userAgent),
    sessionId: first((row) => row.sessionId),
    evidence: rows.flatMap((row) => row.evidence),
    rowId: first((row) => row.rowId),
  };
}

function whoActed(table: Table, platform: Platform | undefined, lookedFor: readonly string[]): readonly NamedSubject[] {
  const tenant = names.LOGS.find((log) => log.platform === platform)?.tenant ?? [];
  const [vendorTenantId] = table.texts(tenant);
  let isUnclear = false;
  for (const group of names.PEOPLE) {
    // Somebody acted, and the row does not say who: not whom it was done to.
    if (group.isTarget && isUnclear) break;
    const [people, idTexts, appTexts] = [table.texts(group.fields), table.texts(group.ids), table.texts(group.apps)];
    const pairs = (group.joins ?? []).filter((pair) => table.has(...pair));
    // Most rows have nothing of most groups, and there may be thousands of rows.
    if (people.length + idTexts.length + appTexts.length + pairs.length === 0) continue;
    const named = severalOf(people).filter((name) => !isNobody(name));
    const texts = [...named, ...pairs.map((pair) => table.texts(pair).join('@'))];
    const mails = [...new Set(texts.flatMap((name) => addressOfPerson(name) ?? []))];
    const ids = idTexts.flatMap((id) => accountIdOf(platform, id) ?? []);
    const app = appTexts.flatMap((id) => objectIdOf(id) ?? [])[0];
    if (mails.length > 0) {
      // An id that stands beside several addresses could be of any of them.
      const nativeId = mails.length === 1 ? ids[0] : undefined;
      return mails.map((email) => ({ email, nativeId, vendorTenantId }));
    }
    if (ids.length > 0) return [...new Set(ids)].map((nativeId) => ({ nativeId, vendorTenantId }));
    if (app !== undefined) return [{ kind: 'app', nativeId: app, vendorTenantId }];
    isUnclear ||= named.length > 0;
    if (group.isAlone && named.length > 0) break;
  }
  table.missed(lookedFor);
  return [];
}

function platformOfRow(table: Table): Platform | undefined {
  const [kind] = table.texts(['kind']);
  const log = names.LOGS.find(
    (one) => one.marks.some((mark) => table.has(...mark)) || (kind !== undefined && one.kind === kind),
  );
  return log?.platform ?? platformOf(...table.texts(names.PRODUCTS));
}
