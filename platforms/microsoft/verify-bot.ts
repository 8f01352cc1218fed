import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { createSignedCaller } from '../kit/signed-caller.js';

export interface BotCallerSettings {
  /** Client id of the bot. */
  readonly botAppId: string;
  /** Directory id whose users may press. */
  readonly tenantId: string;
  /** OpenID metadata of the Bot Framework; `https://login.botframework.com/v1/.well-known/openidconfiguration`. */
  readonly metadataUrl: string;
  readonly timeoutMs: number;
  readonly fetch?: typeof fetch;
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
const LOOK_AGAIN_MS = 3_600_000;

const metadata = z.looseObject({ jwks_uri: z.url() });
/** The channels that a key may sign for. */
const endorsed = z.looseObject({ endorsements: z.array(z.string()) });
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
  const signedCaller = createSignedCaller({
    what: 'bot call',
    issuer: ISSUER,
    audience: settings.botAppId,
    algorithms: ['RS256', 'RS384', 'RS512'],
    keysUrl: settings.metadataUrl,
    keysIn: (answer) => metadata.parse(answer).jwks_uri,
    keysLastMs: KEYS_LAST_MS,
    lookAgainMs: LOOK_AGAIN_MS,
    timeoutMs: settings.timeoutMs,
    ...(settings.fetch === undefined ? {} : { fetch: settings.fetch }),
  });
  return async (authorization, body) => {
    const call = activity.safeParse(body);
    if (!call.success) throw new QuellError('SIGNATURE', 'bot call');
    const { claims, key } = await signedCaller(authorization);
    if (!endorsed.safeParse(key).data?.endorsements.includes(call.data.channelId))
      throw new QuellError('SIGNATURE', 'bot call: key is not endorsed for Teams');
    if (claims['serviceurl'] !== call.data.serviceUrl)
      throw new QuellError('SIGNATURE', 'bot call: service address differs');
    return callOf(call.data, settings.tenantId);
  };
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
