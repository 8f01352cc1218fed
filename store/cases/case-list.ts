import type { Pool } from 'pg';
import { z } from 'zod';
import type { Verdict } from '../../domain/case.js';
import { jsonOf } from '../../domain/json.js';
import { SEVERITIES, type Platform, type Severity } from '../../domain/platform.js';
import { query } from '../postgres/connection.js';
import { COLUMNS, entryOf, type CaseEntry, type CaseRow } from './case-entry.js';

/** Which cases; what is absent asks for nothing. */
export interface CaseFilter {
  readonly open?: boolean;
  /** Open ones with a task for one of the roles, or with a plan that one of them may decide and the person has not. */
  readonly waitsFor?: { readonly roles: readonly string[]; readonly personId?: string };
  readonly severity?: Severity;
  readonly verdict?: Verdict;
  readonly platform?: Platform;
  /** The beginning of the id of a case, its subject, its incident or one of its alerts; of each the first thousand. */
  readonly id?: string;
  /** Words, or how they begin, that all stand in its row: stage, how it closed, verdict, severity, platforms, detectors. */
  readonly search?: string;
  readonly subjectIds?: readonly string[];
  /** Whoever reads the list is not shown the cases about themselves. */
  readonly notSubjectIds?: readonly string[];
}

/** `newest` and `oldest` by their opening; `due`: whose soonest wait ends first. */
export const CASE_ORDERS = ['newest', 'oldest', 'updated', 'severity', 'due'] as const;
export type CaseOrder = (typeof CASE_ORDERS)[number];

