import type { FastifyInstance } from 'fastify';
import { OPERATIONS, type MicrosoftOperation } from '../../platforms/microsoft/operations.js';
import { licensed, type MicrosoftLicences } from '../../platforms/microsoft/settings.js';
import { limitsOf } from '../core/limits.js';
import type { ReceivedMessage, VendorSimulator } from '../core/server.js';
import type { Fault, World } from '../core/world.js';
import { Authority } from './auth.js';
import type { Entity } from './odata.js';
import { denied, fail, type Reply } from './replies.js';
import { alertRoutes } from './routes-alerts.js';
import { auditRoutes } from './routes-audit.js';
import { contentRoutes } from './routes-content.js';
import { deviceRoutes } from './routes-devices.js';
import { directoryRoutes } from './routes-directory.js';
import { factorRoutes } from './routes-factors.js';
import { logRoutes } from './routes-logs.js';
import { mailRoutes, type SentMail } from './routes-mail.js';
import { riskOf, securityRoutes } from './routes-security.js';
import { BotCaller, teamsRoutes, type ActivityNotice, type BotPost } from './routes-teams.js';
import { Router } from './routing.js';
import { deviceId, machineId } from './rows.js';
import { TenantState } from './state.js';

export interface MicrosoftTenant extends VendorSimulator {
  /** App registrations, for taking permissions away and for certificates. */
  readonly authority: Authority;
  /** Started subscriptions of the Management Activity API. */
  readonly subscriptions: Set<string>;
  /** What people received. */
  readonly sentMails: readonly SentMail[];
  readonly botPosts: readonly BotPost[];
  readonly notices: readonly ActivityNotice[];
  /** Names of operations whose every page leads to itself. */
  readonly loops: Set<string>;
  /** So many edits of a location find that it is not known everywhere yet. */
  readonly lag: { namedLocation: number };
  /** Presses buttons as Teams would deliver it. */
  readonly bot: BotCaller;
}

const TOKEN_OPERATION = 'POST /oauth2/v2.0/token';

/**
 * A Microsoft tenant on loopback: Entra, Graph, Management Activity API, Defender and Bot Connector on one port.
 * It knows the operations of the adapter's table and nothing else, and checks the permissions named there.
 */
export function createMicrosoftTenant(
  world: World,
  options: {
    readonly pageSize?: number;
    readonly auditSearch?: 'v1.0' | 'beta';
    readonly licences?: MicrosoftLicences;
  } = {},
): MicrosoftTenant {
  const state = new TenantState(world);
  const has = licensed(options.licences);
  const authority = new Authority(world, has);
  const loops = new Set<string>();
  const oddRows = (operation: string): readonly Entity[] =>
    state
      .visible(state.rows.odd_row)
      .flatMap(({ fields }) => (fields.operation === operation ? [fields.row as Entity] : []));
  const router = new Router(world, authority, options.pageSize ?? 1000, has, { oddRows, loops });
  const subscriptions = new Set(['Audit.General', 'Audit.SharePoint', 'Audit.Exchange']);
  const sentMails: SentMail[] = [];
  const botPosts: BotPost[] = [];
  const notices: ActivityNotice[] = [];
  const lag = { namedLocation: 0 };
  const bot = new BotCaller(state);
  directoryRoutes(router, state, authority);
  factorRoutes(router, state);
  logRoutes(router, state);
  alertRoutes(router, state);
  auditRoutes(router, state, subscriptions, { version: options.auditSearch ?? 'v1.0', premium: has.auditPremium });
  contentRoutes(router, state);
  mailRoutes(router, state, sentMails);
  securityRoutes(router, state, lag);
  deviceRoutes(router, state);
  teamsRoutes(router, state, botPosts, notices);

  return {
    platform: 'microsoft',
    authority,
    subscriptions,
    sentMails,
    botPosts,
    notices,
    loops,
    lag,
    bot,
    register(app) {
      tokenRoute(app, authority);
      bot.register(app);
      router.register(app);
      app.setNotFoundHandler(async (_, reply) => {
        const answer = fail(404, 'ResourceNotFound', 'Resource not found for the segment.');
        await reply.code(answer.status).send(answer.body);
      });
    },
    operationOf: (request) => router.operationOf(request),
    operationsAt: (route) => router.operationsAt(route),
    changesNothing: (operation) => operation === TOKEN_OPERATION,
    limitOf: limitsOf(OPERATIONS),
    callerOf: (request) => authority.clientOf(request.headers.authorization),
    // Identity Protection and Conditional Access answer 429 without Retry-After.
    saysNoWait: (operation) =>
      (Object.values(OPERATIONS) as readonly MicrosoftOperation[]).some(
        (o) => o.name === operation && o.limit.bucket === 'microsoft identity',
      ),
    faultReply: (fault, operation) => faultReply(fault, operation),
    inspect: (about) => inspect(state, about),
    messagesTo: (person) => messagesTo(world, person, sentMails, botPosts),
    grant: ({ role, scope, given }) => {
      if (given) authority.grant(role, scope);
      else authority.revoke(role, scope);
    },
  };
}

