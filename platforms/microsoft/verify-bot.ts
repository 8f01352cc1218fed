import { createLocalJWKSet, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from 'jose';
import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { outgoing } from '../wire/outgoing.js';

export interface BotCallerSettings {
  /** Client id of the bot. */
  readonly botAppId: string;
  /** Directory id whose users may press. */
  readonly tenantId: string;
  /** OpenID metadata of the Bot Framework; `https://login.botframework.com/v1/.well-known/openidconfiguration`. */
  readonly metadataUrl: string;
  readonly timeoutMs: number;
  readonly fetch?: typeof fetch;
  readonly now?: () => Date;
}

/** A press or message that Teams delivered for a person of our tenant. */
export interface BotCall {
  /** Entra object id of who acted. */
  readonly userId: string;
  readonly conversationId: string;
  readonly kind: 'button' | 'message';
  /** Button id and its opaque value. */
  readonly verb?: string;
  readonly value?: string;
  readonly replyToId?: string;
}

const ISSUER = 'https://api.botframework.com';
const KEYS_LAST_MS = 24 * 3_600_000;
/** An unknown key id makes us look again, but not more often than this. */
const REFRESH_MS = 3_600_000;

const metadata = z.looseObject({ jwks_uri: z.url() });
const jwks = z.looseObject({
  keys: z.array(
    z.looseObject({ kid: z.string().optional(), kty: z.string(), endorsements: z.array(z.string()).optional() }),
  ),
});
const activity = z.looseObject({
  type: z.string(),
  name: z.string().optional(),
  channelId: z.literal('msteams'),
  serviceUrl: z.string(),
  replyToId: z.string().optional(),
  from: z.looseObject({ aadObjectId: z.string() }),
  conversation: z.looseObject({ id: z.string(), tenantId: z.string().optional() }),
  channelData: z.looseObject({ tenant: z.looseObject({ id: z.string() }).optional() }).optional(),
  value: z
    .looseObject({
      action: z
        .looseObject({ verb: z.string().optional(), data: z.looseObject({ value: z.string().optional() }).optional() })
        .optional(),
    })
    .optional(),
});

/**
 * Checks that a call to our messaging endpoint comes from the Bot Framework, for our bot, over Teams, from our tenant;
 * throws `SIGNATURE` otherwise. Rules: Bot Connector authentication (learn.microsoft.com/azure/bot-service), as in botframework-connector.
 */
export function createBotVerifier(
  settings: BotCallerSettings,
): (authorization: string | undefined, body: unknown) => Promise<BotCall> {
  const doFetch = settings.fetch ?? outgoing;
  const now = settings.now ?? (() => new Date());
  let keys: { readonly set: z.infer<typeof jwks>; readonly at: number } | undefined;

  async function load(): Promise<z.infer<typeof jwks>> {
    const get = async (url: string): Promise<unknown> => {
      const response = await doFetch(url, { redirect: 'error', signal: AbortSignal.timeout(settings.timeoutMs) });
      if (!response.ok) throw new QuellError('VENDOR_DOWN', 'bot signing keys');
      return response.json();
    };
    try {
      const { jwks_uri } = metadata.parse(await get(settings.metadataUrl));
      return jwks.parse(await get(jwks_uri));
    } catch {
      throw new QuellError('VENDOR_DOWN', 'bot signing keys');
    }
  }
  async function keysFor(kid: string): Promise<z.infer<typeof jwks>> {
    const age = keys === undefined ? Number.POSITIVE_INFINITY : now().getTime() - keys.at;
    const unknown = keys !== undefined && !keys.set.keys.some((k) => k.kid === kid);
    if (age > KEYS_LAST_MS || (unknown && age > REFRESH_MS)) keys = { set: await load(), at: now().getTime() };
    return keys?.set ?? { keys: [] };
  }

  return async (authorization, body) => {
    const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
    const call = activity.safeParse(body);
    if (token === undefined || !call.success) throw new QuellError('SIGNATURE', 'bot call');
    const kid = kidOf(token);
    const set = await keysFor(kid);
    const key = set.keys.find((k) => k.kid === kid);
    if (!key?.endorsements?.includes(call.data.channelId))
      throw new QuellError('SIGNATURE', 'bot call: key is not endorsed for Teams');
    const claims = await jwtVerify(token, createLocalJWKSet({ keys: [key] } as unknown as JSONWebKeySet), {
      issuer: ISSUER,
      audience: settings.botAppId,
      algorithms: ['RS256', 'RS384', 'RS512'],
      clockTolerance: 300,
      currentDate: now(),
      requiredClaims: ['exp'],
    }).catch(() => Promise.reject(new QuellError('SIGNATURE', 'bot call')));
    if (claims.payload['serviceurl'] !== call.data.serviceUrl)
      throw new QuellError('SIGNATURE', 'bot call: service address differs');
    return callOf(call.data, settings.tenantId);
  };
}

function kidOf(token: string): string {
  try {
    return decodeProtectedHeader(token).kid ?? '';
  } catch {
    throw new QuellError('SIGNATURE', 'bot call');
  }
}

function callOf(call: z.infer<typeof activity>, tenantId: string): BotCall {
  const tenants = [call.conversation.tenantId, call.channelData?.tenant?.id].filter((t) => t !== undefined);
  if (tenants.length === 0 || tenants.some((t) => t !== tenantId))
    throw new QuellError('SIGNATURE', 'bot call: another tenant');
  const pressed = call.type === 'invoke' && call.name === 'adaptiveCard/action' ? call.value?.action : undefined;
  return {
    userId: call.from.aadObjectId,
    conversationId: call.conversation.id,
    kind: pressed ? 'button' : 'message',
    ...(pressed?.verb === undefined ? {} : { verb: pressed.verb }),
    ...(pressed?.data?.value === undefined ? {} : { value: pressed.data.value }),
    ...(call.replyToId === undefined ? {} : { replyToId: call.replyToId }),
  };
}
