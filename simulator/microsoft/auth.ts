import { createHash, createPublicKey, randomUUID } from 'node:crypto';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { isResourceSpecific, microsoftNeeds } from '../../platforms/microsoft/needs.js';
import { OPERATIONS, type MicrosoftApi, type MicrosoftRole } from '../../platforms/microsoft/operations.js';
import type { MicrosoftLicences } from '../../platforms/microsoft/settings.js';
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
const AUDIENCES: Readonly<Record<MicrosoftApi, string>> = {
  graph: 'https://graph.microsoft.com',
  manage: 'https://manage.office.com',
  defender: 'https://api.securitycenter.microsoft.com',
  connector: 'https://api.botframework.com',
};
const TOKEN_SECONDS = 3599;
/** Header of a JWT. The seal stands where the signature would. */
const TOKEN_PREFIX = `${Buffer.from(JSON.stringify({ typ: 'JWT', alg: 'HS256' })).toString('base64url')}.`;
/** Template id of User Administrator, the same in every tenant. */
export const USER_ADMINISTRATOR = 'fe930be7-5e62-47db-91af-98c3a49a38b1';
const ROLES = ['evidence', 'containment', 'people'] as const satisfies readonly MicrosoftRole[];

interface Registration {
  readonly role: MicrosoftRole;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Object id of its service principal. */
  readonly principalId: string;
  readonly permissions: Set<string>;
  /** Template ids of the directory roles that its service principal holds. */
  readonly directoryRoles: Set<string>;
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

/** What of a token the tenant itself goes by; the rest is for whoever reads it, as in a real one. */
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

/** Whose token it is, and what that app holds. */
interface Caller {
  readonly clientId: string;
  /** Permissions that the installation of the Teams app gives it, and no token. */
  readonly resourceSpecific: readonly string[];
  readonly directoryRoles: ReadonlySet<string>;
  may(permissions: readonly string[]): boolean;
}

/** The API that a permission is of. */
const apiOf = (permission: string): MicrosoftApi =>
  Object.values(OPERATIONS).find((o) => o.scopes.includes(permission))?.api ?? 'graph';

/** App registrations, the token endpoint, and what a bearer token may do. */
export class Authority {
  readonly tenantId: string;
  readonly #registrations: readonly Registration[];
  readonly #tokenKey: string;
  /** Tokens of an earlier one have been ended. */
  #generation = 0;

  constructor(
    private readonly world: World,
    licences: MicrosoftLicences = {},
  ) {
    const credentials = microsoftCredentials(world);
    this.tenantId = credentials.tenantId;
    this.#tokenKey = ROLES.map((role) => credentials[role].clientSecret).join();
    this.#registrations = ROLES.map((role) => ({
      role,
      ...credentials[role],
      principalId: guid(`principal:${role}`),
      permissions: new Set(microsoftNeeds(role, { licences }).flatMap((n) => n.scopes)),
      directoryRoles: new Set(role === 'containment' ? [USER_ADMINISTRATOR] : []),
      certificates: new Map<string, string>(),
    }));
  }

  /** Takes a permission away from a role's app, as an administrator would. */
  revoke(role: MicrosoftRole, permission: string): void {
    this.#registration(role).permissions.delete(permission);
  }

  /** Gives a role's app a permission. */
  grant(role: MicrosoftRole, permission: string): void {
    this.#registration(role).permissions.add(permission);
  }

  /** Directory roles of a role's service principal, to be changed as an administrator would. */
  directoryRoles(role: MicrosoftRole): Set<string> {
    return this.#registration(role).directoryRoles;
  }

  /** Every directory role that an app holds. */
  assignments(): readonly { readonly principalId: string; readonly roleDefinitionId: string }[] {
    return this.#registrations.flatMap(({ principalId, directoryRoles }) =>
      [...directoryRoles].map((roleDefinitionId) => ({ principalId, roleDefinitionId })),
    );
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
    const access_token = this.#tokenOf(registration, api);
    return {
      status: 200,
      body: { token_type: 'Bearer', expires_in: TOKEN_SECONDS, ext_expires_in: TOKEN_SECONDS, access_token },
    };
  }

  /** Client id of whom a token is for, whatever it is worth. */
  clientOf(authorization: string | undefined): string | undefined {
    const bearer = /^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '';
    const claims = openToken(TOKEN_PREFIX, bearer, this.#tokenKey) as Claims | undefined;
    return claims && this.#registration(claims.role).clientId;
  }

  /** The caller, when the token is alive and for this API. */
  caller(authorization: string | undefined, api: MicrosoftApi): Caller | undefined {
    const bearer = /^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '';
    const claims = openToken(TOKEN_PREFIX, bearer, this.#tokenKey) as Claims | undefined;
    if (claims?.api !== api || claims.generation !== this.#generation || claims.until <= this.world.now().getTime())
      return undefined;
    const registration = this.#registration(claims.role);
    return {
      clientId: registration.clientId,
      resourceSpecific: [...registration.permissions].filter(isResourceSpecific),
      directoryRoles: registration.directoryRoles,
      may: (permissions) => permissions.length === 0 || permissions.some((p) => registration.permissions.has(p)),
    };
  }

  /** An app-only access token as Entra words it: `roles` are the application permissions of this one API. */
  #tokenOf({ role, clientId, principalId, permissions }: Registration, api: MicrosoftApi): string {
    const now = this.world.now().getTime();
    const roles = [...permissions].filter((p) => !isResourceSpecific(p) && apiOf(p) === api);
    const own: Claims = { role, api, until: now + TOKEN_SECONDS * 1000, generation: this.#generation };
    const claims = {
      aud: AUDIENCES[api],
      iss: `https://sts.windows.net/${this.tenantId}/`,
      iat: Math.floor(now / 1000),
      exp: Math.floor(now / 1000) + TOKEN_SECONDS,
      idtyp: 'app',
      appid: clientId,
      oid: principalId,
      tid: this.tenantId,
      ...(roles.length === 0 ? {} : { roles }),
      ...own,
    };
    return sealToken(TOKEN_PREFIX, claims, this.#tokenKey);
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
