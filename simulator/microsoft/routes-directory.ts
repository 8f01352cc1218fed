import { OPERATIONS } from '../../platforms/microsoft/operations.js';
import { USER_ADMINISTRATOR, type Authority } from './auth.js';
import type { User } from './entities.js';
import type { Entity } from './odata.js';
import { badRequest, denied, fail, noContent, notFound, ok } from './replies.js';
import type { Call, Router } from './routing.js';
import { appRoutes } from './routes-apps.js';
import { directoryTime, GLOBAL_ADMINISTRATOR, short, type TenantState } from './state.js';

/** Users and roles: reads and the acts on them; then the apps. */
export function directoryRoutes(router: Router, state: TenantState, apps: Pick<Authority, 'assignments'>): void {
  const withUser = (call: Call, then: (user: User) => ReturnType<typeof ok>): ReturnType<typeof ok> => {
    const user = state.user(call.params['id']);
    return user ? then(user) : notFound();
  };
  const userFilter = {
    onPremisesSamAccountName: ['eq', 'startswith'],
    onPremisesSecurityIdentifier: ['eq'],
    id: ['eq'],
    mail: ['eq'],
    userPrincipalName: ['eq'],
    proxyAddresses: ['any'],
    accountEnabled: ['eq'],
  };

  router.on(OPERATIONS.user, (call) => withUser(call, (user) => ok(selected(userEntity(state, user), call))));
  router.on(OPERATIONS.users, (call) => {
    const answer = router.collection(
      call,
      [...state.users.values()].map((u) => userEntity(state, u)),
      { filter: userFilter, maxTop: 999 },
    );
    const body = answer.body as { value: Entity[] };
    return { ...answer, body: { ...body, value: body.value.map((row) => selected(row, call)) } };
  });
  router.on(OPERATIONS.userRoles, (call) =>
    withUser(call, (user) => {
      const group = { '@odata.type': '#microsoft.graph.group', id: short('group:everybody'), displayName: 'Everybody' };
      const role = {
        '@odata.type': '#microsoft.graph.directoryRole',
        id: short('role:ga'),
        roleTemplateId: GLOBAL_ADMINISTRATOR,
        displayName: 'Global Administrator',
      };
      return router.collection(call, user.admin ? [group, role] : [group]);
    }),
  );
  router.on(OPERATIONS.roleAssignments, (call) => {
    const people = [...state.users.values()]
      .filter((u) => u.admin)
      .map((u) => ({ principalId: u.id, roleDefinitionId: GLOBAL_ADMINISTRATOR }));
    const rows = [...people, ...apps.assignments()].map((a) => ({
      id: short(`assignment:${a.principalId}:${a.roleDefinitionId}`),
      ...a,
      directoryScopeId: '/',
    }));
    return router.collection(call, rows, { filter: { roleDefinitionId: ['eq'], principalId: ['eq'] } });
  });
  router.on(OPERATIONS.mailboxSettings, (call) =>
    withUser(call, (user) =>
      user.mailbox
        ? ok({ userPurpose: user.kind === 'shared' ? 'shared' : 'user', timeZone: user.timeZone })
        : fail(
            404,
            'MailboxNotEnabledForRESTAPI',
            'The mailbox is either inactive, soft-deleted, or is hosted on-premise.',
          ),
    ),
  );
  appRoutes(router, state);
  accountActs(router, state, withUser);
}

