import { accesscontextmanager_v1 } from 'googleapis/build/src/apis/accesscontextmanager/index.js';
import { admin_directory_v1, admin_reports_v1, auth } from 'googleapis/build/src/apis/admin/index.js';
import { alertcenter_v1beta1 } from 'googleapis/build/src/apis/alertcenter/index.js';
import { chat_v1 } from 'googleapis/build/src/apis/chat/index.js';
import { drive_v3 } from 'googleapis/build/src/apis/drive/index.js';
import { gmail_v1 } from 'googleapis/build/src/apis/gmail/index.js';
import type { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { fromGoogleError } from './errors.js';
import type { GoogleMethod } from './methods.js';
import { GOOGLE_HOSTS, TOKEN_HOST, type GoogleSettings } from './settings.js';

/** The SDK's clients under one token. */
export interface GoogleSdk {
  readonly directory: admin_directory_v1.Admin;
  readonly reports: admin_reports_v1.Admin;
  readonly alertcenter: alertcenter_v1beta1.Alertcenter;
  readonly chat: chat_v1.Chat;
  readonly drive: drive_v3.Drive;
  readonly gmail: gmail_v1.Gmail;
  readonly accesscontextmanager: accesscontextmanager_v1.Accesscontextmanager;
}
/** Passed to every SDK call: no retries, and the signal that ends it on time-out or when the caller cancels. */
export interface SdkOptions {
  readonly retry: false;
  readonly signal: AbortSignal;
}
type Send = (sdk: GoogleSdk, options: SdkOptions) => Promise<{ readonly data: unknown }>;

/** Whom a call is made as: the administrator, an address, or the service account itself. */
export type ActAs = 'admin' | 'app' | { readonly email: string };

/** One service account's access to Google. Errors are `QuellError`; nothing is retried here except once after a refused token. */
export interface GoogleClient {
  /** A call whose answer is checked against the schema; `send` uses the SDK with the options it is given. */
  call<T>(method: GoogleMethod, as: ActAs, send: Send, answer: z.ZodType<T>, signal?: AbortSignal): Promise<T>;
  /** A write whose answer does not matter. */
  send(method: GoogleMethod, as: ActAs, send: Send, signal?: AbortSignal): Promise<void>;
}

type Jwt = InstanceType<typeof auth.JWT>;
/** Tokens are kept for so many (person, scope) pairs; the oldest go first. */
const MAX_TOKENS = 200;

export function createGoogleClient(settings: GoogleSettings): GoogleClient {
  const clients = new Map<string, GoogleSdk>();

  /** One token for each subject and scope: a request for several fails whole when any one is not granted. */
  function sdkFor(subject: string | undefined, scope: string): GoogleSdk {
    const key = `${subject ?? ''} ${scope}`;
    const known = clients.get(key);
    if (known) return known;
    const oldest = clients.size < MAX_TOKENS ? undefined : clients.keys().next().value;
    if (oldest !== undefined) clients.delete(oldest);
    const made = sdkOf(tamed(settings, subject, scope));
    clients.set(key, made);
    return made;
  }

  async function ask(
    method: GoogleMethod,
    as: ActAs,
    send: Send,
    signal: AbortSignal | undefined,
    again = false,
  ): Promise<unknown> {
    const subject = as === 'admin' ? settings.adminSubject : as === 'app' ? undefined : as.email;
    const scope = method.scopes[0] ?? '';
    try {
      // Not the SDK's `timeout`: with it, a signal that is aborted already is ignored and the request goes out.
      const limit = AbortSignal.timeout(settings.timeoutMs);
      const options: SdkOptions = { retry: false, signal: signal ? AbortSignal.any([signal, limit]) : limit };
      return (await send(sdkFor(subject, scope), options)).data;
    } catch (error) {
      const known = fromGoogleError(method.name, error, signal);
      if (!(known instanceof QuellError) || known.code !== 'VENDOR_AUTH') throw known;
      clients.delete(`${subject ?? ''} ${scope}`);
      if (again) throw known;
      return ask(method, as, send, signal, true); // refused before anything was done: once more with a new token
    }
  }

  return {
    call: async (method, as, send, answer, signal) => {
      const parsed = answer.safeParse(await ask(method, as, send, signal));
      if (parsed.success) return parsed.data;
      throw new QuellError('VENDOR_REPLY', `${method.name}: unexpected shape`);
    },
    send: async (method, as, send, signal) => {
      await ask(method, as, send, signal);
    },
  };
}

/**
 * A JWT client whose requests, those for tokens included, go only to Google's hosts or to the base that stands for them.
 * The SDK's own `rootUrl` reaches neither the token endpoint nor uploads, so the address is set in the transporter.
 */
function tamed(settings: GoogleSettings, subject: string | undefined, scope: string): Jwt {
  const { email, privateKey } = settings.serviceAccount;
  const jwt = new auth.JWT({
    email,
    key: privateKey,
    scopes: [scope],
    ...(subject === undefined ? {} : { subject }),
  });
  jwt.transporter.interceptors.request.add({
    resolved: async (config) => {
      const { protocol, hostname, pathname, search } = config.url;
      if (protocol !== 'https:' || !GOOGLE_HOSTS.includes(hostname))
        throw new QuellError('CONFIG', 'a request to a host that is not allowed');
      if (settings.baseUrl !== undefined) {
        config.url = new URL(`${settings.baseUrl.replace(/\/+$/, '')}${pathname}${search}`);
        delete config.agent; // a proxy chosen for Google's own address
      }
      if (hostname === TOKEN_HOST) config.signal = AbortSignal.timeout(settings.timeoutMs); // shared by all who wait for it
      config.redirect = 'manual';
      config.retry = false;
      delete config.retryConfig; // the token request brings its own
      return config;
    },
  });
  return jwt;
}

function sdkOf(jwt: Jwt): GoogleSdk {
  const options = { auth: jwt, retry: false };
  return {
    directory: new admin_directory_v1.Admin(options),
    reports: new admin_reports_v1.Admin(options),
    alertcenter: new alertcenter_v1beta1.Alertcenter(options),
    chat: new chat_v1.Chat(options),
    drive: new drive_v3.Drive(options),
    gmail: new gmail_v1.Gmail(options),
    accesscontextmanager: new accesscontextmanager_v1.Accesscontextmanager(options),
  };
}

/** The resource names that are used. */
const NAMES = [/^spaces\/[\w-]+(\/messages\/[\w.-]+)?$/, /^accessPolicies\/\d+(\/accessLevels\/[A-Za-z]\w{0,49})?$/];

/** A resource name that goes into a path as it is: the SDK does not encode `{+name}`, so `..`, `?` and `#` must not get there. */
export function resourceName(name: string): string {
  if (NAMES.some((pattern) => pattern.test(name))) return name;
  throw new QuellError('CONFIG', 'not a resource name that is used');
}
