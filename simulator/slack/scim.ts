import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { setActive } from './acts.js';
import { Refusal } from './replies.js';
import type { Member, SlackState } from './state.js';
import type { Token } from './tokens.js';

export interface ScimOptions {
  readonly plan: string;
  /** How long a change takes to show. */
  readonly delayMs: number;
  /** False: the organisation has SCIM 1.1 only. */
  readonly v2: boolean;
}

const STATUS: Readonly<Record<string, number>> = {
  no_such_user: 404,
  missing_authentication: 401,
  invalid_authentication: 401,
  too_many_requests: 429,
};
const patchV1 = z.looseObject({ schemas: z.array(z.string()), active: z.boolean() }).transform((p) => p.active);
const patchV2 = z
  .looseObject({
    schemas: z.array(z.literal('urn:ietf:params:scim:api:messages:2.0:PatchOp')),
    Operations: z.tuple([z.looseObject({ op: z.literal('replace'), path: z.literal('active'), value: z.boolean() })]),
  })
  .transform((p) => p.Operations[0].value);

/** SCIM 1.1 and 2.0 Users: asynchronous changes, one writer per user, two error shapes, owners refused, 204 on DELETE. */
export function scimRoutes(
  app: FastifyInstance,
  state: SlackState,
  tokens: ReadonlyMap<string, Token>,
  options: ScimOptions,
): void {
  app.addContentTypeParser('application/scim+json', { parseAs: 'string' }, (_, body, done) =>
    done(null, JSON.parse(String(body))),
  );
  for (const version of ['v1', 'v2'] as const) {
    const guarded =
      (run: (request: FastifyRequest, reply: FastifyReply, token: Token) => unknown) =>
      (request: FastifyRequest, reply: FastifyReply) =>
        answer(reply, version, () => {
          return run(request, reply, authorise(request, tokens, version, options));
        });
    const path = `/scim/${version}/Users`;
    app.get(
      path,
      { config: { operation: 'scim.Users.list' } },
      guarded((request) => list(state, version, request.query as Record<string, string | undefined>)),
    );
    app.get(
      `${path}/:id`,
      { config: { operation: 'scim.Users.get' } },
      guarded((request) => resource(state, version, find(state, request))),
    );
    app.patch(
      `${path}/:id`,
      { config: { operation: 'scim.Users.patch' } },
      guarded((request, _, token) => {
        const parsed = (version === 'v1' ? patchV1 : patchV2).safeParse(request.body);
        if (!parsed.success) throw new Refusal('invalid_patch');
        const active = parsed.data;
        const member = change(state, token, find(state, request), active, options.delayMs, 'scim.Users.patch');
        return { ...resource(state, version, member), active };
      }),
    );
    app.delete(
      `${path}/:id`,
      { config: { operation: 'scim.Users.delete' } },
      guarded((request, reply, token) => {
        change(state, token, find(state, request), false, options.delayMs, 'scim.Users.delete');
        return reply.code(204).send();
      }),
    );
  }
}

function answer(reply: FastifyReply, version: 'v1' | 'v2', body: () => unknown): unknown {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const status = STATUS[error.code] ?? 403;
    void reply.code(status);
    if (status === 429) void reply.header('retry-after', '1');
    // A bad token is answered in the old shape by both versions.
    if (version === 'v1' || status === 401) return { Errors: { description: error.code, code: status } };
    return { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], detail: error.code, status };
  }
}

function authorise(
  request: FastifyRequest,
  tokens: ReadonlyMap<string, Token>,
  version: 'v1' | 'v2',
  { plan, v2 }: ScimOptions,
): Token {
  if (version === 'v2' && !v2) throw new Refusal('unsupported_version');
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (bearer === undefined) throw new Refusal('missing_authentication');
  const token = tokens.get(bearer);
  if (!token || token.ended) throw new Refusal('invalid_authentication');
  if (plan !== 'enterprise' && plan !== 'business') throw new Refusal('plus_teams_only');
  if (plan === 'enterprise' && token.installed === 'workspace') throw new Refusal('non_org_teams_only');
  if (token.kind !== 'user' || !token.scopes.has('admin')) throw new Refusal('permission_denied');
  return token;
}

function find(state: SlackState, request: FastifyRequest): Member {
  const member = state.member((request.params as { readonly id: string }).id);
  if (!member || member.homeTeam !== undefined) throw new Refusal('no_such_user');
  return member;
}

function change(
  state: SlackState,
  token: Token,
  member: Member,
  active: boolean,
  delayMs: number,
  operation: string,
): Member {
  if (member.changing && member.changing.until > state.world.now().getTime()) throw new Refusal('too_many_requests'); // the first write is still running
  if (member.primaryOwner) throw new Refusal('cannot_disable_primary_owner');
  if (member.admin && token.owner !== 'org_owner') throw new Refusal('cannot_modify_owner'); // a role above the token's
  if (member.kind === 'bot') throw new Refusal('cannot_disable_bot_user_with_scim');
  setActive(state, member, active, delayMs, operation);
  return member;
}

function list(state: SlackState, version: 'v1' | 'v2', query: Readonly<Record<string, string | undefined>>): unknown {
  const filter = /^(username|userName|email) eq "?([^"]+)"?$/.exec(query['filter'] ?? '');
  if (query['filter'] !== undefined && !filter) throw new Refusal('invalid_filter');
  const [start, count] = [Number(query['startIndex'] ?? '1'), Math.min(Number(query['count'] ?? '10'), 1000)];
  const all = state.members.filter(
    (m) =>
      m.kind !== 'bot' &&
      m.homeTeam === undefined &&
      (!filter || (filter[1] === 'email' ? m.email : m.key) === filter[2]),
  );
  const Resources = all.slice(start - 1, start - 1 + count).map((m) => resource(state, version, m));
  return { totalResults: all.length, itemsPerPage: Resources.length, startIndex: start, schemas: [], Resources };
}

const EXTENSION = {
  v1: 'urn:scim:schemas:extension:enterprise:1.0',
  v2: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
} as const;

function resource(state: SlackState, version: 'v1' | 'v2', member: Member): object {
  return {
    schemas: [version === 'v1' ? 'urn:scim:schemas:core:1.0' : 'urn:ietf:params:scim:schemas:core:2.0:User'],
    id: member.id,
    userName: member.key,
    displayName: member.name,
    active: state.shownActive(member),
    emails: [{ value: member.email, primary: true }],
    groups: [],
    ...(member.department === undefined ? {} : { [EXTENSION[version]]: { department: member.department } }),
  };
}
