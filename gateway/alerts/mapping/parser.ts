import { QuellError } from '../../../domain/errors.js';
import type { Alert } from '../../../domain/alert.js';
import type { Platform } from '../../../domain/platform.js';
import { Fields, isTooMuch } from '../kit/fields.js';
import { lookingFor, type AlertParser, type AlertParts, type NamedSubject } from '../kit/parser.js';
import { instantOf, severalOf, severityOf, techniques } from '../kit/values.js';
import { Budget, type Expression } from './expression.js';
import type { Mapping } from './file.js';

/** A format that an operator taught by a file. Errors of its parser: ALERT_FORMAT that names the field whose expression fails. */
export function parserOfMapping(mapping: Mapping): AlertParser {
  // The alerts of one body share its time.
  const budgets = new WeakMap<object, Budget>();
  const budgetOf = ({ value }: Fields): Budget => {
    if (typeof value !== 'object' || value === null) return new Budget();
    const budget = budgets.get(value) ?? new Budget();
    budgets.set(value, budget);
    return budget;
  };
  return {
    taught: mapping.text,
    looksLike: (body) => budgetOf(body).spend(() => isTrue(valueOf(body, 'match', mapping.match))),
    split: (body) => {
      const budget = budgetOf(body);
      const parts = budget.spend(() => split(mapping, body));
      for (const { value } of parts) if (typeof value === 'object' && value !== null) budgets.set(value, budget);
      return parts;
    },
    read: (alert) => {
      const budget = budgetOf(alert);
      const { lookedFor = () => [], ...parts } = budget.spend(() => read(mapping, alert));
      return { ...parts, lookedFor: () => budget.spend(lookedFor) };
    },
  };
}

function split({ split: path }: Mapping, body: Fields): readonly Fields[] {
  if (path === undefined) return [body];
  const found = valueOf(body, 'split', path);
  if (!Array.isArray(found))
    throw new QuellError('ALERT_FORMAT', `mapping: split (${path.text}) gives no list of alerts`);
  return (found as readonly unknown[]).map((one) => body.holding(one, `${path.text}[]`));
}

function read(mapping: Mapping, f: Fields): AlertParts {
  const text = (field: string, path: Expression | undefined): string | undefined =>
    path && textsOf(f, field, path).at(0);
  const all = (field: string, paths: readonly Expression[] = []): readonly string[] =>
    paths.flatMap((path) => textsOf(f, field, path));
  const { zone } = mapping;
  const raw = text('severity', mapping.severity?.from);
  const platform = platformOf(mapping, f);
  return {
    dedupeKey: text('dedupeKey', mapping.dedupeKey),
    groupKey: text('groupKey', mapping.groupKey),
    state: stateOf(text('state', mapping.state?.from), mapping),
    platform,
    ...lookingFor(f, (inner) => mapping.subjects.flatMap((subject, n) => subjectsOf(inner, subject, n))),
    noSubject: 'mapping: no expression of subjects gives a mail address, or an account id with its platform',
    title: text('title', mapping.title),
    severity: inTable(raw, mapping.severity?.table) ?? mapping.severity?.otherwise ?? severityOf(raw),
    severityRaw: raw,
    occurredAt: instantOf(text('occurredAt', mapping.occurredAt), zone),
    detectedAt: instantOf(text('detectedAt', mapping.detectedAt), zone),
    ips: all('addresses', mapping.addresses),
    userAgent: text('userAgent', mapping.userAgent),
    sessionId: text('session', mapping.session),
    evidence: mapping.evidence.flatMap(({ type, value }, n) =>
      textsOf(f, `evidence.${n}.value`, value).map((found) => ({ type, value: found })),
    ),
    attack: techniques(all('attack', mapping.attack)),
    link: text('link', mapping.link),
  };
}

type SubjectMapping = Mapping['subjects'][number];

function subjectsOf(f: Fields, mapping: SubjectMapping, n: number): readonly NamedSubject[] {
  const { each } = mapping;
  if (each === undefined) return named(f, mapping, n);
  const found = valueOf(f, `subjects.${n}.each`, each);
  if (found === undefined || found === null) return [];
  return (Array.isArray(found) ? (found as readonly unknown[]) : [found]).flatMap((one) =>
    named(f.holding(one, `${each.text}[]`), mapping, n),
  );
}

/** Names and ids of lists of the same length are of the same people in the same order; else nobody knows which go together. */
function named(
  f: Fields,
  { email, nativeId, domain, platform, kind }: SubjectMapping,
  n: number,
): readonly NamedSubject[] {
  const of = (name: string, path: Expression | undefined): readonly string[] =>
    path ? severalOf(textsOf(f, `subjects.${n}.${name}`, path)) : [];
  const [emails, ids, suffix] = [of('email', email), of('nativeId', nativeId), of('domain', domain)[0]];
  const rest = { kind, platform };
  if (emails.length === ids.length)
    return emails.map((one, at) => ({ ...rest, email: one, nativeId: ids[at], domain: suffix }));
  return [
    ...emails.map((one) => ({ ...rest, email: one, domain: suffix })),
    ...ids.map((one) => ({ ...rest, nativeId: one })),
  ];
}

function stateOf(raw: string | undefined, { state }: Mapping): Alert['state'] {
  const own = (['new', 'update', 'closed'] as const).find((one) => one === raw?.toLowerCase());
  return inTable(raw, state?.table) ?? state?.otherwise ?? (state?.table ? undefined : own) ?? 'new';
}

function platformOf({ platform }: Mapping, f: Fields): Platform | undefined {
  if (platform === undefined || typeof platform === 'string') return platform;
  return inTable(textsOf(f, 'platform', platform.from).at(0), platform.table);
}

/** Words of a table are the same in either case. */
function inTable<T>(raw: string | undefined, table: Readonly<Record<string, T>> | undefined): T | undefined {
  if (raw === undefined || table === undefined) return undefined;
  return Object.entries(table).find(([word]) => word.toLowerCase() === raw.toLowerCase())?.[1];
}

/** The texts that an expression gives: its value, or those of the list that it is. What is looked at is noted as it stands in the file. */
function textsOf(f: Fields, field: string, path: Expression): readonly string[] {
  const value = f.hides(path.text) ? undefined : valueOf(f, field, path);
  // A value that was made of the body may be larger than it.
  const texts = isTooMuch(value) ? [] : new Fields({ value }).texts('value');
  if (texts.length === 0) f.note(path.text, undefined);
  for (const text of texts) f.note(path.text, text);
  return texts;
}

function valueOf(f: Fields, field: string, path: Expression): unknown {
  try {
    return path.evaluate(f.value);
  } catch (error) {
    if (error instanceof QuellError) throw error;
    // The words of the library may hold the sender's values.
    throw new QuellError('ALERT_FORMAT', `mapping: the expression of ${field} (${path.text}) fails on this body`);
  }
}

/** As JMESPath means it: false, null, empty text, empty list and empty object are not true. */
function isTrue(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return value !== undefined && value !== null && value !== false && value !== '';
}
