import { orAborted } from '../kit/or-aborted.js';
import type { GoogleSettings } from './settings.js';
import type { TokenSource } from './token-client.js';

/** Tokens are kept for so many (person, scope) pairs; the oldest go first. */
const MAX_TOKENS = 200;

export interface AccessTokens {
  /** A token for one scope, as `subject` or as the service account itself. Callers who ask at the same time share one request. */
  get(subject: string | undefined, scope: string, signal?: AbortSignal): Promise<string>;
  /** Forgets a token that was refused. */
  drop(subject: string | undefined, scope: string): void;
}

/** One token for each subject and scope: a request for several scopes fails whole when any one is not granted. A failure is told to those who wait and not kept. */
export function createAccessTokens(settings: GoogleSettings): AccessTokens {
  const kept = new Map<string, TokenSource>();
  const keyOf = (subject: string | undefined, scope: string): string => `${subject ?? ''} ${scope}`;
  let sources: Promise<(subject: string | undefined, scope: string) => TokenSource> | undefined;

  async function token(subject: string | undefined, scope: string): Promise<string> {
    sources ??= import('./token-client.js').then((library) => library.tokenSources(settings));
    const make = await sources;
    const key = keyOf(subject, scope);
    const oldest = kept.has(key) || kept.size < MAX_TOKENS ? undefined : kept.keys().next().value;
    if (oldest !== undefined) kept.delete(oldest);
    const source = kept.get(key) ?? make(subject, scope);
    kept.set(key, source);
    try {
      return await source();
    } catch (error) {
      if (kept.get(key) === source) kept.delete(key);
      throw error;
    }
  }

  return {
    get: async (subject, scope, signal) => {
      signal?.throwIfAborted();
      return await orAborted(token(subject, scope), signal);
    },
    drop: (subject, scope) => {
      kept.delete(keyOf(subject, scope));
    },
  };
}
