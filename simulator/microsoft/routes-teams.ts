import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { exportJWK, SignJWT, type JWK } from 'jose';
import { OPERATIONS } from '../../platforms/microsoft/operations.js';
import { microsoftCredentials } from './auth.js';
import type { Entity } from './odata.js';
import { badRequest, created, fail, noContent, notFound, ok } from './replies.js';
import type { Router } from './routing.js';
import { guid } from './rows.js';
import type { TenantState } from './state.js';

/** What the manifest of the Teams app asks of the chats that it is in. */
const CHAT_CONSENT = 'ChatMessage.Read.Chat';

/** A card that the bot posted to a person. */
export interface BotPost {
  readonly id: string;
  readonly to: string;
  readonly chatId: string;
  readonly at: Date;
  readonly activity: Readonly<Record<string, unknown>>;
}

/** An entry in a person's activity feed. */
export interface ActivityNotice {
  readonly to: string;
  readonly chainId: number;
  readonly preview: string;
}

/** The bot's chats: installed per person, posted to by the connector, readable by Graph. */
export function teamsRoutes(router: Router, state: TenantState, posts: BotPost[], notices: ActivityNotice[]): void {
  const { teamsAppId, people } = microsoftCredentials(state.world);
  const installed = new Set<string>();
  const installationId = (userId: string): string => guid(`installation:${userId}`);
  const chatId = (userId: string): string => `19:${userId}_${people.clientId}@unq.gbl.spaces`;
  const personOf = (chat: string | undefined): string | undefined => [...installed].find((id) => chatId(id) === chat);

  router.on(OPERATIONS.installedApps, (call) => {
    const user = state.user(call.params['id']);
    if (!user) return notFound();
    return router.collection(
      call,
      installed.has(user.id)
        ? [
            {
              id: installationId(user.id),
              teamsApp: { id: teamsAppId, displayName: 'Quell' },
              consentedPermissionSet: {
                resourceSpecificPermissions: call.app.resourceSpecific.map((permissionValue) => ({
                  permissionValue,
                  permissionType: 'application',
                })),
              },
            },
          ]
        : [],
      { filter: { 'teamsApp/id': ['eq'] } },
    );
  });
  router.on(OPERATIONS.installApp, (call) => {
    const user = state.user(call.params['id']);
    if (!user) return notFound();
    if (!String(call.body['teamsApp@odata.bind']).endsWith(`/appCatalogs/teamsApps/${teamsAppId}`))
      return badRequest('Unknown teamsApp.');
    const { consentedPermissionSet: consent } = call.body as {
      consentedPermissionSet?: {
        resourceSpecificPermissions?: { permissionValue?: string; permissionType?: string }[];
      };
    };
    const agreed = consent?.resourceSpecificPermissions ?? [];
    if (!agreed.some((p) => p.permissionValue === CHAT_CONSENT && p.permissionType === 'application'))
      return badRequest('The app requires consent to resource-specific permissions.');
    if (installed.has(user.id)) return fail(409, 'Conflict', 'The requested app is already installed.');
    installed.add(user.id);
    return created(undefined);
  });
  router.on(OPERATIONS.botChat, (call) => {
    const user = state.user(call.params['id']);
    return user && installed.has(user.id) && installationId(user.id) === call.params['installationId']
      ? ok({ id: chatId(user.id), chatType: 'oneOnOne' })
      : notFound();
  });
  router.on(OPERATIONS.chatHistory, (call) => {
    const own = posts.filter((p) => p.chatId === call.params['id']);
    if (personOf(call.params['id']) === undefined) return fail(403, 'Forbidden', 'InsufficientPrivileges');
    return router.collection(
      call,
      [...own].reverse().map((p) => messageOf(p, people.clientId)),
      { top: 20, maxTop: 50 },
    );
  });
  router.on(OPERATIONS.notifyActivity, (call) => {
    const user = state.user(call.params['id']);
    if (!user) return notFound();
    const {
      topic,
      activityType,
      previewText,
      chainId,
      teamsAppId: app,
    } = call.body as {
      topic?: { source?: string; value?: string; webUrl?: string };
      activityType?: string;
      previewText?: { content?: string };
      chainId?: number;
      teamsAppId?: string;
    };
    if (!activityType || !topic?.value || (topic.source === 'text' && !topic.webUrl))
      return badRequest('Topic and activityType are required.');
    if (!installed.has(user.id))
      return fail(403, 'Forbidden', 'Application is not authorized to generate custom text notifications.');
    if (app === undefined) return fail(409, 'Conflict', 'Found multiple applications with the same Entra ID App ID.');
    if (app !== teamsAppId) return badRequest('Unknown teamsAppId.');
    const at = notices.findIndex((n) => n.to === user.id && n.chainId === chainId);
    if (at >= 0) notices.splice(at, 1); // the same chain replaces
    notices.push({ to: user.id, chainId: chainId ?? notices.length, preview: previewText?.content ?? '' });
    return noContent;
  });
  router.on(OPERATIONS.postActivity, (call) => {
    const to = personOf(call.params['id']);
    if (to === undefined || call.clientId !== people.clientId)
      return fail(403, 'BotNotInConversationRoster', 'The bot is not part of the conversation roster.', 'connector');
    const id = String(state.now().getTime() + posts.length);
    posts.push({ id, to, chatId: chatId(to), at: state.now(), activity: call.body });
    return created({ id });
  });
}

