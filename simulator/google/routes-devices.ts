import { METHODS } from '../../platforms/google/methods.js';
import type { DeviceUser } from './entities.js';
import { badRequest, fail, notFound, ok, type Reply } from './replies.js';
import type { Call, Router } from './routing.js';
import { hexId } from './rows.js';
import type { TenantState } from './state.js';

/** Cloud Identity: the accounts on devices. The answer to a change is an operation, done at once. */
export function deviceRoutes(router: Router, state: TenantState): void {
  router.on(METHODS.deviceUsers, (call) => {
    const { filter, pageSize = '5' } = call.query;
    const email = filter === undefined ? undefined : /^email:(\S+)$/.exec(filter)?.[1];
    if (filter !== undefined && email === undefined) return badRequest('cloudidentity', 'Invalid filter');
    // By words: the beginning of an address finds it too.
    const found = state
      .visible(state.devices)
      .filter((d) => email === undefined || emailOf(d).startsWith(email.toLowerCase()))
      .map((d) => entity(d));
    return router.page(call, 'deviceUsers', found, { size: String(Math.min(20, Number(pageSize))) });
  });
  router.on(METHODS.blockDevice, (call) => set(call, 'BLOCKED', METHODS.blockDevice.name));
  router.on(METHODS.approveDevice, (call) => set(call, 'APPROVED', METHODS.approveDevice.name));

  function set(call: Call, to: string, operation: string): Reply {
    const name = `devices/${call.params['device'] ?? ''}/deviceUsers/${call.params['deviceUser'] ?? ''}`;
    const device = state.visible(state.devices).find((d) => d.name === name);
    if (!device) return notFound('cloudidentity', 'Requested entity was not found.');
    if (['WIPED', 'UNENROLLED'].includes(device.state))
      return fail('cloudidentity', 400, 'FAILED_PRECONDITION', 'Precondition check failed.');
    if (device.state !== to) {
      const effect = `${device.state} -> ${to}`;
      device.state = to;
      state.acted({ operation, targetId: name, effect });
    }
    return ok({
      name: `operations/${hexId(`${operation}:${name}`)}`,
      done: true,
      response: { '@type': `type.googleapis.com/google.apps.cloudidentity.devices.v1.DeviceUser`, ...entity(device) },
    });
  }
  function emailOf(device: DeviceUser): string {
    return state.users.get(device.userId)?.email ?? '';
  }
  function entity(device: DeviceUser): object {
    return {
      name: device.name,
      userEmail: emailOf(device),
      managementState: device.state,
      passwordState: 'PASSWORD_SET',
      lastSyncTime: state.now().toISOString(),
    };
  }
}