export interface CasePage {
  readonly cases: readonly CaseEntry[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: string;
}

export interface CaseCounts {
  readonly open: number;
  readonly closed: number;
  readonly waiting: number;
}

/** Each ends with what makes it one order of all cases. */
const ORDERS: Readonly<Record<CaseOrder, { readonly key: string; readonly type: string; readonly down: boolean }>> = {
  newest: { key: 'c.opened_at', type: 'timestamptz', down: true },
  oldest: { key: 'c.opened_at', type: 'timestamptz', down: false },
  updated: { key: 'c.updated_at', type: 'timestamptz', down: true },
  severity: { key: 'c.severity', type: 'smallint', down: true },
  due: { key: `COALESCE(c.due_at, 'infinity')`, type: 'timestamptz', down: false },
};

/** A page of a list by keyset: it takes as long at the end as at the beginning, and shows no case twice. Errors: those of `query`; a cursor that is none gives the first page. */
export async function listCases(
  database: Pool,
  filter: CaseFilter,
  { order = 'newest', after, limit }: { readonly order?: CaseOrder; readonly after?: string; readonly limit: number },
): Promise<CasePage> {
  const { key, type, down } = ORDERS[order];
  const way = down ? 'DESC' : 'ASC';
  const { rows: found } = await query<CaseRow & Place>(
    database,
    `SELECT ${COLUMNS}, to_json(${key}) #>> '{}' AS place, to_json(c.opened_at) #>> '{}' AS opened FROM cases c WHERE ${conditions(filter)}
       AND ($10::text IS NULL OR (${key}, c.opened_at, c.case_id) ${down ? '<' : '>'} ($10::${type}, $11::timestamptz, $12::text))
     ORDER BY ${key} ${way}, c.opened_at ${way}, c.case_id ${way} LIMIT $13`,
    [...valuesOf(filter), ...cursorOf(order, after), limit + 1],
  );
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  return {
    cases: shown.map(entryOf),
    ...(last === undefined || found.length <= limit ? {} : { next: cursorAt(order, last) }),
  };
}

/** How many the filter finds of each kind, whatever it says of open ones; `waiting` for whom `person` is. */
export async function countCases(
  database: Pool,
  { open: _, ...filter }: CaseFilter,
  person: NonNullable<CaseFilter['waitsFor']>,
): Promise<CaseCounts> {
  const count = (is: string): string => `(SELECT count(*)::int FROM cases c WHERE ${conditions(filter)} AND ${is})`;
  const { rows } = await query<CaseCounts>(
    database,
    `SELECT ${count('c.closed_at IS NULL')} AS open, ${count('c.closed_at IS NOT NULL')} AS closed, ${count(waiting(10))} AS waiting`,
    [...valuesOf(filter), person.roles, person.personId],
  );
  return rows[0] ?? { open: 0, closed: 0, waiting: 0 };
}

/** Each value has its place, whether or not the conditions ask for it. */
const valuesOf = ({ severity, verdict, platform, ...filter }: CaseFilter): readonly unknown[] => [
  severity && SEVERITIES.indexOf(severity),
  ...[verdict, platform, filter.notSubjectIds, filter.subjectIds, filter.id],
  ...[filter.waitsFor?.roles, filter.waitsFor?.personId, wordsOf(filter.search)],
];

/** As the server reads a search: nothing of it is an operator. */
const wordsOf = (search: string | undefined): string | undefined =>
  search
    ?.toLowerCase()
    .match(/[\p{L}\p{N}-]+/gu)
    ?.map((word) => `'${word}':*`)
    .join(' & ');

/** As constants and not as values where an index depends on it. */
const conditions = ({ open, waitsFor, id, subjectIds, search }: CaseFilter): string =>
  [
    ...(open === undefined ? [] : [`c.closed_at IS ${open ? '' : 'NOT '}NULL`]),
    `($1::smallint IS NULL OR c.severity = $1)`,
    `($2::text IS NULL OR c.verdict = $2)`,
    `($3::text IS NULL OR $3 = ANY (c.platforms))`,
    `($4::text[] IS NULL OR c.subject_id <> ALL ($4))`,
    subjectIds === undefined ? `$5::text[] IS NULL` : `c.subject_id = ANY ($5::text[])`,
    id === undefined ? `$6::text IS NULL` : BY_ID,
    // Under row security the server has no statistics of words and takes any for rare; of COALESCE it expects half, and goes along the order.
    search === undefined ? `$9::text IS NULL` : `COALESCE(c.words @@ $9::tsquery, false)`,
    waitsFor === undefined ? `$7::text[] IS NULL AND $8::text IS NULL` : waiting(7),
  ].join(' AND ');

/** Whoever asks for so much has not said which. */
const FOUND_AT_MOST = 1_000;

const begins = (table: string, column: string): string =>
  `(SELECT case_id, opened_at FROM ${table} WHERE ${column} >= $6::text AND ${column} < $6::text || chr(1114111) ORDER BY ${column} LIMIT ${FOUND_AT_MOST})`; // up to the last sign of all

const BY_ID = `(c.case_id, c.opened_at) IN (${[
  begins('cases', 'case_id'),
  begins('cases', 'subject_id'),
  begins('cases', 'incident_id'),
  begins('case_alerts', 'alert_id'),
].join(' UNION ALL ')})`;

/** For the roles of one value, and the person of the next. */
const waiting = (n: number): string =>
  `c.closed_at IS NULL AND (c.task_roles && $${n}::text[] OR EXISTS (
    SELECT FROM plan_waits p WHERE p.case_id = c.case_id AND p.roles <> '{}' AND p.roles && $${n}::text[] AND ($${n + 1}::text IS NULL OR $${n + 1} <> ALL (p.decided_by))))`;

/** Where a case stands, to the last digit that the server has. */
interface Place {
  readonly place: string;
  readonly opened: string;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d(:\d\d)?$/;

/** Of an order and the last case of a page: key, opening and id. */
const Cursor = z.tuple([z.enum(CASE_ORDERS), z.string().max(40), z.string().regex(INSTANT), z.string().max(200)]);

const cursorAt = (order: CaseOrder, row: CaseRow & Place): string =>
  Buffer.from(JSON.stringify([order, row.place, row.opened, row.case_id] satisfies z.infer<typeof Cursor>)).toString(
    'base64url',
  );

function cursorOf(order: CaseOrder, after: string | undefined): readonly (string | undefined)[] {
  const { data } = Cursor.safeParse(jsonOf(Buffer.from(after ?? '', 'base64url').toString('utf8')));
  if (data?.[0] !== order || !FITS[ORDERS[order].type]?.test(data[1])) return [undefined, undefined, undefined];
  return data.slice(1);
}

/** What a cursor may hold, which comes from whoever reads the list: what the server would not take as the type would be an error. */
const FITS: Readonly<Record<string, RegExp>> = {
  timestamptz: new RegExp(`${INSTANT.source}|^infinity$`),
  smallint: /^\d$/,
};
