import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import type { VendorWrite } from '../../../domain/plan.js';
import type { ContainmentAct } from '../../ports.js';
import { someList } from '../../kit/rows.js';
import { readInstall } from '../installs.js';
import { OPERATIONS, type SlackOperation } from '../methods.js';
import { metadata, pagesOf } from '../pages.js';
import { readSelf } from '../self.js';
import { sendOnce, type ActContext } from './act.js';

const listed = z.looseObject({ app: z.looseObject({ id: z.string() }) });
const resolved = z.looseObject({
  approved_apps: someList(listed),
  restricted_apps: someList(listed),
  response_metadata: metadata,
});
const ok = z.looseObject({});

/** Organisation-wide: exactly one of enterprise and workspace may be named, and org-deployed apps go only by enterprise. */
async function enterpriseOf({ client }: ActContext, signal: AbortSignal | undefined): Promise<string> {
  const { enterprise_id } = await readSelf(client, signal);
  if (!enterprise_id)
    throw new QuellError(
      'VENDOR_PLAN',
      'apps can be removed by API only on Enterprise, with a token of the organisation',
    );
  return enterprise_id;
}

async function isListed(
  { client }: ActContext,
  operation: SlackOperation,
  appId: string,
  enterprise_id: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const pages = pagesOf((cursor) =>
    client.call(operation, { enterprise_id, limit: 1000, cursor }, resolved, { signal }),
  );
  for await (const page of pages)
    if ([...page.restricted_apps, ...page.approved_apps].some((row) => row.app.id === appId)) return true;
  return false;
}

/** Bars the app (`admin.apps.restrict`), which keeps existing installs, then removes it with its tokens (`admin.apps.uninstall`). */
export function removeApp(context: ActContext): ContainmentAct<'remove_app'> {
  const { client } = context;
  const restricted = (appId: string, enterprise: string, signal?: AbortSignal) =>
    isListed(context, OPERATIONS.appsRestricted, appId, enterprise, signal);
  /** Until a row of the log says that it was removed, whoever removed it; an app that is only disabled keeps its tokens. */
  const installed = async (appId: string, signal?: AbortSignal): Promise<boolean> =>
    (await readInstall(client, OPERATIONS.installs, appId, context.teamIds, signal))?.removed !== true;

  return {
    kind: 'remove_app',
    reversible: true,
    undo: 'The bar on the app is taken away; people install it again.',
    losses: 'The installs and tokens of the app, for everybody: whoever uses it installs it anew.',
    recognised:
      'The app is on the list of restricted apps, and the newest entry about it in the integration log of each workspace says `removed`.',
    proof: 'Both read again; the audit log holds `app_restricted` and `app_uninstalled`.',
    effectWithinSeconds: 60,
    capture: async (target, { signal } = {}) => {
      const [id, enterprise] = [target.appId, await enterpriseOf(context, signal)];
      return {
        installed: await installed(id, signal),
        restricted: await restricted(id, enterprise, signal),
        approved: await isListed(context, OPERATIONS.appsApproved, id, enterprise, signal),
      };
    },
    apply: async (target, _, options = {}) => {
      const { signal } = options;
      const [id, enterprise_id] = [target.appId, await enterpriseOf(context, signal)];
      const args = { app_id: id, enterprise_id };
      const writes: VendorWrite[] = [];
      if (!(await restricted(id, enterprise_id, signal))) {
        writes.push(
          await sendOnce(
            OPERATIONS.appRestrict,
            id,
            () => client.call(OPERATIONS.appRestrict, args, ok, { signal, answers: { request_already_resolved: {} } }),
            () => restricted(id, enterprise_id, signal),
            options,
          ),
        );
      }
      if (await installed(id, signal)) {
        writes.push(
          await sendOnce(
            OPERATIONS.appUninstall,
            id,
            () => client.call(OPERATIONS.appUninstall, args, ok, { signal }),
            async () => !(await installed(id, signal)),
            options,
          ),
        );
      }
      return writes;
    },
    verify: async (target, _, { signal } = {}) => {
      const [id, enterprise] = [target.appId, await enterpriseOf(context, signal)];
      const state = { installed: await installed(id, signal), restricted: await restricted(id, enterprise, signal) };
      return { holds: !state.installed && state.restricted, state };
    },
    revert: async (target, before, options = {}) => {
      const { signal } = options;
      const [id, enterprise_id] = [target.appId, await enterpriseOf(context, signal)];
      if (before['restricted'] === true || !(await restricted(id, enterprise_id, signal))) return [];
      const operation = before['approved'] === true ? OPERATIONS.appApprove : OPERATIONS.appClearResolution;
      const send = () =>
        client.call(operation, { app_id: id, enterprise_id }, ok, { signal, answers: { no_resolution_found: {} } });
      return [await sendOnce(operation, id, send, async () => !(await restricted(id, enterprise_id, signal)), options)];
    },
  };
}
