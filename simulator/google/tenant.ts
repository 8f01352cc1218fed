import type { FastifyInstance } from 'fastify';
import { METHODS, type GoogleApi, type GoogleMethod } from '../../platforms/google/methods.js';
import type { ReceivedMessage, VendorSimulator } from '../core/server.js';
import type { Fault, World } from '../core/world.js';
import { isBlocked, type AccessLevel } from './access-levels.js';
import { Authority, googleCredentials } from './authority.js';
import type { File, User } from './entities.js';
import { EXCHANGE_OPERATION, federationRoutes, SIGN_OPERATION } from './federation.js';
import { denied, fail, isNewer, type Reply } from './replies.js';
import { accessRoutes } from './routes-access.js';
import { appRoutes, chatRoutes, type AppPost } from './routes-chat.js';
import { deviceRoutes } from './routes-devices.js';
import { directoryRoutes } from './routes-directory.js';
import { driveRoutes } from './routes-drive.js';
import { logRoutes } from './routes-logs.js';
import { mailAccessRoutes } from './routes-mail-access.js';
import { mailRoutes, type SentMail } from './routes-mail.js';
import { vaultRoutes } from './routes-vault.js';
import { Router } from './routing.js';
import { TenantState, type TenantOptions } from './state.js';

export interface GoogleTenant extends VendorSimulator {
  /** Service accounts, for taking scopes away and for ending tokens. */
  readonly authority: Authority;
  /** What people received. */
  readonly sentMails: readonly SentMail[];
  readonly appPosts: readonly AppPost[];
  /** The account of a person of the scenario, to be changed as an administrator would. */
  user(key: string): User;
  /** A file by its owner's id and its name. */
  file(owner: string, name: string): File;
  /** Takes a privilege (`privilegeOf`) from the role of the administrator who is acted as. */
  takePrivilege(privilege: string): void;
  /** The level that keeps addresses out, and a way to change it as an administrator would. */
  accessLevel(): AccessLevel;
  setAccessLevel(basic: AccessLevel['basic']): void;
}

const TOKEN_OPERATION = 'oauth.token';

/**
 * A Google Workspace tenant on loopback: token endpoint, Directory, Reports, Alert Center, Gmail, Drive and Chat on one
 * port. It knows the methods of the adapter's table and nothing else, and checks the scopes named there.
 */
export function createGoogleTenant(
  world: World,
  options: TenantOptions & { readonly pageSize?: number } = {},
): GoogleTenant {
  const state = new TenantState(world, options);
  const authority = new Authority(world, (email) => {
    const user = state.user(email);
    return user && user.deleted !== true ? (user.suspended ? 'suspended' : 'active') : undefined;
  });
  const router = new Router(world, state, authority, options.pageSize ?? 1000);
  const sentMails: SentMail[] = [];
  const appPosts: AppPost[] = [];
  directoryRoutes(router, state);
  logRoutes(router, state, googleCredentials(world).customerId);
  mailRoutes(router, state, sentMails);
  mailAccessRoutes(router, state);
  driveRoutes(router, state);
  accessRoutes(router, state);
  vaultRoutes(router, state);
  deviceRoutes(router, state);
  chatRoutes(router, state);
  appRoutes(router, state, appPosts);

  return {
    platform: 'google',
    authority,
    sentMails,
    appPosts,
    user: (key) => userOf(state, key),
    file: (owner, name) => fileOf(state, owner, name),
    takePrivilege: (privilege) => {
      state.privilegesTaken.add(privilege);
    },
    accessLevel: () => denyLevelOf(state),
    setAccessLevel: (basic) => {
      const level = denyLevelOf(state);
      state.accessLevels = state.accessLevels.map((l) => (l === level ? { ...l, basic } : l));
    },
    register(app) {
      tokenRoute(app, authority);
      federationRoutes(app, world);
      router.register(app);
      app.setNotFoundHandler(async (_, reply) => {
        await reply.code(404).type('text/html').send('<!DOCTYPE html><title>Error 404 (Not Found)!!1</title>');
      });
    },
    operationOf: (request) => router.operationOf(request),
    operationsAt: (route) => router.operationsAt(route),
    limitOf: (operation) => methodNamed(operation)?.limit,
    callerOf: (request) => authority.caller(request.headers.authorization)?.role,
    changesNothing: (operation) => [TOKEN_OPERATION, EXCHANGE_OPERATION, SIGN_OPERATION].includes(operation),
    faultReply: (fault, operation) => faultReply(fault, operation === EXCHANGE_OPERATION ? TOKEN_OPERATION : operation),
    inspect: (about) => inspect(state, about),
    messagesTo: (person) => messagesTo(world, person, sentMails, appPosts),
    grant: ({ role, scope, given }) => {
      if (given) authority.grant(role, scope);
      else authority.revoke(role, scope);
    },
  };
}

const methodNamed = (operation: string): GoogleMethod | undefined =>
  (Object.values(METHODS) as readonly GoogleMethod[]).find((m) => m.name === operation);

function tokenRoute(app: FastifyInstance, authority: Authority): void {
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) => {
    done(null, new URLSearchParams(String(body)));
  });
  app.post('/token', { config: { operation: TOKEN_OPERATION } }, async (request, reply) => {
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    const answer: Reply = await authority.token(form);
    await reply.code(answer.status).send(answer.body);
  });
}

