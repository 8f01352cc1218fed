import { z } from 'zod';
import type { VendorWrite } from '../../../domain/plan.js';
import type { ContainmentAct, ResolvedTargetOf, VendorState } from '../../ports.js';
import { orMissing } from '../../kit/replies.js';
import { sendOnce } from '../../kit/writes.js';
import { OPERATIONS } from '../operations.js';
import { findApp } from '../service-principals.js';
import { write, type ActContext } from './act.js';

const grant = z.looseObject({
  id: z.string(),
  clientId: z.string(),
  resourceId: z.string(),
  scope: z.string().nullish(),
});
type Grant = z.infer<typeof grant>;
type Target = ResolvedTargetOf<'revoke_tokens'>;

/** Before a grant's id in what was captured, which is no name with a space; versions before 0.3.0 wrote one. */
const GRANT = 'grant:';
const isGrant = (key: string): boolean => key.startsWith(GRANT) || key.startsWith('grant ');

const everyGrant = (
  { client }: ActContext,
  accountId: string,
  signal: AbortSignal | undefined,
): Promise<readonly Grant[]> => client.all(OPERATIONS.userGrants, { path: { id: accountId }, signal }, grant);

/** What the person granted: to one app, or all of it when the account is the target. */
async function grantsOf(
  context: ActContext,
  target: Target,
  signal: AbortSignal | undefined,
): Promise<readonly Grant[]> {
  if (target.type === 'account') return everyGrant(context, target.accountId, signal);
  const app = await findApp(context.client, target.appId, signal);
  if (!app) return [];
  return (await everyGrant(context, target.accountId, signal)).filter((g) => g.clientId === app.id);
}

/** Grant fields that restore it, as one flat value: `clientId resourceId scope scope …`. */
function packed(g: Grant): string {
  return [g.clientId, g.resourceId, ...(g.scope ?? '').split(' ')].filter((p) => p !== '').join(' ');
}

export function revokeTokens(context: ActContext): ContainmentAct<'revoke_tokens'> {
  const { client } = context;
  const state = (grants: readonly Grant[]): VendorState => ({
    grants: grants.length,
    ...Object.fromEntries(grants.map((g) => [`${GRANT}${g.id}`, packed(g)])),
  });
  return {
    kind: 'revoke_tokens',
    reversible: true,
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
    revert: async ({ accountId }, before, options = {}) => {
      const { signal } = options;
      const writes: VendorWrite[] = [];
      const held = async (): Promise<ReadonlySet<string>> =>
        new Set((await everyGrant(context, accountId, signal)).map((g) => `${g.clientId} ${g.resourceId}`));
      const present = await held();
      for (const [key, value] of Object.entries(before)) {
        const [clientId, resourceId, ...scopes] = isGrant(key) ? String(value).split(' ') : [];
        if (clientId === undefined || resourceId === undefined || present.has(`${clientId} ${resourceId}`)) continue;
        const body = {
          clientId,
          consentType: 'Principal',
          principalId: accountId,
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
