import type { RateLimit } from '../../platforms/operation.js';
import { OPERATIONS } from '../../platforms/slack/methods.js';
import type { VendorSimulator } from '../core/server.js';
import type { Fault, World } from '../core/world.js';
import { auditRoutes } from './audit-api.js';
import type { Refused } from './call.js';
import { buttonsFor, messagesTo, pressRequest, sentFormRequest } from './interactivity.js';
import { viewOf, type OpenModal } from './modals.js';
import { responseRoutes } from './response-url.js';
import { scimRoutes } from './scim.js';
import { SlackState } from './state.js';
import { nothingStrange, type Strange } from './strange.js';
import { tokensOf, tokenStore, type Token } from './tokens.js';
import { METHODS, methodOf, webRoutes } from './web-api.js';

export { slackCredentials, type SlackCredentials } from './tokens.js';

export interface SlackTenantOptions {
  readonly plan?: 'free' | 'pro' | 'business' | 'enterprise';
  /** No page of any list is longer. */
  readonly pageSize?: number;
  /** How long a SCIM change takes to show, milliseconds. */
  readonly scimDelayMs?: number;
  /** False: SCIM 1.1 only. */
  readonly scimV2?: boolean;
  /** Scopes that no token has. */
  readonly without?: readonly string[];
  /** Where presses of buttons are posted. */
  readonly callbackUrl?: string;
  /** Other workspaces of the organisation; with a code where they refuse our tokens, as one does in which the app is not approved. */
  readonly workspaces?: Readonly<Record<string, string | undefined>>;
}

export interface SlackTenant extends VendorSimulator {
  readonly state: SlackState;
  /** Tokens with their scopes, which tests may take away. */
  readonly tokens: ReadonlyMap<string, Token>;
  /** Codes with which the next calls of a method are refused; `after`: the effect is there all the same, as Slack says of `internal_error`. */
  readonly refusals: Refused[];
  /** Odd rows and lists that lead to themselves, on demand. */
  readonly strange: Strange;
  callbackUrl: string | undefined;
  /** Texts that only the one who pressed saw, oldest first. */
  readonly whispered: readonly string[];
  /** Buttons of our messages to a person, newest last. */
  buttons(person: string): ReturnType<typeof buttonsFor>;
  /** A person presses a button of a message of ours: the signed payload goes to the callback address, whose status comes back. */
  press(person: string, messageTs: string, actionId: string): Promise<number>;
  /** Forms that a person has before them, newest last. */
  forms(person: string): readonly OpenModal[];
  /** A person fills in the newest form and sends it, signed, to the callback address, whose status comes back. The form does what the answer says. */
  sendForm(person: string, entries: Readonly<Record<string, string>>): Promise<number>;
}

/** Most of Slack's methods are called by POST, also those that only read. */
const READS = new Set<string>(Object.values(OPERATIONS).flatMap((o) => (o.writes ? [] : [o.name])));

const LIMITS = new Map<string, RateLimit>(Object.values(OPERATIONS).map((o) => [o.name, o.limit]));