function faultReply(
  fault: Fault,
  operation: string,
): { readonly status: number; readonly headers?: Record<string, string>; readonly body: unknown } {
  if (operation === TOKEN_OPERATION) {
    if (fault.kind === 'missing_scope')
      return { status: 401, body: { error: 'unauthorized_client', error_description: 'Client is unauthorized.' } };
    if (fault.kind === 'throttle' || fault.kind === 'throttle_without_header') {
      const headers = fault.kind === 'throttle' ? { 'retry-after': String(fault.retryAfterSeconds ?? 1) } : {};
      return { status: 429, headers, body: { error: 'rate_limit_exceeded' } };
    }
    return { status: 503, body: { error: 'internal_failure' } };
  }
  const api = methodNamed(operation)?.api ?? 'directory';
  const answer = faultAnswer(fault, api);
  return { status: answer.status, body: answer.body, headers: { ...answer.headers } };
}

function faultAnswer(fault: Fault, api: GoogleApi): Reply {
  if (fault.kind === 'throttle')
    return fail(api, 429, isNewer(api) ? 'RATE_LIMIT_EXCEEDED' : 'rateLimitExceeded', 'Quota exceeded.', {
      'retry-after': String(fault.retryAfterSeconds ?? 1),
    });
  if (fault.kind === 'throttle_without_header')
    // the older APIs say it with 403
    return isNewer(api)
      ? fail(api, 429, 'RATE_LIMIT_EXCEEDED', 'Quota exceeded.')
      : fail(api, 403, 'userRateLimitExceeded', 'User Rate Limit Exceeded');
  return fault.kind === 'missing_scope'
    ? denied(api)
    : fail(api, 503, isNewer(api) ? '' : 'backendError', 'Backend Error');
}

function messagesTo(
  world: World,
  key: string,
  mails: readonly SentMail[],
  posts: readonly AppPost[],
): readonly ReceivedMessage[] {
  const person = world.scenario.people[key];
  if (!person) return [];
  const links = (text: string): readonly string[] => text.match(/https?:\/\/[^\s"\\<>]+/g) ?? [];
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
      .filter((p) => p.to === world.nativeId('google', key))
      .map((p) => ({
        channel: 'google_chat' as const,
        at: p.at.toISOString(),
        text: cardText(p.body['cardsV2']),
        links: links(JSON.stringify(p.body)),
      })),
  ];
  return got.sort((a, b) => a.at.localeCompare(b.at));
}

/** Title and paragraphs of a card, one a line, without markup. */
function cardText(cards: unknown): string {
  const [first] = (cards ?? []) as readonly {
    readonly card?: {
      readonly header?: { readonly title?: string };
      readonly sections?: readonly {
        readonly widgets?: readonly { readonly textParagraph?: { readonly text?: string } }[];
      }[];
    };
  }[];
  const paragraphs = (first?.card?.sections ?? [])
    .flatMap((s) => s.widgets ?? [])
    .map((w) => w.textParagraph?.text ?? '');
  const plain = paragraphs
    .filter((p) => p !== '')
    .join('\n')
    .replace(/<br>/g, '\n')
    .replace(/&(lt|gt|amp);/g, (_, name: string) => ({ lt: '<', gt: '>', amp: '&' })[name] ?? '');
  return [first?.card?.header?.title ?? '', plain].join('\n');
}

function userOf(state: TenantState, key: string): User {
  const user = state.user(state.world.nativeId('google', key));
  if (!user) throw new Error(`@${key} is not in the Google tenant`);
  return user;
}

function fileOf(state: TenantState, owner: string, name: string): File {
  const file = state.files.find((f) => f.owner === owner && f.name === name);
  if (!file) throw new Error(`${owner} has no file ${name}`);
  return file;
}

function denyLevelOf(state: TenantState): AccessLevel {
  const { blockLevel } = googleCredentials(state.world);
  const level = state.accessLevels.find((l) => l.name === blockLevel);
  if (!level) throw new Error('the Google tenant has no deny level');
  return level;
}

/** `@key`, `app:key`, `ip:key`. */
function inspect(state: TenantState, about: string): Record<string, string | number | boolean> {
  const { world } = state;
  const name = about.replace(/^(@|app:|ip:)/, '');
  if (about.startsWith('app:'))
    return { grants: state.visible(state.grants).filter((g) => g.clientId === world.appId(name)).length };
  if (about.startsWith('ip:')) return { blocked: isBlocked(denyLevelOf(state), world.ip(name)) };
  if (!about.startsWith('@')) return {};
  const user = userOf(state, name);
  const outside = state.files
    .filter((f) => f.owner === user.id)
    .flatMap((f) => f.permissions)
    .filter((p) => p.type === 'anyone' || (p.emailAddress !== undefined && !p.emailAddress.endsWith('@example.com')));
  const access = (list: string): number =>
    state.visible(state.mailAccess).filter((a) => a.owner === user.id && a.list === list).length;
  return {
    suspended: user.suspended,
    sessionsRevoked: user.sessionsRevokedAt !== undefined,
    passwordChanged: user.passwordChangedAt !== undefined,
    tokens: state.visible(state.grants).filter((g) => g.userId === user.id).length,
    appPasswords: state.appPasswords.filter((a) => a.userId === user.id).length,
    backupCodes: user.backupCodes,
    filters: state.visible(state.filters).filter((f) => f.owner === user.id).length,
    delegates: access('delegates'),
    sendAs: access('sendAs'),
    forwardingAddresses: access('forwardingAddresses'),
    forwards: state.forwarding.get(user.id)?.enabled ?? false,
    externalShares: outside.length,
    trashedFiles: state.files.filter((f) => f.owner === user.id && f.trashed).length,
    holds: state.holds.filter((h) => h.accountIds.includes(user.id)).length,
    blockedDevices: state.devices.filter((d) => d.userId === user.id && d.state === 'BLOCKED').length,
  };
}
