import { Refusal } from './replies.js';
import type { Member, SlackState } from './state.js';
import type { Strange } from './strange.js';
import type { Token } from './tokens.js';

export interface Refused {
  readonly operation: string;
  readonly code: string;
  readonly when: 'before' | 'after';
}
export interface WebOptions {
  readonly plan: string;
  readonly pageSize: number;
  /** Refusals on demand, each used once. */
  readonly refusals: Refused[];
  /** Other workspaces of the organisation, with the code that each refuses our tokens with, if it does. Nothing of the scenario is in them. */
  readonly workspaces: Readonly<Record<string, string | undefined>>;
  readonly strange: Strange;
}
export interface Call {
  readonly args: Args;
  readonly token: Token;
  readonly state: SlackState;
  readonly options: WebOptions;
}
export type Method = (call: Call) => Readonly<Record<string, unknown>>;

/** Arguments as text, whatever way they came. */
export class Args {
  constructor(private readonly values: ReadonlyMap<string, string>) {}
  names(): Iterable<string> {
    return this.values.keys();
  }
  text(name: string): string | undefined {
    const value = this.values.get(name);
    return value === '' ? undefined : value;
  }
  need(name: string, code = 'invalid_arguments'): string {
    const value = this.text(name);
    if (value === undefined)
      throw new Refusal(code, { response_metadata: { messages: [`[ERROR] missing required field: ${name}`] } });
    return value;
  }
  number(name: string, otherwise: number): number {
    const value = Number(this.text(name) ?? otherwise);
    if (!Number.isFinite(value)) throw new Refusal('invalid_arguments');
    return value;
  }
  flag(name: string): boolean {
    return ['true', '1'].includes(this.text(name) ?? '');
  }
  /** Lists come as JSON or with commas. */
  list(name: string): readonly string[] {
    const value = this.text(name) ?? '';
    return value.startsWith('[') ? (JSON.parse(value) as string[]) : value.split(',').filter((v) => v !== '');
  }
  json(name: string): unknown {
    const value = this.text(name);
    return value === undefined ? undefined : (JSON.parse(value) as unknown);
  }
}

/** The bot of an app, as messages name it. */
export const BOT_ID = 'B0SIMULATED';

export function needScopes({ token }: Call, scopes: readonly string[]): void {
  const missing = scopes.filter((s) => !token.scopes.has(s));
  if (missing.length > 0)
    throw new Refusal('missing_scope', { needed: missing.join(','), provided: [...token.scopes].join(',') });
}

/** Tokens of an organisation must say which workspace. True for the one in which the scenario plays. */
export function team({ args, state, options }: Call, code = 'missing_argument'): boolean {
  const where = args.text('team_id');
  if (where === undefined && options.plan === 'enterprise') throw new Refusal(code);
  if (where === undefined || where === state.own.teamIds[0]) return true;
  if (!Object.hasOwn(options.workspaces, where)) throw new Refusal('team_not_found');
  const refusal = options.workspaces[where];
  if (refusal !== undefined) throw new Refusal(refusal);
  return false;
}

/** An account that an administrator of ours can act on; one of another organisation is none. */
export function member(call: Call, id: string): Member {
  const found = human(call, id);
  if (found.homeTeam !== undefined) throw new Refusal('user_not_found');
  return found;
}

export function human({ state }: Call, id: string): Member {
  const member = state.member(id);
  if (!member) throw new Refusal('user_not_found');
  return member;
}

export function size({ args, options }: Call, name: string, otherwise: number): number {
  return Math.max(1, Math.min(args.number(name, otherwise), options.pageSize));
}

/** Paging by page number, as the older methods do. */
export function numbered<T>(
  call: Call,
  rows: readonly T[],
): {
  readonly rows: readonly T[];
  readonly paging: { readonly count: number; readonly total: number; readonly page: number; readonly pages: number };
} {
  const [count, page] = [size(call, 'count', 100), call.args.number('page', 1)];
  return {
    rows: rows.slice((page - 1) * count, page * count),
    paging: { count, total: rows.length, page, pages: Math.max(1, Math.ceil(rows.length / count)) },
  };
}

export function unix(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}
