import { METHODS } from '../../platforms/google/methods.js';
import { CUSTOMER_ID } from './authority.js';
import type { User } from './entities.js';
import { badRequest, fail, noContent, notFound, ok, type Reply } from './replies.js';
import type { Call, Router } from './routing.js';
import type { TenantState } from './state.js';

/** Accounts and what can be done to them. */
export function directoryRoutes(router: Router, state: TenantState): void {
  const withUser = (call: Call, then: (user: User) => Reply): Reply => {
    const user = state.user(call.params['userKey']);
    if (user?.deleted === true) return DELETED;
    return user ? then(user) : notFound('directory', 'Resource Not Found: userKey');
  };
  /** One administrator may not act on a higher one, nor on itself. */
  const mayAct = (call: Call, user: User): boolean =>
    call.subject !== undefined && call.subject.id !== user.id && (call.subject.admin || !user.admin);
  const forbidden = fail('directory', 403, 'forbidden', 'Not Authorized to access this resource/api');

  const entity = (user: User): object =>
    userEntity(
      user.settlesAt !== undefined && state.now() < user.settlesAt ? { ...user, suspended: !user.suspended } : user,
    );

  router.on(METHODS.user, (call) => withUser(call, (user) => ok(entity(user))));
  router.on(METHODS.users, (call) => {
    const wanted = /^(email|isAdmin)=(\S+)$/.exec(call.query['query'] ?? '');
    if (call.query['query'] !== undefined && !wanted) return badRequest('directory', 'Invalid Input: query');
    if (call.query['customer'] === undefined) return badRequest('directory', 'Bad Request');
    const found = [...state.users.values()].filter(
      (u) =>
        u.deleted !== true &&
        (!wanted ||
          (wanted[1] === 'email' ? u.email === wanted[2]?.toLowerCase() : u.admin === (wanted[2] === 'true'))),
    );
    return router.page(call, 'users', found.map(entity), {
      size: call.query['maxResults'],
      common: { kind: 'admin#directory#users' },
    });
  });

  router.on(METHODS.suspend, (call) =>
    withUser(call, (user) => {
      const wanted = call.body['suspended'];
      if (typeof wanted !== 'boolean') return badRequest('directory', 'Invalid Input: suspended');
      if (!mayAct(call, user)) return forbidden;
      if (user.suspended !== wanted) {
        user.suspended = wanted;
        user.settlesAt = new Date(state.now().getTime() + (state.options.settleSeconds ?? 0) * 1000);
        state.acted(
          {
            operation: METHODS.suspend.name,
            targetId: user.id,
            effect: `suspended: ${String(!wanted)} -> ${String(wanted)}`,
          },
          { event: wanted ? 'SUSPEND_USER' : 'UNSUSPEND_USER', user },
        );
      }
      return ok(userEntity(user));
    }),
  );
  router.on(METHODS.setPassword, (call) =>
    withUser(call, (user) => {
      const { password, hashFunction, changePasswordAtNextLogin } = call.body;
      const shape =
        { 'SHA-1': /^[0-9a-f]{40}$/, MD5: /^[0-9a-f]{32}$/ }[String(hashFunction)] ?? /^[\x20-\x7e]{8,100}$/;
      if (typeof password !== 'string' || !shape.test(password))
        return fail('directory', 400, 'invalid', 'Invalid Password');
      if (!mayAct(call, user)) return forbidden;
      if (user.password === password) return ok(entity(user)); // the same once more changes nothing
      user.password = password;
      user.passwordChangedAt = state.now();
      if (typeof changePasswordAtNextLogin === 'boolean') user.changePasswordAtNextLogin = changePasswordAtNextLogin;
      state.acted(
        { operation: METHODS.setPassword.name, targetId: user.id, effect: 'password changed' },
        { event: 'CHANGE_PASSWORD', user },
      );
      return ok(userEntity(user));
    }),
  );
  router.on(METHODS.signOut, (call) =>
    withUser(call, (user) => {
      if (!mayAct(call, user)) return forbidden;
      // The log tells of every time, also when nobody has signed in since the last.
      if (hasSessions(state, user))
        state.acted({ operation: METHODS.signOut.name, targetId: user.id, effect: 'all sessions ended' });
      state.logged({ event: 'RESET_SIGNIN_COOKIES', user });
      user.sessionsRevokedAt = state.now();
      return noContent;
    }),
  );
  credentialRoutes(router, state, withUser);
}

/** Answers for an account in its twenty days after deletion. */
const DELETED: Reply = {
  status: 412,
  body: {
    error: {
      code: 412,
      message: 'User is deleted.',
      errors: [
        {
          ...{ domain: 'global', reason: 'conditionNotMet', message: 'User is deleted.' },
          ...{ location: 'If-Match', locationType: 'header' },
        },
      ],
    },
  },
};

function hasSessions(state: TenantState, user: User): boolean {
  const { sessionsRevokedAt } = user;
  return (
    sessionsRevokedAt === undefined ||
    state.activities.some((a) => a.actor === user.id && a.name === 'login_success' && a.at > sessionsRevokedAt)
  );
}

