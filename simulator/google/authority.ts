import { createPublicKey } from 'node:crypto';
import { jwtVerify } from 'jose';
import { ownScopesOf, scopesOf, type GoogleRole } from '../../platforms/google/methods.js';
import { openToken, sealToken } from '../core/access-token.js';
import type { World } from '../core/world.js';
import { rsaKeyOf } from './keys.js';
import type { Reply } from './replies.js';

const TOKEN_URL = 'https://oauth2.googleapis.com/token';
const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const TOKEN_SECONDS = 3599;
/** Of the simulated organisation. */
export const CUSTOMER_ID = 'C0quell00';
const ROLES = ['evidence', 'containment', 'people'] as const satisfies readonly GoogleRole[];

/** A service account with a key of its own. */
interface KeyAccount {
  readonly email: string;
  readonly privateKey: string;
}

const accounts = new Map<GoogleRole, KeyAccount>();
function serviceAccount(role: GoogleRole): KeyAccount {
  const known = accounts.get(role);
  if (known) return known;
  const made = {
    email: `quell-${role}@quell-demo.iam.gserviceaccount.com`,
    privateKey: rsaKeyOf(`google:${role}`).privateKey,
  };
  accounts.set(role, made);
  return made;
}

/** Customer id, addresses and service accounts of the simulated tenant: one account per role, with what the role needs and no more. */
export function googleCredentials(_world: World): {
  readonly customerId: string;
  readonly adminSubject: string;
  readonly sender: string;
  /** Access level that lists the addresses to be kept out. */
  readonly blockLevel: string;
} & Readonly<Record<GoogleRole, KeyAccount>> {
  return {
    customerId: CUSTOMER_ID,
    adminSubject: 'quell-admin@example.com',
    sender: 'quell@example.com',
    blockLevel: 'accessPolicies/100200300400/accessLevels/quell_deny',
    evidence: serviceAccount('evidence'),
    containment: serviceAccount('containment'),
    people: serviceAccount('people'),
  };
}

/** Who makes a call: the role's service account, as itself or as a person. */
export interface Caller {
  readonly role: GoogleRole;
  /** Address acted as; absent for the service account itself. */
  readonly subject?: string;
  readonly scopes: readonly string[];
}

/** What a token says. */
interface Claims {
  readonly caller: Caller;
  /** Milliseconds since the epoch. */
  readonly until: number;
  readonly generation: number;
}
const TOKEN_PREFIX = 'ya29.sim.';
const tokenKey = (): string => serviceAccount('evidence').privateKey;

/** Service accounts, the token endpoint, and what a bearer token may do. */
export class Authority {
  /** Every token that was given out, oldest first. */
  readonly given: Caller[] = [];
  /** Tokens of an earlier one have been ended. */
  #generation = 0;
  /** What domain-wide delegation lets a service account ask for when it acts as somebody. */
  readonly #delegated = new Map<GoogleRole, Set<string>>(ROLES.map((role) => [role, new Set(scopesOf(role))]));
  /** What it gets as itself, where no delegation is asked for; whether a method takes that is another question. */
  readonly #own = new Map<GoogleRole, Set<string>>(
    ROLES.map((role) => [role, new Set([...scopesOf(role), ...ownScopesOf(role)])]),
  );

  constructor(
    private readonly world: World,
    /** State of the person with that address; undefined when there is none. */
    private readonly person: (email: string) => 'active' | 'suspended' | undefined,
  ) {}

  /** Takes a scope from a role, as an administrator would. */
  revoke(role: GoogleRole, scope: string): void {
    this.#delegated.get(role)?.delete(scope);
    this.#own.get(role)?.delete(scope);
  }

  /** Adds a scope to a role's domain-wide delegation. */
  grant(role: GoogleRole, scope: string): void {
    this.#delegated.get(role)?.add(scope);
    this.#own.get(role)?.add(scope);
  }

  /** Ends all tokens, as when they expire. */
  expireTokens(): void {
    this.#generation++;
  }

  async token(form: URLSearchParams): Promise<Reply> {
    if (form.get('grant_type') !== GRANT_TYPE) return refuse(400, 'unsupported_grant_type', 'Invalid grant_type');
    const proven = await this.#proven(form.get('assertion') ?? '');
    if (!proven) return refuse(400, 'invalid_grant', 'Invalid JWT Signature.');
    const { role, claims } = proven;
    const scopes = typeof claims['scope'] === 'string' ? claims['scope'].split(' ').filter((s) => s !== '') : [];
    if (scopes.length === 0) return refuse(400, 'invalid_scope', 'Empty or missing scope not allowed.');
    const granted = (typeof claims.sub === 'string' ? this.#delegated : this.#own).get(role);
    // One scope that is not granted spoils the whole request.
    if (!scopes.every((s) => granted?.has(s)))
      return refuse(401, 'unauthorized_client', 'Client is unauthorized to retrieve access tokens using this method.');
    const subject = typeof claims.sub === 'string' ? claims.sub : undefined;
    const state = subject === undefined ? 'active' : this.person(subject);
    if (state === undefined) return refuse(400, 'invalid_grant', 'Invalid email or User ID');
    if (state === 'suspended') return refuse(400, 'invalid_grant', 'Account has been disabled');
    const caller: Caller = { role, scopes, ...(subject === undefined ? {} : { subject }) };
    this.given.push(caller);
    const until = this.world.now().getTime() + TOKEN_SECONDS * 1000;
    const says: Claims = { caller, until, generation: this.#generation };
    const access_token = sealToken(TOKEN_PREFIX, says, tokenKey());
    return { status: 200, body: { access_token, expires_in: TOKEN_SECONDS, token_type: 'Bearer' } };
  }

  caller(authorization: string | undefined): Caller | undefined {
    const bearer = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? '';
    const claims = openToken(TOKEN_PREFIX, bearer, tokenKey()) as Claims | undefined;
    return claims?.generation === this.#generation && claims.until > this.world.now().getTime()
      ? claims.caller
      : undefined;
  }

  async #proven(
    assertion: string,
  ): Promise<
    { readonly role: GoogleRole; readonly claims: Awaited<ReturnType<typeof jwtVerify>>['payload'] } | undefined
  > {
    for (const role of ROLES) {
      const { email, privateKey } = serviceAccount(role);
      try {
        const { payload } = await jwtVerify(assertion, createPublicKey(privateKey), {
          issuer: email,
          audience: TOKEN_URL,
          algorithms: ['RS256'],
          requiredClaims: ['exp', 'iat'],
        });
        return { role, claims: payload };
      } catch {
        // another role's assertion, or nobody's
      }
    }
    return undefined;
  }
}

const refuse = (status: number, error: string, error_description: string): Reply => ({
  status,
  body: { error, error_description },
});
