import type { FastifyInstance, FastifyRequest } from 'fastify';
import { OPERATIONS, type SlackOperation } from '../../platforms/slack/methods.js';
import { checkArguments } from './arguments.js';
import { Args, needScopes, type Call, type Method, type WebOptions } from './call.js';
import { adminMethods } from './methods-admin.js';
import { contentMethods } from './methods-content.js';
import { talkMethods } from './methods-talk.js';
import { Refusal } from './replies.js';
import type { SlackState } from './state.js';
import { strangely } from './strange.js';
import type { Token } from './tokens.js';

/** Methods that check scopes themselves: what they need depends on what is asked for. */
const BY_THEMSELVES = new Set([
  'users.info',
  'users.list',
  'users.conversations',
  'conversations.info',
  'conversations.history',
  'conversations.replies',
  'auth.test',
]);
/** Methods of the simulated Web API. */
export const METHODS: Readonly<Record<string, Method>> = { ...adminMethods, ...contentMethods, ...talkMethods };

/** `/api/<method>` by POST form, POST JSON and GET. Always 200; the code says what went wrong. */
export function webRoutes(
  app: FastifyInstance,
  state: SlackState,
  tokens: ReadonlyMap<string, Token>,
  options: WebOptions,
): void {
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) =>
    done(null, new URLSearchParams(String(body))),
  );
  app.route({
    method: ['GET', 'POST'],
    url: '/api/:method',
    handler: (request, reply) => {
      const values = valuesOf(request);
      const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? values.get('token');
      const token = tokens.get(bearer ?? '');
      if (token) void reply.header('x-oauth-scopes', [...token.scopes].join(','));
      try {
        if (bearer === undefined) throw new Refusal('not_authed');
        if (!token) throw new Refusal('invalid_auth');
        if (token.ended) throw new Refusal(token.ended);
        void reply.header('x-accepted-oauth-scopes', acceptedBy(methodOf(request), token).join(','));
        return { ok: true, ...run(methodOf(request), { args: new Args(values), token, state, options }) };
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return { ok: false, error: error.code, ...error.extra };
      }
    },
  });
}

export function methodOf(request: FastifyRequest): string {
  return (request.params as { readonly method?: string }).method ?? '';
}

function run(name: string, call: Call): Readonly<Record<string, unknown>> {
  const method = METHODS[name];
  if (!method) throw new Refusal('unknown_method', { req_method: name });
  const known = operationsOf(name);
  const ofOrganisation = known.every((o) => o.plan === 'enterprise');
  if (ofOrganisation && call.options.plan !== 'enterprise') throw new Refusal('feature_not_enabled');
  if (!known.some((o) => fits(o, call.token))) throw new Refusal('not_allowed_token_type');
  if (!BY_THEMSELVES.has(name)) needScopes(call, acceptedBy(name, call.token));
  if (ofOrganisation && call.token.installed === 'workspace')
    throw new Refusal(
      name.startsWith('admin.apps.') ? 'app_management_app_not_installed_on_org' : 'feature_not_enabled',
    );
  const { refusals } = call.options;
  const refused = refusals.find((r) => r.operation === name);
  if (refused) refusals.splice(refusals.indexOf(refused), 1);
  if (refused?.when === 'before') throw new Refusal(refused.code);
  checkArguments(name, call.args.names());
  const answer = strangely(call.options.strange, name, call.args.text('cursor'), method(call));
  if (refused) throw new Refusal(refused.code);
  return answer;
}

const operationsOf = (name: string): readonly SlackOperation[] =>
  (Object.values(OPERATIONS) as readonly SlackOperation[]).filter((o) => o.name === name);
/** Any token may ask about itself. */
const fits = (operation: SlackOperation, token: Token): boolean =>
  operation.name === 'auth.test' || (operation.token === 'bot') === (token.kind === 'bot');
const acceptedBy = (name: string, token: Token): readonly string[] =>
  operationsOf(name).find((o) => fits(o, token))?.scopes ?? [];

function valuesOf(request: FastifyRequest): ReadonlyMap<string, string> {
  const { query, body } = request;
  const pairs: readonly (readonly [string, unknown])[] = [
    ...Object.entries(query ?? {}),
    ...(body instanceof URLSearchParams ? [...body] : Object.entries(body ?? {})),
  ];
  return new Map(pairs.map(([k, v]) => [k, typeof v === 'string' ? v : JSON.stringify(v)] as const));
}