/** Graph shows a card as an attachment whose content is JSON text. */
function messageOf(post: BotPost, botId: string): Entity {
  const attachments = Array.isArray(post.activity['attachments'])
    ? (post.activity['attachments'] as { contentType?: string; content?: unknown }[])
    : [];
  return {
    id: post.id,
    messageType: 'message',
    createdDateTime: post.at.toISOString(),
    chatId: post.chatId,
    from: { user: null, application: { id: botId, applicationIdentityType: 'bot' } },
    body: { contentType: 'html', content: '<attachment id="1"></attachment>' },
    attachments: attachments.map((a) => ({ id: '1', contentType: a.contentType, content: JSON.stringify(a.content) })),
  };
}

/** What Teams would send to our messaging endpoint, and where the receiver finds the key it is signed with. */
export class BotCaller {
  #key: { readonly pem: string; readonly jwk: Promise<JWK> } | undefined;

  constructor(private readonly state: TenantState) {}

  /** A person presses a button of a posted card; `serviceUrl` must be the same in token and activity. */
  async press(
    post: BotPost,
    by: string,
    action: { readonly verb: string; readonly value: string },
  ): Promise<{ readonly authorization: string; readonly body: Readonly<Record<string, unknown>> }> {
    const { tenantId, people } = microsoftCredentials(this.state.world);
    const serviceUrl = 'https://smba.trafficmanager.net/teams/';
    const body = {
      type: 'invoke',
      name: 'adaptiveCard/action',
      channelId: 'msteams',
      serviceUrl,
      id: guid(`invoke:${post.id}:${action.value}`),
      replyToId: post.id,
      from: { id: `29:${by}`, aadObjectId: by },
      recipient: { id: `28:${people.clientId}` },
      conversation: { id: post.chatId, tenantId, conversationType: 'personal' },
      channelData: { tenant: { id: tenantId } },
      value: {
        action: { type: 'Action.Execute', verb: action.verb, data: { value: action.value } },
        trigger: 'manual',
      },
    };
    return { authorization: `Bearer ${await this.sign({ audience: people.clientId, serviceUrl })}`, body };
  }

  /** A Bot Framework token; for tests also a wrong one. */
  sign(claims: { readonly audience: string; readonly serviceUrl: string; readonly issuer?: string }): Promise<string> {
    return new SignJWT({ serviceurl: claims.serviceUrl })
      .setProtectedHeader({ alg: 'RS256', kid: 'bot-1', typ: 'JWT' })
      .setIssuer(claims.issuer ?? 'https://api.botframework.com')
      .setAudience(claims.audience)
      .setIssuedAt(this.state.now())
      .setExpirationTime(new Date(this.state.now().getTime() + 3_600_000))
      .sign(createPrivateKey(this.#keys().pem));
  }

  /** OpenID metadata and keys, as at login.botframework.com. */
  register(app: FastifyInstance): void {
    app.get(
      '/v1/.well-known/openidconfiguration',
      { config: { operation: 'GET botframework openidconfiguration' } },
      (request) => ({
        issuer: 'https://api.botframework.com',
        jwks_uri: `http://${request.headers.host ?? ''}/v1/.well-known/keys`,
        id_token_signing_alg_values_supported: ['RS256'],
      }),
    );
    app.get('/v1/.well-known/keys', { config: { operation: 'GET botframework keys' } }, async () => ({
      keys: [{ ...(await this.#keys().jwk), kid: 'bot-1', use: 'sig', endorsements: ['msteams', 'webchat'] }],
    }));
  }

  #keys(): { readonly pem: string; readonly jwk: Promise<JWK> } {
    if (!this.#key) {
      const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      this.#key = { pem: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, jwk: exportJWK(publicKey) };
    }
    return this.#key;
  }
}
