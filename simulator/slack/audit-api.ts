import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AUDIT_ACTION_NAMES, AUDIT_GROUPS } from './audit-actions.js';
import { cursorAt, positionOf, Refusal } from './replies.js';
import type { SlackState } from './state.js';
import { strangely, type Strange } from './strange.js';
import type { Token } from './tokens.js';

export interface AuditOptions {
  readonly plan: string;
  readonly pageSize: number;
  readonly strange: Strange;
}

const STATUS: Readonly<Record<string, number>> = {
  missing_authentication: 401,
  invalid_authentication: 401,
  missing_scope: 403,
  user_not_authorized: 403,
  feature_not_enabled: 403,
  team_not_authorized: 403,
};

/** Audit Logs API: GET only, newest first, no `ok` on success, errors with a status. `/actions` and `/schemas` ask for no token. */
export function auditRoutes(
  app: FastifyInstance,
  state: SlackState,
  tokens: ReadonlyMap<string, Token>,
  options: AuditOptions,
): void {
  app.get('/audit/v1/actions', { config: { operation: 'audit.actions' } }, () => ({ actions: AUDIT_GROUPS }));
  app.get('/audit/v1/schemas', { config: { operation: 'audit.schemas' } }, () => ({
    schemas: ['user', 'file', 'channel', 'app', 'enterprise'].map((type) => ({
      type,
      [type]: { id: 'string', name: 'string' },
    })),
  }));
  app.get('/audit/v1/logs', { config: { operation: 'audit.logs' } }, (request, reply) =>
    answer(reply, () => {
      authorise(request, tokens, options.plan);
      const query = request.query as Record<string, string | undefined>;
      return strangely(options.strange, 'audit.logs', query['cursor'], logs(state, query, options.pageSize));
    }),
  );
}

function answer(reply: FastifyReply, body: () => unknown): unknown {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const status = STATUS[error.code] ?? 400;
    void reply.code(status);
    return { ok: false, error: error.code, ...error.extra };
  }
}

function authorise(request: FastifyRequest, tokens: ReadonlyMap<string, Token>, plan: string): void {
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (bearer === undefined) throw new Refusal('missing_authentication');
  const token = tokens.get(bearer);
  if (!token || token.ended) throw new Refusal('invalid_authentication');
  if (plan !== 'enterprise') throw new Refusal('feature_not_enabled');
  if (token.installed === 'workspace') throw new Refusal('team_not_authorized');
  if (token.kind !== 'user' || token.owner !== 'org_owner') throw new Refusal('user_not_authorized');
  if (!token.scopes.has('auditlogs:read'))
    throw new Refusal('missing_scope', { needed: 'auditlogs:read', provided: [...token.scopes].join(',') });
}

function logs(
  state: SlackState,
  query: Readonly<Record<string, string | undefined>>,
  pageSize: number,
): Readonly<Record<string, unknown>> {
  const names = query['action']?.split(',') ?? [];
  if (names.length > 30 || names.some((n) => !AUDIT_ACTION_NAMES.has(n))) throw new Refusal('invalid_action');
  const [oldest, latest] = [Number(query['oldest'] ?? '0'), Number(query['latest'] ?? Number.MAX_SAFE_INTEGER)];
  if (!Number.isInteger(oldest) || !Number.isInteger(latest) || oldest > latest) throw new Refusal('invalid_range');
  const all = [...state.visible(state.audit)]
    .filter((r) => names.length === 0 || names.includes(r.entry.action))
    .filter((r) => query['actor'] === undefined || r.actorId === query['actor'])
    .filter((r) => query['entity'] === undefined || r.entityId === query['entity'])
    .map((r) => r.entry)
    .sort((a, b) => b.date_create - a.date_create || (a.id < b.id ? -1 : 1));
  // The cursor is a place in all that matches actor, entity and action; the window is looked at anew with every page.
  const start = query['cursor'] ? positionOf(query['cursor']) : all.findIndex((e) => e.date_create <= latest);
  if (start < 0) return { entries: [], response_metadata: { next_cursor: '' } };
  const size = Math.min(Number(query['limit'] ?? '9999'), pageSize);
  let end = Math.min(start + size, all.length);
  while (end < all.length && all[end]?.date_create === all[end - 1]?.date_create) end++; // entries of one second stay together
  const entries = all.slice(start, end).filter((e) => e.date_create >= oldest && e.date_create <= latest);
  const more = (all[end]?.date_create ?? -1) >= oldest;
  return more ? { entries, response_metadata: { next_cursor: cursorAt(end) } } : { entries };
}