function tokenRoute(app: FastifyInstance, authority: Authority): void {
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) => {
    done(null, new URLSearchParams(String(body)));
  });
  app.post('/:tenantId/oauth2/v2.0/token', { config: { operation: TOKEN_OPERATION } }, async (request, reply) => {
    const { tenantId } = request.params as { tenantId: string };
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    const answer: Reply = await authority.token(tenantId, form);
    await reply.code(answer.status).send(answer.body);
  });
}

function faultReply(
  fault: Fault,
  operation: string,
): { readonly status: number; readonly headers?: Record<string, string>; readonly body: unknown } {
  const api =
    (Object.values(OPERATIONS) as readonly MicrosoftOperation[]).find((o) => o.name === operation)?.api ?? 'graph';
  const answer = ((): Reply => {
    switch (fault.kind) {
      case 'throttle':
        return fail(429, api === 'manage' ? 'AF429' : 'TooManyRequests', 'Too many requests', api, {
          'retry-after': String(fault.retryAfterSeconds ?? 1),
        });
      case 'throttle_without_header':
        return fail(429, 'TooManyRequests', 'Too many requests', api);
      case 'missing_scope':
        return denied(api);
      default:
        return fail(
          503,
          api === 'manage' ? 'AF50000' : 'serviceNotAvailable',
          'The service is temporarily unavailable',
          api,
        );
    }
  })();
  return { status: answer.status, body: answer.body, headers: { ...answer.headers } };
}

function messagesTo(
  world: World,
  key: string,
  mails: readonly SentMail[],
  posts: readonly BotPost[],
): readonly ReceivedMessage[] {
  const person = world.scenario.people[key];
  if (!person) return [];
  const links = (text: string): readonly string[] => text.match(/https?:\/\/[^\s"\\]+/g) ?? [];
  const got = [
    ...mails
      .filter((m) => m.to.toLowerCase() === person.email.toLowerCase())
      .map((m) => ({
        channel: 'mail' as const,
        at: m.at.toISOString(),
        text: `${m.subject}\n\n${m.text}`,
        links: links(m.text),
      })),
    ...posts
      .filter((p) => p.to === world.nativeId('microsoft', key))
      .map((p) => {
        const card = JSON.stringify(p.activity['attachments'] ?? []);
        return {
          channel: 'teams' as const,
          at: p.at.toISOString(),
          text: cardText(p.activity),
          links: links(card).filter((l) => !l.startsWith('http://adaptivecards.io/')),
        };
      }),
  ];
  return got.sort((a, b) => a.at.localeCompare(b.at));
}

/** The text blocks of a card, one a line, without their escapes. */
function cardText(activity: Readonly<Record<string, unknown>>): string {
  const cards = activity['attachments'] as
    readonly { readonly content?: { readonly body?: readonly { readonly text?: string }[] } }[] | undefined;
  const blocks = (cards ?? []).flatMap((c) => c.content?.body ?? []);
  return blocks.map((b) => (b.text ?? '').replace(/\\(.)/g, '$1')).join('\n');
}

/** `@key`, `app:key`, `ip:key`, `device:name`. */
function inspect(state: TenantState, about: string): Record<string, string | number | boolean> {
  const { world } = state;
  const name = about.replace(/^(@|app:|ip:|device:)/, '');
  if (about.startsWith('@')) {
    const user = state.user(world.nativeId('microsoft', name));
    if (!user) throw new Error(`${about} is not in the Microsoft tenant`);
    const files = new Set(state.items.filter((i) => i.owner === user.id && !i.removed).map((i) => i.id));
    const outside = state.permissions.filter(
      (p) => files.has(p.itemId) && /"scope":"anonymous"|urn:spo:guest/.test(JSON.stringify(p.body)),
    );
    return {
      enabled: user.enabled,
      sessionsRevoked: user.sessionsValidFrom >= world.startedAt,
      passwordChanged: user.passwordChanged >= world.startedAt,
      confirmedCompromised: riskOf(state, user) === 'confirmedCompromised',
      grants: state.visible(state.grants).filter((g) => g.principalId === user.id).length,
      factors: state.visible(state.factors).filter((f) => f.owner === user.id).length,
      mailRules: state.visible(state.rules).filter((r) => r.owner === user.id && r.isEnabled).length,
      externalShares: outside.length,
    };
  }
  if (about.startsWith('app:')) {
    const app = state.appBy(world.appId(name));
    return { removed: !app.enabled, grants: state.visible(state.grants).filter((g) => g.clientId === app.id).length };
  }
  if (about.startsWith('ip:')) {
    const ip = world.ip(name);
    const listed = state.locations
      .filter((l) => !l.isTrusted)
      .some((l) => l.ranges.some((r) => r['cidrAddress'] === `${ip}/32` || r['cidrAddress'] === `${ip}/128`));
    return { blocked: listed || state.indicators.some((i) => i.value === ip && i.action === 'Block') };
  }
  const last = state.machineActions.filter((a) => a.machineId === machineId(name)).at(-1);
  const managed = state.managedDevices.find((d) => d.deviceId === deviceId(name));
  return {
    disabled: state.devices.some((d) => d.deviceId === deviceId(name) && !d.enabled),
    isolated: last?.type === 'Isolate',
    locked: managed?.results.some((r) => r.actionName === 'remoteLock') ?? false,
    retired: managed?.results.some((r) => r.actionName === 'retire') ?? false,
  };
}
