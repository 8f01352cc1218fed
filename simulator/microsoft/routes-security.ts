import { OPERATIONS } from '../../platforms/microsoft/operations.js';
import { badRequest, fail, noContent, notFound, ok } from './replies.js';
import type { Call, Router } from './routing.js';
import { guid } from './rows.js';
import type { NamedLocation, User } from './entities.js';
import type { TenantState } from './state.js';

/** Conditional Access and Identity Protection. `lag`: so many edits find that a location is not known everywhere yet. */
export function securityRoutes(router: Router, state: TenantState, lag: { namedLocation: number }): void {
  accessRoutes(router, state, lag);
  riskRoutes(router, state);
}

function accessRoutes(router: Router, state: TenantState, lag: { namedLocation: number }): void {
  router.on(OPERATIONS.namedLocations, (call) =>
    router.collection(
      call,
      state.locations.map((l) => ({
        '@odata.type': '#microsoft.graph.ipNamedLocation',
        id: l.id,
        displayName: l.displayName,
        isTrusted: l.isTrusted,
        ipRanges: l.ranges,
      })),
    ),
  );
  router.on(OPERATIONS.accessPolicies, (call) =>
    router.collection(call, [
      {
        id: guid('policy:blocked'),
        displayName: 'Quell: block addresses',
        state: 'enabled',
        conditions: {
          users: { includeUsers: ['All'] },
          applications: { includeApplications: ['All'] },
          locations: { includeLocations: [guid('location:blocked')], excludeLocations: [] },
        },
        grantControls: { operator: 'OR', builtInControls: ['block'] },
      },
    ]),
  );
  router.on(OPERATIONS.setNamedLocation, (call) => {
    const location = state.locations.find((l) => l.id === call.params['id']);
    const { ipRanges } = call.body;
    if (!location || lag.namedLocation-- > 0)
      return fail(404, 'NotFound', '1040: NamedLocation does not exist in the directory.');
    if (
      call.body['@odata.type'] !== '#microsoft.graph.ipNamedLocation' ||
      !Array.isArray(ipRanges) ||
      ipRanges.length === 0
    )
      return badRequest('ipRanges is required.');
    replace(state, call, location, ipRanges as NamedLocation['ranges']);
    return noContent;
  });
}

/** The whole list is replaced by what is sent: there is no "add one". */
function replace(state: TenantState, call: Call, location: NamedLocation, ranges: NamedLocation['ranges']): void {
  const cidrs = (list: NamedLocation['ranges']): readonly string[] => list.map((r) => String(r['cidrAddress']));
  const [before, after] = [cidrs(location.ranges), cidrs(ranges)];
  const changes = [
    ...after.filter((c) => !before.includes(c)).map((c) => `+${c}`),
    ...before.filter((c) => !after.includes(c)).map((c) => `-${c}`),
  ];
  location.ranges = ranges;
  if (changes.length === 0) return;
  state.acted(
    { operation: OPERATIONS.setNamedLocation.name, targetId: location.id, effect: changes.join(' ') },
    {
      activity: 'Update named location',
      category: 'Policy',
      clientId: call.clientId,
      target: { id: location.id, type: 'Policy', displayName: location.displayName },
    },
  );
}

/** Risk of an account: what was detected, until an administrator says otherwise. */
export function riskOf(state: TenantState, user: User): string {
  return (
    user.judged?.state ?? (state.visible(state.rows.risk).some((r) => r.fields.user === user.id) ? 'atRisk' : 'none')
  );
}

const DETAILS = {
  confirmedCompromised: 'adminConfirmedUserCompromised',
  dismissed: 'adminDismissedAllRiskForUser',
} as const;

function riskRoutes(router: Router, state: TenantState): void {
  router.on(OPERATIONS.riskyUser, (call) => {
    const user = state.user(call.params['id']);
    const risk = user ? riskOf(state, user) : 'none';
    if (!user || risk === 'none') return notFound(); // the list holds accounts with a risk, and no others
    const { judged } = user;
    return ok({
      id: user.id,
      isDeleted: false,
      isProcessing: judged !== undefined && judged.looks++ === 0, // the first look finds it still at work
      riskState: risk,
      riskLevel: risk === 'dismissed' ? 'none' : 'high',
      riskDetail: judged ? DETAILS[judged.state] : 'none',
      riskLastUpdatedDateTime: (judged?.at ?? state.world.startedAt).toISOString(),
      userDisplayName: user.name,
      userPrincipalName: user.upn,
    });
  });
  const judge = (call: Call, operation: string, verdict: NonNullable<User['judged']>['state']) => {
    const { userIds } = call.body;
    if (!Array.isArray(userIds) || userIds.length === 0 || userIds.length > 60)
      return badRequest('userIds must name 1 to 60 users.');
    for (const user of userIds.map((id) => state.user(String(id)))) {
      if (!user || user.judged?.state === verdict) continue; // unknown ids are passed over, as is what holds already
      user.judged = { state: verdict, at: state.now(), looks: 0 };
      state.acted(
        { operation, targetId: user.id, effect: `riskState: ${verdict}` },
        {
          activity: verdict === 'dismissed' ? 'Dismiss user risk' : 'Confirm user compromised',
          category: 'Other',
          clientId: call.clientId,
          target: { id: user.id, type: 'User', displayName: user.name },
        },
      );
    }
    return noContent;
  };
  router.on(OPERATIONS.confirmCompromised, (call) =>
    judge(call, OPERATIONS.confirmCompromised.name, 'confirmedCompromised'),
  );
  router.on(OPERATIONS.dismissRisk, (call) => judge(call, OPERATIONS.dismissRisk.name, 'dismissed'));
}
