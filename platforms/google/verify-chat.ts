import type { JWTPayload } from 'jose';
import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { createSignedCaller } from '../kit/signed-caller.js';

/** The service account that Chat calls with. */
const CHAT = 'chat@system.gserviceaccount.com';

export interface ChatCallerSettings {
  /**
   * As set in the Chat API configuration. `url`: an ID token of Google for our endpoint's exact address. `project`: a
   * token signed by Chat itself for the project number.
   */
  readonly mode: 'url' | 'project';
  /** The endpoint's address, or the project number. */
  readonly audience: string;
  /** Mode `url`: the caller's address; by default Chat's, for an add-on the project's own add-on account. */
  readonly callerEmail?: string;
  /** Where the signing keys are; by default Google's, by mode. */
  readonly keysUrl?: string;
  readonly timeoutMs: number;
  readonly fetch?: typeof fetch;
}

/** A press or message that Chat delivered. Whether this person may answer is decided by the caller. */
export interface ChatCall {
  /** Directory id of who acted. */
  readonly userId: string;
  readonly spaceName: string;
  readonly kind: 'button' | 'message' | 'other';
  /** Button id and its opaque value. */
  readonly verb?: string;
  readonly value?: string;
  /** The message that held the button. */
  readonly messageName?: string;
  /** `classic` apps and add-ons are answered in different words. */
  readonly format: 'classic' | 'add_on';
}

const KEYS = {
  url: 'https://www.googleapis.com/oauth2/v3/certs',
  project: `https://www.googleapis.com/service_accounts/v1/jwk/${CHAT}`,
} as const;
const KEYS_LAST_MS = 6 * 3_600_000;
/** An unknown key id makes us look again, but not more often than this. */
const LOOK_AGAIN_MS = 60_000;

const text = z.string().optional();
const user = z.looseObject({ name: z.string().regex(/^users\/\d+$/) });
const space = z.looseObject({ name: z.string() });
const message = z.looseObject({ name: z.string() }).optional();
const parameterMap = z.record(z.string(), z.string());
const classic = z.looseObject({
  type: z.string(),
  user,
  space,
  message,
  action: z.looseObject({ parameters: z.array(z.looseObject({ key: z.string(), value: text })).optional() }).optional(),
  common: z.looseObject({ parameters: parameterMap.optional() }).optional(),
});
const payload = z.looseObject({ space, message }).optional();
const addOn = z.looseObject({
  commonEventObject: z.looseObject({ parameters: parameterMap.optional() }).optional(),
  chat: z.looseObject({
    user,
    buttonClickedPayload: payload,
    messagePayload: payload,
    addedToSpacePayload: payload,
  }),
});

/**
 * Checks that a call to our endpoint comes from Google Chat and is meant for it; throws `SIGNATURE` otherwise.
 * Rules: developers.google.com/workspace/chat/verify-requests-from-chat.
 */
export function createChatVerifier(
  settings: ChatCallerSettings,
): (authorization: string | undefined, body: unknown) => Promise<ChatCall> {
  const signedCaller = createSignedCaller({
    what: 'chat call',
    issuer: settings.mode === 'url' ? ['https://accounts.google.com', 'accounts.google.com'] : CHAT,
    audience: settings.audience,
    algorithms: ['RS256'],
    keysUrl: settings.keysUrl ?? KEYS[settings.mode],
    keysLastMs: KEYS_LAST_MS,
    lookAgainMs: LOOK_AGAIN_MS,
    timeoutMs: settings.timeoutMs,
    ...(settings.fetch === undefined ? {} : { fetch: settings.fetch }),
  });
  return async (authorization, body) => {
    const { claims } = await signedCaller(authorization);
    if (settings.mode === 'url') mustBeCaller(claims, settings.callerEmail ?? CHAT);
    return callOf(body);
  };
}

/** Any Google account can get an ID token for our address: only the address in it says who called. */
function mustBeCaller(claims: JWTPayload, email: string): void {
  if (claims['email'] !== email || claims['email_verified'] !== true)
    throw new QuellError('SIGNATURE', 'chat call: another caller');
}

function callOf(body: unknown): ChatCall {
  const added = addOn.safeParse(body).data;
  if (added) {
    const { user: by, buttonClickedPayload, messagePayload, addedToSpacePayload } = added.chat;
    const about = buttonClickedPayload ?? messagePayload ?? addedToSpacePayload;
    const kind = buttonClickedPayload ? 'button' : messagePayload ? 'message' : 'other';
    return callFrom('add_on', kind, by.name, about?.space.name, about?.message?.name, {
      ...added.commonEventObject?.parameters,
    });
  }
  const event = classic.safeParse(body).data;
  if (!event) throw new QuellError('SIGNATURE', 'chat call: not an event of Google Chat');
  const kind = event.type === 'CARD_CLICKED' ? 'button' : event.type === 'MESSAGE' ? 'message' : 'other';
  const given = (event.action?.parameters ?? []).map((p) => [p.key, p.value ?? ''] as const);
  return callFrom('classic', kind, event.user.name, event.space.name, event.message?.name, {
    ...event.common?.parameters,
    ...Object.fromEntries(given),
  });
}

function callFrom(
  format: ChatCall['format'],
  kind: ChatCall['kind'],
  userName: string,
  spaceName: string | undefined,
  messageName: string | undefined,
  parameters: Readonly<Record<string, string>>,
): ChatCall {
  const { verb, value } = kind === 'button' ? parameters : {};
  return {
    format,
    kind,
    userId: userName.replace('users/', ''),
    spaceName: spaceName ?? '',
    ...(verb === undefined ? {} : { verb }),
    ...(value === undefined ? {} : { value }),
    ...(messageName === undefined ? {} : { messageName }),
  };
}