function accountActs(
  router: Router,
  state: TenantState,
  withUser: (call: Call, then: (user: User) => ReturnType<typeof ok>) => ReturnType<typeof ok>,
): void {
  const target = (user: User) => ({ id: user.id, type: 'User', displayName: user.name });

  router.on(OPERATIONS.setAccountEnabled, (call) =>
    withUser(call, (user) => {
      const wanted = call.body['accountEnabled'];
      if (typeof wanted !== 'boolean') return badRequest("Invalid value specified for property 'accountEnabled'.");
      if (user.onPremises)
        return badRequest('Unable to update the specified properties for on-premises mastered Directory Sync objects.');
      if (user.admin) return denied('graph'); // the app itself holds no privileged directory role
      if (user.enabled !== wanted) {
        user.enabled = wanted;
        state.acted(
          {
            operation: OPERATIONS.setAccountEnabled.name,
            targetId: user.id,
            effect: `accountEnabled: ${String(!wanted)} -> ${String(wanted)}`,
          },
          {
            activity: wanted ? 'Enable account' : 'Disable account',
            category: 'UserManagement',
            clientId: call.clientId,
            target: target(user),
          },
        );
      }
      return noContent;
    }),
  );
  router.on(OPERATIONS.setPassword, (call) =>
    withUser(call, (user) => {
      const profile = call.body['passwordProfile'] as { password?: unknown } | undefined;
      if (typeof profile?.password !== 'string' || profile.password.length < 8 || profile.password.length > 256)
        return badRequest('The specified password does not comply with password complexity requirements.');
      if (user.onPremises)
        return badRequest('Unable to update the specified properties for on-premises mastered Directory Sync objects.');
      if (user.admin || !call.app.directoryRoles.has(USER_ADMINISTRATOR)) return denied('graph');
      user.passwordChanged = state.now();
      state.acted(
        { operation: OPERATIONS.setPassword.name, targetId: user.id, effect: 'password replaced' },
        { activity: 'Reset user password', category: 'UserManagement', clientId: call.clientId, target: target(user) },
      );
      return noContent;
    }),
  );
  router.on(OPERATIONS.revokeSessions, (call) =>
    withUser(call, (user) => {
      const answer = ok({ '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#Edm.Boolean', value: true });
      if (user.kind === 'guest') return answer; // answers well and does nothing: a guest signs in at home
      user.sessionsValidFrom = state.now();
      state.acted(
        { operation: OPERATIONS.revokeSessions.name, targetId: user.id, effect: 'sessions revoked' },
        {
          activity: 'Update StsRefreshTokenValidFrom Timestamp',
          category: 'UserManagement',
          clientId: call.clientId,
          target: target(user),
        },
      );
      return answer;
    }),
  );
}

/** Properties that come back only when `$select` names them. */
const ONLY_WHEN_SELECTED = new Set([
  'accountEnabled',
  'signInSessionsValidFromDateTime',
  'lastPasswordChangeDateTime',
  'onPremisesSyncEnabled',
  'proxyAddresses',
  'userType',
  'department',
  'externalUserState',
]);

function selected(row: Entity, call: Call): Entity {
  const names = call.query['$select']?.split(',');
  const expand = call.query['$expand'] ?? '';
  const keep = (name: string): boolean =>
    name === 'manager'
      ? expand.startsWith('manager')
      : names === undefined
        ? !ONLY_WHEN_SELECTED.has(name)
        : name === 'id' || names.includes(name);
  return Object.fromEntries(Object.entries(row).filter(([name]) => keep(name)));
}

function userEntity(state: TenantState, u: User): Entity {
  const manager = state.user(u.managerId);
  return {
    id: u.id,
    displayName: u.name,
    userPrincipalName: u.upn,
    mail: u.email,
    proxyAddresses: [`SMTP:${u.email}`],
    userType: u.kind === 'guest' ? 'Guest' : 'Member',
    externalUserState: u.kind === 'guest' ? 'Accepted' : null,
    department: u.department ?? null,
    accountEnabled: u.enabled,
    onPremisesSyncEnabled: u.onPremises ? true : null,
    mobilePhone: u.phone ?? null,
    businessPhones: [],
    signInSessionsValidFromDateTime: directoryTime(u.sessionsValidFrom),
    lastPasswordChangeDateTime: directoryTime(u.passwordChanged),
    ...(manager ? { manager: { '@odata.type': '#microsoft.graph.user', id: manager.id } } : {}),
  };
}
