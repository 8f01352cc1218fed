import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import type { ActionTarget, VendorWrite } from '../../../domain/plan.js';
import type { ContainmentAct, VendorState, WriteOptions } from '../../ports.js';
import { quoted, type MicrosoftClient } from '../client.js';
import { OPERATIONS } from '../operations.js';
import { accountOf, sendOnce } from '../../writes.js';
import { orMissing } from '../../replies.js';
import { write, type ActContext } from './act.js';

const servicePrincipal = z.looseObject({
  id: z.string(),
  appId: z.string(),
  accountEnabled: z.boolean().nullish(),
  appOwnerOrganizationId: z.string().nullish(),
});
type ServicePrincipal = z.infer<typeof servicePrincipal>;
const grant = z.looseObject({
  id: z.string(),
  clientId: z.string(),
  consentType: z.string().nullish(),
  principalId: z.string().nullish(),
  resourceId: z.string(),
  scope: z.string().nullish(),
});
type Grant = z.infer<typeof grant>;

/** The tenant's instance of an app, by the client id that logs name. */
export async function findApp(
  client: MicrosoftClient,
  appId: string,
  signal?: AbortSignal,
): Promise<ServicePrincipal | undefined> {
  const query = { $filter: `appId eq ${quoted(appId)}`, $select: 'id,appId,accountEnabled,appOwnerOrganizationId' };
  return (await client.page(OPERATIONS.findServicePrincipal, { query, signal }, servicePrincipal)).rows[0];
}

/** Grants of a person: of one app when the target is an app, else all that the person gave. */
async function grantsOf(
  { client }: ActContext,
  target: ActionTarget,
  signal: AbortSignal | undefined,
): Promise<readonly Grant[]> {
  const app = target.type === 'app' ? await findApp(client, target.id, signal) : undefined;
  if (target.type === 'app' && !app) return [];
  const all = await client.all(OPERATIONS.userGrants, { path: { id: accountOf(target) }, signal }, grant);
  return all.filter((g) => app === undefined || g.clientId === app.id);
}

/** Grant fields that restore it, as one flat value: `clientId resourceId scope scope …`. */
function packed(g: Grant): string {
  return [g.clientId, g.resourceId, ...(g.scope ?? '').split(' ')].filter((p) => p !== '').join(' ');
}

export function revokeTokens(context: ActContext): ContainmentAct {
  const { client } = context;
  const state = (grants: readonly Grant[]): VendorState => ({
    grants: grants.length,
    ...Object.fromEntries(grants.map((g) => [`grant ${g.id}`, packed(g)])),
  });
  return {
    kind: 'revoke_tokens',
    reversible: true,
    d3fend: 'D3-CR',
    undo: 'The same permissions are given to the same apps again.',
    losses: 'Access tokens already issued run out by themselves, within about an hour.',
    recognised: 'The person has no consent for the app, or for any app when the account is the target.',
    proof: 'The list of the person’s consents is read back without them.',
    effectWithinSeconds: 300,
    capture: async (target, { signal } = {}) => state(await grantsOf(context, target, signal)),
    apply: async (target, _, options = {}) => {
      const { signal } = options;
      const writes: VendorWrite[] = [];
      for (const { id } of await grantsOf(context, target, signal)) {
        const gone = async (): Promise<boolean> => (await grantsOf(context, target, signal)).every((g) => g.id !== id);
        const send = (): Promise<void> => client.send(OPERATIONS.deleteGrant, { path: { id }, signal });
        writes.push(...((await orMissing(sendOnce(write(OPERATIONS.deleteGrant, id), send, gone, options))) ?? [])); // gone already is what was wanted
      }
      return writes;
    },
    verify: async (target, _, { signal } = {}) => {
      const grants = await grantsOf(context, target, signal);
      return { holds: grants.length === 0, state: { grants: grants.length } };
    },
    revert: async (target, before, options = {}) => {
      const { signal } = options;
      const writes: VendorWrite[] = [];
      const held = async (): Promise<ReadonlySet<string>> =>
        new Set(
          (await grantsOf(context, { type: 'account', id: accountOf(target) }, signal)).map(
            (g) => `${g.clientId} ${g.resourceId}`,
          ),
        );
      const present = await held();
      for (const [key, value] of Object.entries(before)) {
        const [clientId, resourceId, ...scopes] = key.startsWith('grant ') ? String(value).split(' ') : [];
        if (clientId === undefined || resourceId === undefined || present.has(`${clientId} ${resourceId}`)) continue;
        const body = {
          clientId,
          consentType: 'Principal',
          principalId: accountOf(target),
          resourceId,
          scope: scopes.join(' '),
        };
        // The new grant's id is not known before; the app is what the write is about.
        const back = async (): Promise<boolean> => (await held()).has(`${clientId} ${resourceId}`);
        writes.push(
          ...(await sendOnce(
            write(OPERATIONS.createGrant, clientId),
            () => client.send(OPERATIONS.createGrant, { body, signal }),
            back,
            options,
          )),
        );
      }
      return writes;
    },
  };
}

export function removeApp(context: ActContext): ContainmentAct {
  const read = async (target: ActionTarget, signal: AbortSignal | undefined): Promise<ServicePrincipal> => {
    const app = await findApp(context.client, target.id, signal);
    if (!app) throw new QuellError('VENDOR_NOT_FOUND', 'service principal');
    return app;
  };
  const set = (app: ServicePrincipal, target: ActionTarget, accountEnabled: boolean, options: WriteOptions) =>
    sendOnce(
      write(OPERATIONS.setAppEnabled, app.id),
      () =>
        context.client.send(OPERATIONS.setAppEnabled, {
          path: { id: app.id },
          body: { accountEnabled },
          signal: options.signal,
        }),
      async () => ((await read(target, options.signal)).accountEnabled !== false) === accountEnabled,
      options,
    );
  return {
    kind: 'remove_app',
    reversible: true,
    d3fend: 'D3-CR',
    undo: 'The app is switched on again for the tenant; its permissions were kept.',
    losses: 'Everybody in the tenant who uses the app is cut off meanwhile.',
    recognised: 'The app is switched off in the tenant, or not there.',
    proof:
      'accountEnabled of the app’s service principal is read back as false: it gets no token, so its app roles need not be taken away.',
    effectWithinSeconds: 900,
    capture: async (target, { signal } = {}) => ({
      accountEnabled: (await read(target, signal)).accountEnabled !== false,
    }),
    apply: async (target, _, options = {}) => {
      if (context.ownAppIds.includes(target.id)) throw new QuellError('PROTECTED', 'own app');
      const app = await read(target, options.signal);
      return app.accountEnabled === false ? [] : set(app, target, false, options);
    },
    verify: async (target, _, { signal } = {}) => {
      const app = await findApp(context.client, target.id, signal);
      return app
        ? { holds: app.accountEnabled === false, state: { accountEnabled: app.accountEnabled !== false } }
        : { holds: true, state: { present: false } };
    },
    revert: async (target, before, options = {}) => {
      const app = await read(target, options.signal);
      return before['accountEnabled'] === true && app.accountEnabled === false ? set(app, target, true, options) : [];
    },
  };
}
