import { createHash, createPublicKey, randomUUID } from 'node:crypto';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { permissionsOf, type MicrosoftApi, type MicrosoftRole } from '../../platforms/microsoft/operations.js';
import { openToken, sealToken } from '../core/access-token.js';
import type { World } from '../core/world.js';
import type { Reply } from './replies.js';
import { guid } from './rows.js';

/** Resource of a scope, by its host. */
const RESOURCES: Readonly<Record<string, MicrosoftApi>> = {
  'https://graph.microsoft.com/.default': 'graph',
  'https://manage.office.com/.default': 'manage',
  'https://api.securitycenter.microsoft.com/.default': 'defender',
  'https://api.botframework.com/.default': 'connector',
};
const TOKEN_SECONDS = 3599;
const ROLES = ['evidence', 'containment', 'people'] as const satisfies readonly MicrosoftRole[];

interface Registration {
  readonly role: MicrosoftRole;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly permissions: Set<string>;
  /** Registered certificates: `x5t#S256` to public key. */
  readonly certificates: Map<string, string>;
  /** Federated credential: whose tokens are taken for the app's own. */
  federation?: Federation;
}

interface Federation {
  readonly issuer: string;
  readonly subject: string;
  readonly publicKeyPem: string;
}

/** What a token says. */
interface Claims {
  readonly role: MicrosoftRole;
  readonly api: MicrosoftApi;
  /** Milliseconds since the epoch. */
  readonly until: number;
  readonly generation: number;
}

/** Directory id and app registrations of a world's tenant: one app per role, with what the role needs and no more. */
export function microsoftCredentials(world: World): {
  readonly tenantId: string;
  readonly evidence: { readonly clientId: string; readonly clientSecret: string };
  readonly containment: { readonly clientId: string; readonly clientSecret: string };
  readonly people: { readonly clientId: string; readonly clientSecret: string };
  /** Mailbox that Quell writes from, and its Teams app. */
  readonly mailFrom: string;
  readonly teamsAppId: string;
} {
  const of = (role: MicrosoftRole): { clientId: string; clientSecret: string } => ({
    clientId: guid(`registration:${role}`),
    clientSecret: createHash('sha256').update(`microsoft:${world.scenario.name}:${role}`).digest('base64url'),
  });
  return {
    tenantId: guid('tenant'),
    evidence: of('evidence'),
    containment: of('containment'),
    people: of('people'),
    mailFrom: guid('service:quell'),
    teamsAppId: guid('teams-app:quell'),
  };
}

/** App registrations, the token endpoint, and what a bearer token may do. */
export class Authority {
  readonly tenantId: string;
  readonly #registrations: readonly Registration[];
  readonly #tokenKey: string;
  /** Tokens of an earlier one have been ended. */
  #generation = 0;

  constructor(private readonly world: World) {
    const credentials = microsoftCredentials(world);
    this.tenantId = credentials.tenantId;
    this.#tokenKey = ROLES.map((role) => credentials[role].clientSecret).join();
    this.#registrations = ROLES.map((role) => ({
      role,
      ...credentials[role],
      permissions: new Set(permissionsOf(role)),
      certificates: new Map<string, string>(),
    }));
  }

  /** Takes a permission away from a role's app, as an administrator would. */
  revoke(role: MicrosoftRole, permission: string): void {
    this.#registration(role).permissions.delete(permission);
  }

  /** Registers a certificate; `thumbprintSha256` in hex. */
  addCertificate(role: MicrosoftRole, thumbprintSha256: string, publicKeyPem: string): void {
    this.#registration(role).certificates.set(Buffer.from(thumbprintSha256, 'hex').toString('base64url'), publicKeyPem);
  }

  /** Adds a federated credential: tokens of another issuer for one subject. */
  federate(role: MicrosoftRole, federation: Federation): void {
    this.#registration(role).federation = federation;
  }

  /** Ends all tokens, as when they expire. */
  expireTokens(): void {
    this.#generation++;
  }

  clientIds(): readonly string[] {
    return this.#registrations.map((r) => r.clientId);
  }

  async token(tenantId: string, form: URLSearchParams): Promise<Reply> {
    const refuse = (error: string, status = 401): Reply => ({
      status,
      body: { error, error_description: error, error_codes: [7000215], correlation_id: randomUUID() },
    });
    if (tenantId !== this.tenantId) return refuse('invalid_request', 400);
    const registration = this.#registrations.find((r) => r.clientId === form.get('client_id'));
    const api = RESOURCES[form.get('scope') ?? ''];
    if (form.get('grant_type') !== 'client_credentials') return refuse('unsupported_grant_type', 400);
    if (!registration) return refuse('unauthorized_client', 400);
    if (!api) return refuse('invalid_scope', 400);
    const assertion = form.get('client_assertion');
    const proven =
      assertion === null
        ? form.get('client_secret') === registration.clientSecret
        : await this.#signed(registration, assertion);
    if (!proven) return refuse('invalid_client');
    const until = this.world.now().getTime() + TOKEN_SECONDS * 1000;
    const claims: Claims = { role: registration.role, api, until, generation: this.#generation };
    const access_token = sealToken('sim.', claims, this.#tokenKey);
    return {
      status: 200,
      body: { token_type: 'Bearer', expires_in: TOKEN_SECONDS, ext_expires_in: TOKEN_SECONDS, access_token },
    };
  }

  /** Client id of whom a token is for, whatever it is worth. */
  clientOf(authorization: string | undefined): string | undefined {
    const bearer = /^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '';
    const claims = openToken('sim.', bearer, this.#tokenKey) as Claims | undefined;
    return claims && this.#registration(claims.role).clientId;
  }

  /** The caller, when the token is alive and for this API. */
  caller(
    authorization: string | undefined,
    api: MicrosoftApi,
  ): { readonly clientId: string; may(permissions: readonly string[]): boolean } | undefined {
    const bearer = /^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '';
    const claims = openToken('sim.', bearer, this.#tokenKey) as Claims | undefined;
    if (claims?.api !== api || claims.generation !== this.#generation || claims.until <= this.world.now().getTime())
      return undefined;
    const registration = this.#registration(claims.role);
    return {
      clientId: registration.clientId,
      may: (permissions) => permissions.length === 0 || permissions.some((p) => registration.permissions.has(p)),
    };
  }

  #registration(role: MicrosoftRole): Registration {
    const found = this.#registrations.find((r) => r.role === role);
    if (!found) throw new Error(`no registration ${role}`);
    return found;
  }

  async #signed(registration: Registration, assertion: string): Promise<boolean> {
    try {
      const thumbprint = decodeProtectedHeader(assertion)['x5t#S256'];
      if (thumbprint === undefined) return await this.#federated(registration, assertion);
      const pem = typeof thumbprint === 'string' ? registration.certificates.get(thumbprint) : undefined;
      if (pem === undefined) return false;
      await jwtVerify(assertion, createPublicKey(pem), {
        issuer: registration.clientId,
        subject: registration.clientId,
        algorithms: ['PS256'],
        requiredClaims: ['aud', 'exp', 'jti'],
      });
      return true;
    } catch {
      return false;
    }
  }

  async #federated({ federation }: Registration, assertion: string): Promise<boolean> {
    if (!federation) return false;
    const { issuer, subject, publicKeyPem } = federation;
    await jwtVerify(assertion, createPublicKey(publicKeyPem), {
      issuer,
      subject,
      audience: 'api://AzureADTokenExchange',
      algorithms: ['RS256'],
      requiredClaims: ['exp'],
    });
    return true;
  }
}