function credentialRoutes(
  router: Router,
  state: TenantState,
  withUser: (call: Call, then: (user: User) => Reply) => Reply,
): void {
  /** What a suspended account could sign in with is shown to nobody: 401, as for a bad credential. */
  const withActive = (call: Call, then: (user: User) => Reply): Reply =>
    withUser(call, (user) => (user.suspended ? fail('directory', 401, 'required', 'Login Required') : then(user)));
  router.on(METHODS.tokens, (call) =>
    withActive(call, (user) => {
      const items = state
        .visible(state.grants)
        .filter((g) => g.userId === user.id)
        .map((g) => ({
          kind: 'admin#directory#token',
          clientId: g.clientId,
          displayText: g.name,
          scopes: g.scopes,
          anonymous: false,
          nativeApp: false,
          userKey: user.id,
        }));
      return ok({ kind: 'admin#directory#tokenList', ...(items.length === 0 ? {} : { items }) });
    }),
  );
  router.on(METHODS.deleteToken, (call) =>
    withUser(call, (user) => {
      const { clientId = '' } = call.params;
      const left = state.grants.filter((g) => g.userId !== user.id || g.clientId !== clientId);
      if (left.length === state.grants.length) return notFound('directory', 'Resource Not Found: clientId');
      state.grants = left;
      state.acted(
        { operation: METHODS.deleteToken.name, targetId: `${user.id}/tokens/${clientId}`, effect: 'grant removed' },
        { event: 'REVOKE_3LO_TOKEN', user, parameters: { APP_ID: clientId } },
      );
      return noContent;
    }),
  );
  router.on(METHODS.asps, (call) =>
    withActive(call, (user) => {
      const items = state.appPasswords
        .filter((a) => a.userId === user.id)
        .map((a) => ({
          kind: 'admin#directory#asp',
          codeId: a.codeId,
          name: a.name,
          creationTime: String(a.createdAt.getTime()),
          lastTimeUsed: '0',
          userKey: user.id,
        }));
      return ok({ kind: 'admin#directory#aspList', ...(items.length === 0 ? {} : { items }) });
    }),
  );
  router.on(METHODS.deleteAsp, (call) =>
    withUser(call, (user) => {
      const codeId = Number(call.params['codeId']);
      const left = state.appPasswords.filter((a) => a.userId !== user.id || a.codeId !== codeId);
      if (left.length === state.appPasswords.length) return notFound('directory', 'Resource Not Found: codeId');
      state.appPasswords = left;
      state.acted(
        {
          operation: METHODS.deleteAsp.name,
          targetId: `${user.id}/asps/${String(codeId)}`,
          effect: 'app password removed',
        },
        { event: 'REVOKE_ASP', user },
      );
      return noContent;
    }),
  );
  router.on(METHODS.backupCodes, (call) =>
    withActive(call, (user) => {
      const items = Array.from({ length: user.backupCodes }, (_, n) => ({
        kind: 'admin#directory#verificationCode',
        userId: user.id,
        verificationCode: String(10_000_000 + n),
      }));
      return ok({ kind: 'admin#directory#verificationCodesList', ...(items.length === 0 ? {} : { items }) });
    }),
  );
  router.on(METHODS.invalidateCodes, (call) =>
    withUser(call, (user) => {
      if (user.suspended) return badRequest('directory', 'Invalid Input');
      if (user.backupCodes > 0) {
        const effect = `backup codes: ${String(user.backupCodes)} -> 0`;
        user.backupCodes = 0;
        state.acted({ operation: METHODS.invalidateCodes.name, targetId: user.id, effect });
      }
      return noContent;
    }),
  );
}

function userEntity(user: User): object {
  const [givenName = '', ...rest] = user.name.split(' ');
  return {
    kind: 'admin#directory#user',
    id: user.id,
    primaryEmail: user.email,
    name: { fullName: user.name, givenName, familyName: rest.join(' ') },
    isAdmin: user.admin,
    isDelegatedAdmin: user.delegatedAdmin,
    suspended: user.suspended,
    ...(user.suspended ? { suspensionReason: 'ADMIN' } : {}),
    archived: false,
    isMailboxSetup: user.mailbox,
    changePasswordAtNextLogin: user.changePasswordAtNextLogin,
    isEnrolledIn2Sv: true,
    emails: [{ address: user.email, primary: true }],
    ...(user.phone === undefined ? {} : { phones: [{ value: user.phone, type: 'mobile' }] }),
    ...(user.aliases.length === 0 ? {} : { aliases: user.aliases }),
    ...(user.department === undefined ? {} : { organizations: [{ department: user.department, primary: true }] }),
    ...(user.managerEmail === undefined ? {} : { relations: [{ value: user.managerEmail, type: 'manager' }] }),
    customerId: user.customerId ?? CUSTOMER_ID,
    orgUnitPath: '/',
  };
}
