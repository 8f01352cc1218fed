import { z } from 'zod';
import { post, signedAssertion } from './assertion.js';
import type { GoogleSettings } from './settings.js';

/** Journals and faults name the request for a token so. */
const TOKEN_OPERATION = 'oauth.token';
const TOKEN_URL = 'https://oauth2.googleapis.com/token';
const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** A token this near to its end is not used any more. */
const MARGIN_MS = 300_000;
/** Tokens are kept for so many (person, scope) pairs; the oldest go first. */
const MAX_TOKENS = 200;

const answer = z.looseObject({ access_token: z.string().min(1), expires_in: z.number().positive() });

interface Token {
  readonly value: string;
  readonly until: number;
}

export interface AccessTokens {
  /** A token for one scope, as `subject` or as the service account itself. Callers who ask at the same time share one request. */
  get(subject: string | undefined, scope: string, signal?: AbortSignal): Promise<string>;
  /** Forgets a token that was refused. */
  drop(subject: string | undefined, scope: string): void;
}

/**
 * Tokens by a signed assertion (RFC 7523). One for each subject and scope: a request for several scopes fails whole when
 * any one is not granted. The SDK's own client repeats such requests by itself, has no time-out for them and cannot sign
 * without a key at hand, so it is not used.
 */
export function createAccessTokens(settings: GoogleSettings): AccessTokens {
  const kept = new Map<string, Promise<Token>>();
  const keyOf = (subject: string | undefined, scope: string): string => `${subject ?? ''} ${scope}`;

  function fetched(key: string, subject: string | undefined, scope: string): Promise<Token> {
    const oldest = kept.size < MAX_TOKENS ? undefined : kept.keys().next().value;
    if (oldest !== undefined) kept.delete(oldest);
    const made = request(settings, subject, scope);
    kept.set(key, made);
    // A failure is told to those who wait and not kept.
    made.catch(() => {
      if (kept.get(key) === made) kept.delete(key);
    });
    return made;
  }

  return {
    async get(subject, scope, signal) {
      signal?.throwIfAborted();
      const key = keyOf(subject, scope);
      const known = await kept.get(key)?.catch(() => undefined);
      if (known && known.until > Date.now() + MARGIN_MS) return known.value;
      if (known) kept.delete(key);
      return (await waited(kept.get(key) ?? fetched(key, subject, scope), signal)).value;
    },
    drop: (subject, scope) => {
      kept.delete(keyOf(subject, scope));
    },
  };
}

async function request(settings: GoogleSettings, subject: string | undefined, scope: string): Promise<Token> {
  const assertion = await signedAssertion(settings, TOKEN_URL, {
    scope,
    ...(subject === undefined ? {} : { sub: subject }),
  });
  const sentAt = Date.now();
  const body = new URLSearchParams({ grant_type: GRANT_TYPE, assertion });
  const { access_token, expires_in } = await post(settings, TOKEN_OPERATION, TOKEN_URL, { body }, answer, [scope]);
  return { value: access_token, until: sentAt + expires_in * 1000 };
}

/** A request that others wait for too is not ended by one of them; only that one's wait is. */
async function waited<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const end = (): void => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', end, { once: true });
    void work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', end);
    });
  });
}
