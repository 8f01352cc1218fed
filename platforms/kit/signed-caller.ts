import {
  createRemoteJWKSet,
  customFetch,
  errors,
  jwtVerify,
  type JWK,
  type JWTPayload,
  type JWTVerifyGetKey,
} from 'jose';
import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { outgoing } from '../wire/outgoing.js';

export interface SignedCallerOptions {
  /** Who calls, for errors. */
  readonly what: string;
  readonly issuer: string | readonly string[];
  readonly audience: string;
  readonly algorithms: readonly string[];
  /** Where the vendor's public keys are, or what says where they are. */
  readonly keysUrl: string;
  /** The address of the keys in what is at `keysUrl`; without it they are there themselves. */
  readonly keysIn?: (answer: unknown) => string;
  /** So long keys are used without looking again. */
  readonly keysLastMs: number;
  /** An unknown key id makes us look again, but not more often than this. */
  readonly lookAgainMs: number;
  readonly timeoutMs: number;
  readonly fetch?: typeof fetch;
}

/** What a token says that a vendor signed, and with which of its keys. */
export interface SignedCall {
  readonly claims: JWTPayload;
  /** As the vendor published it, with its own fields. */
  readonly key: JWK;
}

const CLOCK_TOLERANCE_S = 300;

/**
 * Checks the bearer token of a vendor that calls us: signature by a published key that it names, issuer, audience, algorithm, time.
 * Errors: SIGNATURE; VENDOR_DOWN when the keys can't be had, which says nothing of the caller.
 */
export function createSignedCaller(
  options: SignedCallerOptions,
): (authorization: string | undefined) => Promise<SignedCall> {
  const { what, issuer, audience, algorithms } = options;
  const keys = createRemoteJWKSet(new URL(options.keysUrl), {
    cacheMaxAge: options.keysLastMs,
    cooldownDuration: options.lookAgainMs,
    timeoutDuration: options.timeoutMs,
    [customFetch]: (url, init) => keysFrom(options, url, init.signal),
  });
  const named: JWTVerifyGetKey = (header, token) => {
    if (typeof header.kid !== 'string') throw new errors.JWKSNoMatchingKey(); // else the only key would do
    return keys(header, token);
  };
  return async (authorization) => {
    const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw new QuellError('SIGNATURE', what);
    try {
      const { payload: claims, protectedHeader } = await jwtVerify(token, named, {
        ...{ issuer: [issuer].flat(), audience, algorithms: [...algorithms] },
        ...{ clockTolerance: CLOCK_TOLERANCE_S, requiredClaims: ['exp'] },
      });
      const key = keys.jwks()?.keys.find(({ kid }) => kid === protectedHeader.kid);
      if (!key) throw new QuellError('SIGNATURE', `${what}: unknown key`);
      return { claims, key };
    } catch (error) {
      throw error instanceof QuellError ? error : new QuellError('SIGNATURE', what);
    }
  };
}

const keySet = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })) });

/** The vendor's keys. Redirects are not followed; whatever goes wrong is VENDOR_DOWN. */
async function keysFrom(
  { what, keysIn, fetch: send = outgoing }: SignedCallerOptions,
  url: string,
  signal: AbortSignal,
): Promise<Response> {
  const read = async (from: string): Promise<unknown> => {
    const response = await send(from, { redirect: 'manual', signal, headers: { accept: 'application/json' } });
    if (!response.ok) throw new QuellError('VENDOR_DOWN', what);
    return response.json();
  };
  try {
    const answer = await read(url);
    return Response.json(keySet.parse(keysIn ? await read(keysIn(answer)) : answer));
  } catch {
    throw new QuellError('VENDOR_DOWN', `${what}: signing keys`);
  }
}
