import type { FastifyInstance } from 'fastify';
import { SignJWT } from 'jose';
import { createPrivateKey } from 'node:crypto';
import type { GoogleRole } from '../../platforms/google/methods.js';
import { openToken, sealToken } from '../core/access-token.js';
import type { World } from '../core/world.js';
import { googleCredentials } from './authority.js';
import { fail, type Reply } from './replies.js';

/** The pool that knows the platform which the roles run on, and the token that the platform gives each. */
export const FEDERATION = {
  audience:
    '//iam.googleapis.com/projects/100200300400/locations/global/workloadIdentityPools/quell/providers/platform',
  subjectTokenType: 'urn:ietf:params:oauth:token-type:jwt',
  tokenOf: (role: GoogleRole): string => `platform-token-of-${role}`,
} as const;
export const EXCHANGE_OPERATION = 'sts.token';
export const SIGN_OPERATION = 'iamcredentials.projects.serviceAccounts.signJwt';
const PREFIX = 'ya29.d.sim.';
const ROLES = ['evidence', 'containment', 'people'] as const satisfies readonly GoogleRole[];

/** Workload identity federation: the exchange of the platform's token, and signing as a service account without its key. */
export function federationRoutes(app: FastifyInstance, world: World): void {
  const secret = googleCredentials(world).evidence.privateKey;
  app.post('/v1/token', { config: { operation: EXCHANGE_OPERATION } }, async (request, reply) => {
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    const role = ROLES.find((r) => FEDERATION.tokenOf(r) === form.get('subject_token'));
    const fits =
      form.get('grant_type') === 'urn:ietf:params:oauth:grant-type:token-exchange' &&
      form.get('audience') === FEDERATION.audience &&
      form.get('subject_token_type') === FEDERATION.subjectTokenType &&
      form.get('requested_token_type') === 'urn:ietf:params:oauth:token-type:access_token';
    if (!role || !fits)
      return reply.code(400).send({ error: 'invalid_grant', error_description: 'The credential is not accepted.' });
    return reply.send({
      access_token: sealToken(PREFIX, { role }, secret),
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      token_type: 'Bearer',
      expires_in: 3600,
    });
  });
  app.post(
    '/v1/projects/-/serviceAccounts/:email(^[^:/]+)::signJwt',
    { config: { operation: SIGN_OPERATION } },
    async (request, reply) => {
      const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
      const claims = openToken(PREFIX, bearer, secret) as { readonly role: GoogleRole } | undefined;
      const { email } = request.params as { readonly email: string };
      const { payload } = (request.body ?? {}) as { readonly payload?: unknown };
      const answer = claims ? await signed(world, claims.role, email, payload) : fail('vault', 401, 'UNAUTHENTICATED');
      return reply.code(answer.status).send(answer.body);
    },
  );
}

/** The pool's member for a role may sign as that role's service account alone. */
async function signed(world: World, role: GoogleRole, email: string, payload: unknown): Promise<Reply> {
  const account = googleCredentials(world)[role];
  if (account.email !== email)
    return fail('vault', 403, 'IAM_PERMISSION_DENIED', "Permission 'iam.serviceAccounts.signJwt' denied");
  if (typeof payload !== 'string') return fail('vault', 400, 'INVALID_ARGUMENT', 'payload is required');
  const signedJwt = await new SignJWT(JSON.parse(payload) as Record<string, unknown>)
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'google-managed' })
    .sign(createPrivateKey(account.privateKey));
  return { status: 200, body: { keyId: 'google-managed', signedJwt } };
}