/** A Slack organisation on loopback: Web API, Audit Logs API, SCIM and the addresses of presses on one port (`/api/`, `/audit/v1/`, `/scim/`, `/hooks/`). */
export function createSlackTenant(world: World, options: SlackTenantOptions = {}): SlackTenant {
  const state = new SlackState(world);
  const tokens = tokenStore(world);
  for (const scope of options.without ?? []) for (const token of tokens.values()) token.scopes.delete(scope);
  const refusals: SlackTenant['refusals'] = [];
  const whispered: string[] = [];
  const plan = options.plan ?? 'enterprise';
  const pageSize = options.pageSize ?? 1000;
  const strange = nothingStrange();
  return {
    platform: 'slack',
    state,
    tokens,
    refusals,
    strange,
    whispered,
    callbackUrl: options.callbackUrl,
    register(app) {
      webRoutes(app, state, tokens, { plan, pageSize, refusals, strange, workspaces: options.workspaces ?? {} });
      auditRoutes(app, state, tokens, { plan, pageSize, strange });
      responseRoutes(app, state, whispered);
      scimRoutes(app, state, tokens, { plan, delayMs: options.scimDelayMs ?? 100, v2: options.scimV2 ?? true });
    },
    operationOf: (request) => methodOf(request) || undefined,
    operationsAt: (route) => (route.endsWith(' /api/:method') ? Object.keys(METHODS) : []),
    changesNothing: (operation) => READS.has(operation),
    limitOf: (operation) => LIMITS.get(operation),
    faultReply,
    inspect: (about) => inspect(state, about),
    messagesTo: (person) => messagesTo(state, person),
    grant: ({ role, token, scope, given }) => {
      for (const { scopes } of tokensOf(world, tokens, role, token)) {
        if (given) scopes.add(scope);
        else scopes.delete(scope);
      }
    },
    buttons: (person) => buttonsFor(state, person),
    async press(person, messageTs, actionId) {
      return (await callBack(this.callbackUrl, pressRequest(state, person, messageTs, actionId))).status;
    },
    forms: (person) => state.modals.of(world.nativeId('slack', person)),
    async sendForm(person, entries) {
      const modal = this.forms(person).at(-1);
      if (!modal) throw new Error(`${person} has no form`);
      const response = await callBack(this.callbackUrl, sentFormRequest(state, modal, entries));
      const answer = (await response.json().catch(() => ({}))) as { readonly response_action?: string; view?: unknown };
      if (answer.response_action === 'update') modal.view = viewOf(answer.view);
      else if (response.ok) state.modals.close(modal);
      return response.status;
    },
  };
}

/** Slack waits three seconds. */
async function callBack(
  url: string | undefined,
  { body, headers }: ReturnType<typeof pressRequest>,
): Promise<Response> {
  if (url === undefined) throw new Error('no callback address is set');
  return await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(3000) });
}

function faultReply(
  fault: Fault,
  operation: string,
): { readonly status: number; readonly headers?: Record<string, string>; readonly body: unknown } {
  const family = operation.startsWith('scim.') ? 'scim' : operation.startsWith('audit.') ? 'audit' : 'web';
  const body = (code: string, status: number, extra: object = {}): unknown =>
    family === 'scim' ? { Errors: { description: code, code: status } } : { ok: false, error: code, ...extra };
  if (fault.kind === 'throttle' || fault.kind === 'throttle_without_header') {
    const headers = fault.kind === 'throttle' ? { 'retry-after': String(fault.retryAfterSeconds ?? 1) } : {};
    const code = { scim: 'too_many_requests', audit: 'rate_limited', web: 'ratelimited' }[family];
    return { status: 429, headers, body: body(code, 429) };
  }
  if (fault.kind === 'missing_scope') {
    if (family === 'scim') return { status: 403, body: body('permission_denied', 403) };
    const extra = { needed: fault.scope ?? '', provided: '' };
    return { status: family === 'web' ? 200 : 403, body: body('missing_scope', 403, extra) };
  }
  return { status: 503, body: body('service_unavailable', 503) };
}

/** `@key`, `app:key`, `file:NAME`; `ip:key` has nothing to show. */
function inspect(state: SlackState, about: string): Record<string, string | number | boolean> {
  const { world } = state;
  const name = about.replace(/^(@|app:|file:|ip:)/, '');
  if (about.startsWith('@')) {
    const member = state.member(world.nativeId('slack', name));
    if (!member) throw new Error(`${about} is not in the Slack organisation`);
    return {
      active: member.active,
      sessions: state.liveSessions(member.id).length,
      tokens: state.visible(state.grants).filter((g) => g.user === member.id).length,
      channels: state.channels.filter((c) => c.type !== 'im' && c.members.has(member.id)).length,
      publicFiles: state.visible(state.files).filter((f) => f.owner === member.id && f.public && !f.deleted).length,
      admin: member.admin,
    };
  }
  if (about.startsWith('app:')) {
    const app = state.apps.find((a) => a.id === world.appId(name));
    if (!app) throw new Error(`${about} is not an app of the Slack organisation`);
    return {
      installed: state.isInstalled(app),
      restricted: app.resolution === 'restricted',
      approved: app.resolution === 'approved',
      tokens: state.visible(state.grants).filter((g) => g.app === app.id).length,
    };
  }
  if (about.startsWith('file:')) {
    const file = state.files.find((f) => f.name === name);
    if (!file) throw new Error(`${about} is not a file of the Slack organisation`);
    return { public_url_shared: file.public, deleted: file.deleted };
  }
  return {};
}
