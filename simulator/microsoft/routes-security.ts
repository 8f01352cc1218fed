import { OPERATIONS } from '../../platforms/microsoft/operations.js';
import { badRequest, created, fail, noContent, ok } from './replies.js';
import type { Call, Router } from './routing.js';
import { guid } from './rows.js';
import type { MachineAction, NamedLocation } from './entities.js';
import type { TenantState } from './state.js';

/** Conditional Access locations and policies, and Defender's devices. */
export function securityRoutes(router: Router, state: TenantState): void {
  accessRoutes(router, state);
  deviceRoutes(router, state);
}

function accessRoutes(router: Router, state: TenantState): void {
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
    if (!location) return fail(404, 'NotFound', '1040: NamedLocation does not exist in the directory.');
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

function deviceRoutes(router: Router, state: TenantState): void {
  const entity = (m: TenantState['machines'][number]) => ({
    id: m.id,
    aadDeviceId: m.deviceId,
    computerDnsName: m.name,
    healthStatus: 'Active',
  });
  const actionEntity = (a: MachineAction) => ({
    id: a.id,
    type: a.type,
    scope: 'Full',
    requestor: 'app',
    requestorComment: a.comment,
    status: a.status,
    machineId: a.machineId,
    creationDateTimeUtc: a.at.toISOString(),
    lastUpdateDateTimeUtc: a.at.toISOString(),
  });

  router.on(OPERATIONS.machine, (call) => {
    const machine = state.machines.find((m) => m.id === call.params['id'] || m.deviceId === call.params['id']);
    return machine && machine.id === call.params['id']
      ? ok(entity(machine))
      : fail(404, 'ResourceNotFound', 'Machine was not found', 'defender');
  });
  router.on(OPERATIONS.machines, (call) =>
    router.collection(call, state.machines.map(entity), {
      filter: { aadDeviceId: ['eq'], computerDnsName: ['eq', 'startswith'] },
    }),
  );
  router.on(OPERATIONS.machineActions, (call) => {
    const answer = router.collection(call, state.machineActions.map(actionEntity), {
      filter: { machineId: ['eq'], type: ['eq'], status: ['eq'] },
    });
    for (const action of state.machineActions) action.status = action.status === 'Pending' ? 'InProgress' : 'Succeeded'; // each look finds it further on
    return answer;
  });
  const act = (call: Call, type: MachineAction['type'], operation: string) => {
    const machine = state.machines.find((m) => m.id === call.params['id']);
    if (!machine) return fail(404, 'ResourceNotFound', 'Machine was not found', 'defender');
    if (typeof call.body['Comment'] !== 'string')
      return fail(400, 'InvalidRequestBody', 'Comment is required', 'defender');
    const own = state.machineActions.filter((a) => a.machineId === machine.id);
    if (own.some((a) => a.status !== 'Succeeded'))
      return fail(400, 'ActiveRequestAlreadyExists', 'Action is already in progress', 'defender');
    const action: MachineAction = {
      id: guid(`machine-action:${String(state.machineActions.length)}`),
      type,
      machineId: machine.id,
      comment: call.body['Comment'],
      at: state.now(),
      status: 'Pending',
    };
    state.machineActions.push(action);
    state.world.record({
      platform: 'microsoft',
      operation,
      targetId: machine.id,
      effect: type === 'Isolate' ? 'isolation begun' : 'release begun',
    });
    return created(actionEntity(action));
  };
  router.on(OPERATIONS.isolate, (call) => act(call, 'Isolate', OPERATIONS.isolate.name));
  router.on(OPERATIONS.release, (call) => act(call, 'Unisolate', OPERATIONS.release.name));
}
