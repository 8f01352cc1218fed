/** The part of OData that Graph's logs and directory take: filters of comparisons, and/or, parentheses, any() and startswith(). */

export type Entity = Readonly<Record<string, unknown>>;
type Test = (row: unknown) => boolean;

/** A filter that the service would not take; becomes 400. */
export class FilterError extends Error {}

const TOKEN = /\s*(?:('(?:[^']|'')*')|([()=:,])|([^\s()':,]+))/y;

/**
 * Compiles a `$filter`. `allowed` gives the operators that the real endpoint supports per property; any other is refused.
 */
export function compileFilter(text: string, allowed: Readonly<Record<string, readonly string[]>>): Test {
  const tokens = tokenize(text);
  let at = 0;
  const peek = (): string | undefined => tokens[at];
  const take = (expected?: string): string => {
    const token = tokens[at++];
    if (token === undefined || (expected !== undefined && token.toLowerCase() !== expected))
      throw new FilterError(`Invalid filter clause at ${String(at)}`);
    return token;
  };

  function either(scope: Scope): Test {
    let left = both(scope);
    while (peek()?.toLowerCase() === 'or') {
      take();
      const [a, b] = [left, both(scope)];
      left = (row) => a(row) || b(row);
    }
    return left;
  }
  function both(scope: Scope): Test {
    let left = one(scope);
    while (peek()?.toLowerCase() === 'and') {
      take();
      const [a, b] = [left, one(scope)];
      left = (row) => a(row) && b(row);
    }
    return left;
  }
  function one(scope: Scope): Test {
    if (peek() === '(') {
      take('(');
      const inner = either(scope);
      take(')');
      return inner;
    }
    const word = take();
    if (word.toLowerCase() === 'startswith') return startsWith(scope);
    if (/\/any$/i.test(word)) return any(word.slice(0, -4), scope);
    return compare(word, scope);
  }
  function startsWith(scope: Scope): Test {
    take('(');
    const path = scope.path(take(), 'startswith');
    take(',');
    const prefix = literal(take());
    take(')');
    return (row) => lower(value(row, path)).startsWith(lower(prefix));
  }
  function any(list: string, scope: Scope): Test {
    const path = scope.path(list, 'any');
    take('(');
    const variable = take();
    take(':');
    const inner = either(elementScope(variable));
    take(')');
    return (row) => {
      const items = value(row, path);
      return Array.isArray(items) && items.some((item) => inner(item));
    };
  }
  function compare(word: string, scope: Scope): Test {
    const operator = take().toLowerCase();
    const path = scope.path(word, operator);
    const wanted = literal(take());
    const check = COMPARE[operator];
    if (!check) throw new FilterError(`Unsupported operator ${operator}`);
    return (row) => check(order(value(row, path), wanted));
  }

  const test = either({
    path: (word, operator) => {
      if (!allowed[word]?.includes(operator)) throw new FilterError(`Unsupported Query: ${word} ${operator}`);
      return word.split('/');
    },
  });
  if (peek() !== undefined) throw new FilterError('Invalid filter clause');
  return test;
}

interface Scope {
  path(word: string, operator: string): readonly string[];
}

function elementScope(variable: string): Scope {
  return {
    path: (word) => {
      const [head, ...rest] = word.split('/');
      if (head !== variable) throw new FilterError(`Unknown range variable ${word}`);
      return rest;
    },
  };
}

const COMPARE: Readonly<Record<string, (order: number) => boolean>> = {
  eq: (o) => o === 0,
  ne: (o) => o !== 0,
  ge: (o) => o >= 0,
  le: (o) => o <= 0,
  gt: (o) => o > 0,
  lt: (o) => o < 0,
};

function tokenize(text: string): readonly string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length && text.slice(TOKEN.lastIndex).trim() !== '') {
    const match = TOKEN.exec(text);
    if (!match) throw new FilterError('Invalid filter clause');
    tokens.push(match[1] ?? match[2] ?? match[3] ?? '');
  }
  return joinTimes(tokens);
}

/** `2026-01-02T03`, `:`, `04`, `:`, `05.000Z` back into one time. */
function joinTimes(tokens: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (const token of tokens) {
    const last = joined.at(-1) ?? '';
    if (/^\d{4}-\d\d-\d\dT\d\d(:\d\d)?$/.test(last) && token === ':') joined[joined.length - 1] = `${last}:`;
    else if (/^\d{4}-\d\d-\d\dT\d\d:(\d\d:)?$/.test(last)) joined[joined.length - 1] = last + token;
    else joined.push(token);
  }
  return joined;
}

function literal(token: string): string {
  return token.startsWith("'") ? token.slice(1, -1).replaceAll("''", "'") : token;
}

function value(row: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (v, key) => (v !== null && typeof v === 'object' ? (v as Record<string, unknown>)[key] : undefined),
    row,
  );
}

function lower(v: unknown): string {
  return typeof v === 'string' ? v.toLowerCase() : JSON.stringify(v);
}

/** Times as times, everything else as text without case. */
function order(a: unknown, b: string): number {
  if (a === undefined || a === null) return b === 'null' ? 0 : Number.NaN;
  if (/^\d{4}-\d\d-\d\dT/.test(b)) return Math.sign(Date.parse(lower(a)) - Date.parse(b));
  return lower(a) === lower(b) ? 0 : lower(a) < lower(b) ? -1 : 1;
}

interface PageRequest {
  readonly rows: readonly Entity[];
  readonly query: Readonly<Record<string, string | undefined>>;
  /** Absolute address of the collection as the real service writes it, without query. */
  readonly address: string;
  readonly defaultTop: number;
  readonly maxTop: number;
  readonly now: Date;
  readonly repeats?: boolean;
}

const TOKEN_LASTS_MS = 3_600_000;

/** One page with an opaque, expiring skip token and an absolute nextLink. */
export function pageOf(request: PageRequest): {
  readonly value: readonly Entity[];
  readonly '@odata.nextLink'?: string;
} {
  const token = request.query['$skiptoken'];
  const offset = token === undefined ? 0 : offsetOf(token, request.now);
  const asked = Number(request.query['$top'] ?? request.defaultTop);
  const top = Math.min(Number.isInteger(asked) && asked > 0 ? asked : request.defaultTop, request.maxTop);
  const value = request.rows.slice(request.repeats ? Math.max(0, offset - 1) : offset, offset + top);
  if (offset + top >= request.rows.length) return { value };
  const next = Buffer.from(JSON.stringify([offset + top, request.now.getTime() + TOKEN_LASTS_MS])).toString(
    'base64url',
  );
  const kept = Object.entries(request.query).filter(([k, v]) => k !== '$skiptoken' && v !== undefined);
  const search = [...kept.map(([k, v]) => `${k}=${encodeURIComponent(v ?? '')}`), `$skiptoken=${next}`].join('&');
  return { value, '@odata.nextLink': `${request.address}?${search}` };
}

function offsetOf(token: string, now: Date): number {
  try {
    const [offset, until] = JSON.parse(Buffer.from(token, 'base64url').toString()) as [unknown, unknown];
    if (typeof offset === 'number' && typeof until === 'number' && until > now.getTime()) return offset;
  } catch {
    // falls through: not one of ours
  }
  throw new FilterError('Invalid continuation token passed.');
}
