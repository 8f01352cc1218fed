import type { Alert, AlertSubject } from '../../domain/alert.js';
import { QuellError } from '../../domain/errors.js';
import { bodies, readPart, unread } from './index.js';
import { alertOf } from './kit/alert-of.js';
import type { Fields, Look } from './kit/fields.js';
import { type AlertContext, type AlertParser } from './kit/parser.js';
import { pathsOf } from './kit/refusal.js';
import { instantOf, mailOf } from './kit/values.js';

/** One field of an alert as it would be read, and the paths of the body without which it would be another. */
export interface ExplainedField {
  readonly name: string;
  readonly value: string;
  readonly from: readonly string[];
}

/** What would be read of one alert of a body. */
export interface ExplainedAlert {
  readonly fields: readonly ExplainedField[];
  readonly subjects: readonly ExplainedField[];
  /** Paths that the parser looked at, and nothing was there, by where they are: `''` is the top. */
  readonly notFound: readonly { readonly at: string; readonly names: readonly string[] }[];
  /** Why it would be refused. */
  readonly problems: readonly string[];
  /** Authentic, and nothing to do: a building block, what its detector has closed. */
  readonly idle: boolean;
}

/** Every alert of a body as it would be read; a body of another format is one alert with nothing but its problem. */
export function explainAlerts(value: object, parser: AlertParser, context: AlertContext): readonly ExplainedAlert[] {
  const own = { ...context, parser };
  return bodies(value).flatMap((body) => {
    try {
      return unread(body, own).map((part) => explained(part, parser, own));
    } catch (error) {
      return [refused(error)];
    }
  });
}

function explained(part: Fields, parser: AlertParser, context: AlertContext): ExplainedAlert {
  const refusals: QuellError[] = [];
  const read = readPart(part, context, refusals);
  const problems = refusals.map((p) => p.message);
  const looks: Look[] = [];
  const short = viewOf(part.watched(looks), parser, context);
  const whole = viewOf(part, parser, context);
  if (!short || !whole)
    return { fields: [], subjects: [], notFound: missing(looks), problems, idle: problems.length === 0 };
  // A path is where a field comes from when the field is another without it.
  const without = [...new Set(looks.flatMap(({ path, text }) => (text === undefined ? [] : path)))].map(
    (path) => [path, viewOf(part.watched([], path), parser, context)] as const,
  );
  const fieldOf = (
    name: string,
    value: string,
    get: (view: View) => string | undefined,
    isSame = (text: string) => text === value || text.toLowerCase() === value || instantOf(text) === value,
  ): ExplainedField => {
    const caused = without.flatMap(([path, view]) => (view && get(view) !== get(short) ? [path] : []));
    return { name, value, from: caused.length > 0 ? caused : pathsOf(part.value, isSame) };
  };
  return {
    fields: Object.entries(whole.fields).map(([name, text]) => fieldOf(name, text, (view) => view.fields[name])),
    subjects: whole.subjects.map((s, n) =>
      n < MAX_TRACED
        ? fieldOf(
            s.kind,
            nameOf(s),
            (view) => view.subjects.map(nameOf).find((one) => one === nameOf(s)),
            (text) => text === s.nativeId || mailOf(text) === (s.email ?? ''),
          )
        : { name: s.kind, value: nameOf(s), from: [] },
    ),
    notFound: missing(looks),
    problems,
    idle: problems.length === 0 && read.every(({ alert }) => alert.state === 'closed'),
  };
}

/** Of so many subjects it is found out where they come from: each is looked for in all of the body. */
const MAX_TRACED = 50;

interface View {
  readonly fields: Readonly<Record<string, string>>;
  readonly subjects: readonly AlertSubject[];
}

/** What is read of an alert, also of one that would be refused; undefined for what is none. */
function viewOf(part: Fields, parser: AlertParser, context: AlertContext): View | undefined {
  try {
    const parts = parser.read(part, context);
    if (!parts) return undefined;
    const { state = 'new', dedupeKey = '' } = parts;
    // What is closed is refused for nothing.
    const alert = alertOf(context, { ...parts, dedupeKey: dedupeKey.slice(0, 1_000), state: 'closed' });
    return { fields: shown({ ...alert, state }, parts.occurredAt), subjects: alert.subjects };
  } catch (error) {
    if (error instanceof QuellError) return undefined;
    throw error;
  }
}

/** Each with its value; a time that came from nowhere is not one that was read. */
function shown(alert: Alert, occurredAt: string | undefined): Readonly<Record<string, string>> {
  const {
    dedupeKey,
    groupKey,
    state,
    platform,
    title,
    severity,
    severityRaw,
    ips,
    userAgent,
    sessionId,
    attack,
    link,
  } = alert;
  const all: Readonly<Record<string, string | undefined>> = {
    identity: dedupeKey,
    group: groupKey,
    state,
    platform,
    title,
    severity:
      severityRaw === undefined || severityRaw.toLowerCase() === severity ? severity : `${severity} (${severityRaw})`,
    occurredAt: occurredAt ?? 'when it was received',
    addresses: ips.join(', '),
    userAgent,
    session: sessionId,
    evidence: alert.evidence.map(({ type, value }) => `${type} ${value}`).join(', '),
    attack: attack.join(', '),
    link,
  };
  return Object.fromEntries(Object.entries(all).flatMap(([name, text]) => (text ? [[name, text]] : [])));
}

const nameOf = ({ email, nativeId, platform, vendorTenantId }: AlertSubject): string =>
  [
    email,
    nativeId === undefined ? undefined : `${platform ?? ''} ${nativeId}`,
    vendorTenantId && `tenant ${vendorTenantId}`,
  ]
    .filter((text) => text !== undefined && text !== '')
    .join(', ');

function missing(looks: readonly Look[]): ExplainedAlert['notFound'] {
  const found = new Set(looks.flatMap(({ path, text }) => (text === undefined ? [] : path)));
  const groups = new Map<string, string[]>();
  for (const path of new Set(looks.map((look) => look.path))) {
    if (found.has(path)) continue;
    const end = path.lastIndexOf('.');
    const [at, name] = [path.slice(0, Math.max(0, end)), path.slice(end + 1)];
    const names = groups.get(at);
    if (names) names.push(name);
    else groups.set(at, [name]);
  }
  return [...groups].map(([at, names]) => ({ at, names }));
}

function refused(error: unknown): ExplainedAlert {
  if (!(error instanceof QuellError)) throw error;
  return { fields: [], subjects: [], notFound: [], problems: [error.message], idle: false };
}
