import { OPERATIONS } from '../../platforms/microsoft/operations.js';
import type { App, Grant } from './entities.js';
import type { Entity } from './odata.js';
import { badRequest, created, fail, noContent, notFound, ok } from './replies.js';
import type { Call, Router } from './routing.js';
import { directoryTime, short, type TenantState } from './state.js';

/** Apps of the tenant and what people consented to. */
export function appRoutes(router: Router, state: TenantState): void {
  router.on(OPERATIONS.findServicePrincipal, (call) =>
    router.collection(call, [...state.apps.values()].map(appEntity), {
      filter: { appId: ['eq'], id: ['eq'], displayName: ['eq', 'startswith'] },
    }),
  );
  router.on(OPERATIONS.servicePrincipal, (call) => {
    const app = state.apps.get(call.params['id'] ?? '');
    return app ? ok(appEntity(app)) : notFound();
  });
  router.on(OPERATIONS.appOwners, (call) => {
    const app = state.apps.get(call.params['id'] ?? '');
    if (!app) return notFound();
    const first = state.grants.find((g) => g.clientId === app.id && g.principalId !== undefined);
    return router.collection(call, first ? [{ '@odata.type': '#microsoft.graph.user', id: first.principalId }] : []);
  });
  router.on(OPERATIONS.setAppEnabled, (call) => {
    const app = state.apps.get(call.params['id'] ?? '');
    const wanted = call.body['accountEnabled'];
    if (!app) return notFound();
    if (typeof wanted !== 'boolean') return badRequest("Invalid value specified for property 'accountEnabled'.");
    if (app.enabled !== wanted) {
      app.enabled = wanted;
      state.acted(
        {
          operation: OPERATIONS.setAppEnabled.name,
          targetId: app.id,
          effect: `accountEnabled: ${String(!wanted)} -> ${String(wanted)}`,
        },
        {
          activity: 'Update service principal',
          category: 'ApplicationManagement',
          clientId: call.clientId,
          target: { id: app.id, type: 'ServicePrincipal', displayName: app.name },
        },
      );
    }
    return noContent;
  });
  router.on(OPERATIONS.appGrants, (call) =>
    router.collection(call, state.visible(state.grants).map(grantEntity), {
      filter: { clientId: ['eq'], consentType: ['eq'], principalId: ['eq'], resourceId: ['eq'] },
    }),
  );
  router.on(OPERATIONS.userGrants, (call) => {
    const user = state.user(call.params['id']);
    return user
      ? router.collection(
          call,
          state
            .visible(state.grants)
            .filter((g) => g.principalId === user.id)
            .map(grantEntity),
        )
      : notFound();
  });
  const audited = (call: Call, grant: Grant, activity: string) => {
    const app = state.apps.get(grant.clientId);
    return {
      activity,
      category: 'ApplicationManagement',
      clientId: call.clientId,
      target: { id: grant.clientId, type: 'ServicePrincipal', displayName: app?.name ?? '' },
    };
  };
  router.on(OPERATIONS.deleteGrant, (call) => {
    const grant = state.grants.find((g) => g.id === call.params['id']);
    if (!grant) return notFound();
    state.grants = state.grants.filter((g) => g !== grant);
    state.acted(
      { operation: OPERATIONS.deleteGrant.name, targetId: grant.id, effect: `grant removed: ${grant.scope}` },
      audited(call, grant, 'Remove delegated permission grant'),
    );
    return noContent;
  });
  router.on(OPERATIONS.createGrant, (call) => {
    const { clientId, principalId, resourceId, scope, consentType } = call.body;
    if (
      typeof clientId !== 'string' ||
      typeof principalId !== 'string' ||
      typeof resourceId !== 'string' ||
      typeof scope !== 'string' ||
      consentType !== 'Principal'
    )
      return badRequest('Property is missing.');
    if (!state.apps.has(clientId) || !state.user(principalId)) return badRequest('Reference does not exist.');
    if (
      state.grants.some((g) => g.clientId === clientId && g.principalId === principalId && g.resourceId === resourceId)
    )
      return fail(409, 'Request_MultipleObjectsWithSameKeyValue', 'Permission entry already exists.');
    const grant: Grant = {
      id: short(`grant:${clientId}:${principalId}:${String(state.audits.length)}`),
      clientId,
      principalId,
      resourceId,
      scope,
      visibleAt: state.now(),
    };
    state.grants.push(grant);
    state.acted(
      { operation: OPERATIONS.createGrant.name, targetId: clientId, effect: `grant added: ${scope}` },
      audited(call, grant, 'Add delegated permission grant'),
    );
    return created(grantEntity(grant));
  });
}

function appEntity(a: App): Entity {
  return {
    id: a.id,
    appId: a.appId,
    displayName: a.name,
    accountEnabled: a.enabled,
    appOwnerOrganizationId: a.ownerTenant,
    createdDateTime: directoryTime(a.createdAt),
    verifiedPublisher: { displayName: null, verifiedPublisherId: null, addedDateTime: null },
  };
}

function grantEntity(g: Grant): Entity {
  return {
    id: g.id,
    clientId: g.clientId,
    consentType: g.principalId === undefined ? 'AllPrincipals' : 'Principal',
    principalId: g.principalId ?? null,
    resourceId: g.resourceId,
    scope: g.scope,
  };
}
