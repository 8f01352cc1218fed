import { OPERATIONS } from '../../platforms/microsoft/operations.js';
import type { User } from './entities.js';
import { factorBody, PASSWORD_METHOD, type Factor, type FactorList } from './factors.js';
import type { Entity } from './odata.js';
import { fail, noContent, notFound, type Reply } from './replies.js';
import type { Call, Router } from './routing.js';
import { directoryTime, type TenantState } from './state.js';

const DELETIONS = {
  microsoftAuthenticatorMethods: OPERATIONS.deleteAuthenticator,
  fido2Methods: OPERATIONS.deletePasskey,
  phoneMethods: OPERATIONS.deletePhone,
  emailMethods: OPERATIONS.deleteEmail,
  softwareOathMethods: OPERATIONS.deleteSoftwareOath,
  temporaryAccessPassMethods: OPERATIONS.deleteAccessPass,
  windowsHelloForBusinessMethods: OPERATIONS.deleteWindowsHello,
  platformCredentialMethods: OPERATIONS.deletePlatformCredential,
} as const satisfies Record<FactorList, unknown>;

/** What people sign in with: one list of all kinds, and a path of its own for the deletion of each kind. */
export function factorRoutes(router: Router, state: TenantState): void {
  const of = (user: User): readonly Factor[] => state.visible(state.factors).filter((f) => f.owner === user.id);

  router.on(OPERATIONS.authMethods, (call) => {
    const user = state.user(call.params['id']);
    return user ? router.collection(call, [passwordEntity(user), ...of(user).map(entity)]) : notFound();
  });
  for (const [list, operation] of Object.entries(DELETIONS))
    router.on(operation, (call) => {
      const user = state.user(call.params['id']);
      if (!user) return notFound();
      const own = of(user);
      const factor = own.find((f) => f.list === list && f.id === call.params['factorId']);
      if (!factor) return fail(404, 'resourceNotFound', 'The requested authentication method was not found.');
      const refusal = refused(factor, own);
      if (refusal) return refusal;
      state.factors = state.factors.filter((f) => f !== factor);
      removed(state, call, user, { operation: operation.name, factor });
      return noContent;
    });
}

/**
 * Why a factor stays: the default while there are others, and a mobile number beside a second one (phoneauthenticationmethod-delete;
 * the words as in microsoftgraph/microsoft-graph-docs#14470). An address serves the reset of the password alone.
 */
function refused({ list, isDefault, fields, id }: Factor, own: readonly Factor[]): Reply | undefined {
  const others = own.filter((f) => f.list !== 'emailMethods' && !(f.list === list && f.id === id));
  if (isDefault && others.length > 0)
    return fail(
      400,
      'badRequest',
      'Cannot delete default method with other methods configured. Please change default method before deletion.',
    );
  if (
    list === 'phoneMethods' &&
    fields.phoneType === 'mobile' &&
    own.some((f) => f.fields.phoneType === 'alternateMobile')
  )
    return fail(400, 'badRequest', 'A mobile number is needed beside an alternate one.');
  return undefined;
}

function removed(
  state: TenantState,
  call: Call,
  user: User,
  { operation, factor }: { readonly operation: string; readonly factor: Factor },
): void {
  state.acted(
    { operation, targetId: `${user.id}/${factor.list}/${factor.id}`, effect: 'authentication method removed' },
    {
      activity: 'Admin deleted security info',
      category: 'UserManagement',
      clientId: call.clientId,
      target: { id: user.id, type: 'User', displayName: user.name },
    },
  );
}

const entity = (factor: Factor): Entity => ({
  '@odata.type': `#microsoft.graph.${factor.list.replace(/Methods$/, 'AuthenticationMethod')}`,
  id: factor.id,
  createdDateTime: factor.createdAt === undefined ? null : directoryTime(factor.createdAt),
  ...factorBody(factor),
});

const passwordEntity = (user: User): Entity => ({
  '@odata.type': '#microsoft.graph.passwordAuthenticationMethod',
  id: PASSWORD_METHOD,
  createdDateTime: directoryTime(user.passwordChanged),
  password: null,
});
