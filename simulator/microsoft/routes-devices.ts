import { OPERATIONS } from '../../platforms/microsoft/operations.js';
import type { DeviceActionResult, Indicator, MachineAction, ManagedDevice } from './entities.js';
import type { Entity } from './odata.js';
import { badRequest, created, fail, noContent, notFound, ok, type Reply } from './replies.js';
import type { Call, Router } from './routing.js';
import { guid } from './rows.js';
import type { TenantState } from './state.js';

/** Devices in Entra, Defender and Intune, and Defender's list of indicators. */
export function deviceRoutes(router: Router, state: TenantState): void {
  entraRoutes(router, state);
  machineRoutes(router, state);
  indicatorRoutes(router, state);
  intuneRoutes(router, state);
}

function entraRoutes(router: Router, state: TenantState): void {
  router.on(OPERATIONS.devices, (call) =>
    router.collection(
      call,
      state.devices.map(({ id, deviceId, name, enabled }) => ({
        ...{ id, deviceId, displayName: name },
        accountEnabled: enabled,
      })),
      { filter: { deviceId: ['eq'], displayName: ['eq', 'startswith'] }, maxTop: 999 },
    ),
  );
  router.on(OPERATIONS.setDeviceEnabled, (call) => {
    const device = state.devices.find((d) => d.id === call.params['id']);
    const wanted = call.body['accountEnabled'];
    if (!device) return notFound();
    if (typeof wanted !== 'boolean') return badRequest("Invalid value specified for property 'accountEnabled'.");
    if (device.enabled !== wanted) {
      device.enabled = wanted;
      state.acted(
        {
          operation: OPERATIONS.setDeviceEnabled.name,
          targetId: device.id,
          effect: `accountEnabled: ${String(!wanted)} -> ${String(wanted)}`,
        },
        {
          activity: 'Update device',
          category: 'Device',
          clientId: call.clientId,
          target: { id: device.id, type: 'Device', displayName: device.name },
        },
      );
    }
    return noContent;
  });
  const people = (call: Call, of: 'owner' | 'user'): Reply => {
    const device = state.devices.find((d) => d.id === call.params['id']);
    if (!device) return notFound();
    const id = device[of];
    return router.collection(call, id === undefined ? [] : [{ '@odata.type': '#microsoft.graph.user', id }]);
  };
  router.on(OPERATIONS.deviceOwners, (call) => people(call, 'owner'));
  router.on(OPERATIONS.deviceUsers, (call) => people(call, 'user'));
}

function machineRoutes(router: Router, state: TenantState): void {
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

function indicatorRoutes(router: Router, state: TenantState): void {
  const entity = (i: Indicator): Entity => ({
    id: i.id,
    indicatorValue: i.value,
    indicatorType: i.type,
    action: i.action,
    title: i.title,
    severity: 'High',
    createdBy: i.createdBy,
    expirationTime: i.expirationTime,
    generateAlert: false,
  });
  const record = (operation: string, targetId: string, effect: string): void => {
    state.world.record({ platform: 'microsoft', operation, targetId, effect });
  };

  router.on(OPERATIONS.indicators, (call) =>
    router.collection(call, state.indicators.map(entity), {
      filter: { indicatorValue: ['eq'], indicatorType: ['eq'], action: ['eq'] },
    }),
  );
  router.on(OPERATIONS.submitIndicator, (call) => {
    const { indicatorValue: value, indicatorType: type, action, title, description, expirationTime } = call.body;
    const complete = [value, type, action, title, description].every((v) => typeof v === 'string' && v !== '');
    if (!complete || String(value).includes('/'))
      return fail(400, 'InvalidRequestBody', 'Request body is incorrect', 'defender'); // no CIDR
    const until = typeof expirationTime === 'string' ? expirationTime : null;
    const known = state.indicators.find((i) => i.value === value && i.type === type);
    const next: Indicator = known ?? {
      id: String(995 + state.indicators.length),
      value: String(value),
      type: String(type),
      createdBy: call.clientId,
      action: 'none',
      title: '',
      expirationTime: null,
    };
    if (!known) state.indicators.push(next);
    if (next.action !== action)
      record(OPERATIONS.submitIndicator.name, next.value, `indicator: ${next.action} -> ${String(action)}`);
    Object.assign(next, { action, title, expirationTime: until }); // submit or update
    return ok(entity(next));
  });
  router.on(OPERATIONS.deleteIndicator, (call) => {
    const found = state.indicators.find((i) => i.id === call.params['id']);
    if (!found) return fail(404, 'ResourceNotFound', 'Indicator was not found', 'defender');
    state.indicators = state.indicators.filter((i) => i !== found);
    record(OPERATIONS.deleteIndicator.name, found.id, `indicator removed: ${found.value}`);
    return noContent;
  });
}

/** A look at a device finds its actions further on; a retired device is gone after the look that shows it done. */
function intuneRoutes(router: Router, state: TenantState): void {
  const present = (): readonly ManagedDevice[] => state.managedDevices.filter((d) => !d.gone);
  const entity = (d: ManagedDevice, single: boolean): Entity => ({
    id: d.id,
    azureADDeviceId: d.deviceId,
    deviceName: d.name,
    userId: d.userId ?? null,
    complianceState: 'compliant',
    managementState: d.results.some((r) => r.actionName === 'retire') ? 'retireIssued' : 'managed',
    ...(single ? { deviceActionResults: d.results.map((r) => ({ ...r, lastUpdatedDateTime: r.startDateTime })) } : {}),
  });
  const withDevice = (call: Call, then: (device: ManagedDevice) => Reply): Reply => {
    const device = present().find((d) => d.id === call.params['id']);
    return device ? then(device) : fail(404, 'ResourceNotFound', 'Device not found');
  };

  router.on(OPERATIONS.managedDevices, (call) =>
    router.collection(
      call,
      present().map((d) => entity(d, false)),
      { filter: { azureADDeviceId: ['eq'], userPrincipalName: ['eq'], deviceName: ['eq'] }, maxTop: 1000 },
    ),
  );
  router.on(OPERATIONS.managedDevice, (call) =>
    withDevice(call, (device) => {
      const asked = call.query['$select']?.split(',').includes('deviceActionResults') ?? false;
      const answer = ok(entity(device, asked));
      device.gone = device.results.some((r) => r.actionName === 'retire' && r.actionState === 'done');
      for (const result of device.results) result.actionState = result.actionState === 'pending' ? 'active' : 'done';
      return answer;
    }),
  );
  const ask = (call: Call, actionName: DeviceActionResult['actionName'], operation: string): Reply =>
    withDevice(call, (device) => {
      const result: DeviceActionResult = {
        actionName,
        actionState: 'pending',
        startDateTime: state.now().toISOString(),
      };
      device.results = [...device.results.filter((r) => r.actionName !== actionName), result]; // asked again, it begins again
      state.world.record({ platform: 'microsoft', operation, targetId: device.id, effect: `${actionName} asked for` });
      return noContent;
    });
  router.on(OPERATIONS.lockDevice, (call) => ask(call, 'remoteLock', OPERATIONS.lockDevice.name));
  router.on(OPERATIONS.retireDevice, (call) => ask(call, 'retire', OPERATIONS.retireDevice.name));
}
