import { QuellError } from '../../../domain/errors.js';
import type { ContainmentAct, WriteOptions } from '../../ports.js';
import { sendOnce } from '../../kit/writes.js';
import { OPERATIONS } from '../operations.js';
import { findApp, type ServicePrincipal } from '../service-principals.js';
import { write, type ActContext } from './act.js';

/** Switches an app off for the whole tenant; what it was granted stays, and is worth nothing meanwhile. */
export function removeApp({ client }: ActContext): ContainmentAct<'remove_app'> {
  const read = async (appId: string, signal: AbortSignal | undefined): Promise<ServicePrincipal> => {
    const app = await findApp(client, appId, signal);
    if (!app) throw new QuellError('VENDOR_NOT_FOUND', 'service principal');
    return app;
  };
  const set = (app: ServicePrincipal, accountEnabled: boolean, options: WriteOptions) =>
    sendOnce(
      write(OPERATIONS.setAppEnabled, app.id),
      () =>
        client.send(OPERATIONS.setAppEnabled, {
          path: { id: app.id },
          body: { accountEnabled },
          signal: options.signal,
        }),
      async () => ((await read(app.appId, options.signal)).accountEnabled !== false) === accountEnabled,
      options,
    );
  return {
    kind: 'remove_app',
    reversible: true,
    undo: 'The app is switched on again for the tenant; its permissions were kept.',
    losses: 'Everybody in the tenant who uses the app is cut off meanwhile.',
    recognised: 'The app is switched off in the tenant, or not there.',
    proof:
      'accountEnabled of the app’s service principal is read back as false: it gets no token, so its app roles need not be taken away.',
    effectWithinSeconds: 900,
    capture: async ({ appId }, { signal } = {}) => ({
      accountEnabled: (await read(appId, signal)).accountEnabled !== false,
    }),
    apply: async ({ appId }, _, options = {}) => {
      const app = await read(appId, options.signal);
      return app.accountEnabled === false ? [] : set(app, false, options);
    },
    verify: async ({ appId }, _, { signal } = {}) => {
      const app = await findApp(client, appId, signal);
      return app
        ? { holds: app.accountEnabled === false, state: { accountEnabled: app.accountEnabled !== false } }
        : { holds: true, state: { present: false } };
    },
    revert: async ({ appId }, before, options = {}) => {
      const app = await read(appId, options.signal);
      return before['accountEnabled'] === true && app.accountEnabled === false ? set(app, true, options) : [];
    },
  };
}
