import { z } from 'zod';
import type { ActionTarget, VendorWrite } from '../../../domain/plan.js';
import type { ContainmentAct, VendorState, WriteOptions } from '../../ports.js';
import { METHODS } from '../methods.js';
import { orMissing } from '../../replies.js';
import { readUser } from '../people.js';
import { accountOf, sendOnce } from '../../writes.js';
import { write, type ActContext } from './act.js';

const tokenList = z.looseObject({ items: z.array(z.looseObject({ clientId: z.string() })).nullish() });
const aspList = z.looseObject({ items: z.array(z.looseObject({ codeId: z.number() })).nullish() });
/** The codes themselves are secrets: only their number is taken over. */
const codeList = z.looseObject({ items: z.array(z.unknown()).nullish() });

/** Client ids of the apps that hold a grant of the account; of one app when the target is an app. */
async function grantsOf(
  { client }: ActContext,
  target: ActionTarget,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const userKey = accountOf(target);
  const { items } = await client.call(
    METHODS.tokens,
    'admin',
    (directory, o) => directory.tokens.list({ userKey }, o),
    tokenList,
    signal,
  );
  return (items ?? []).map((t) => t.clientId).filter((id) => target.type !== 'app' || id === target.id);
}

async function appPasswordsOf(
  { client }: ActContext,
  userKey: string,
  signal: AbortSignal | undefined,
): Promise<readonly number[]> {
  const { items } = await client.call(
    METHODS.asps,
    'admin',
    (directory, o) => directory.asps.list({ userKey }, o),
    aspList,
    signal,
  );
  return (items ?? []).map((a) => a.codeId);
}

async function backupCodesOf(
  { client }: ActContext,
  userKey: string,
  signal: AbortSignal | undefined,
): Promise<number> {
  const { items } = await client.call(
    METHODS.backupCodes,
    'admin',
    (directory, o) => directory.verificationCodes.list({ userKey }, o),
    codeList,
    signal,
  );
  return (items ?? []).length;
}

async function removeGrants(
  context: ActContext,
  target: ActionTarget,
  options: WriteOptions,
): Promise<readonly VendorWrite[]> {
  const { signal } = options;
  const userKey = accountOf(target);
  const writes: VendorWrite[] = [];
  for (const clientId of await grantsOf(context, target, signal)) {
    const send = (): Promise<void> =>
      context.client.send(
        METHODS.deleteToken,
        'admin',
        (directory, o) => directory.tokens.delete({ userKey, clientId }, o),
        signal,
      );
    const gone = async (): Promise<boolean> => !(await grantsOf(context, target, signal)).includes(clientId);
    const sent = sendOnce(write(METHODS.deleteToken, `${userKey}/tokens/${clientId}`), send, gone, options);
    writes.push(...((await orMissing(sent)) ?? []));
  }
  return writes;
}

/** Everything that signs in without the password: grants of apps, app passwords, backup codes. */
export function revokeTokens(context: ActContext): ContainmentAct {
  const { client } = context;
  async function read(target: ActionTarget, signal: AbortSignal | undefined): Promise<VendorState> {
    const grants = (await grantsOf(context, target, signal)).length;
    if (target.type === 'app') return { grants };
    const id = accountOf(target);
    return {
      grants,
      appPasswords: (await appPasswordsOf(context, id, signal)).length,
      // They can be made void only while the account is active, and are of no use while it is not.
      backupCodes: (await readUser(client, id, signal)).suspended ? 0 : await backupCodesOf(context, id, signal),
    };
  }

  async function removeAppPasswords(userKey: string, options: WriteOptions): Promise<readonly VendorWrite[]> {
    const { signal } = options;
    const writes: VendorWrite[] = [];
    for (const codeId of await appPasswordsOf(context, userKey, signal)) {
      const send = (): Promise<void> =>
        client.send(
          METHODS.deleteAsp,
          'admin',
          (directory, o) => directory.asps.delete({ userKey, codeId }, o),
          signal,
        );
      const gone = async (): Promise<boolean> => !(await appPasswordsOf(context, userKey, signal)).includes(codeId);
      const sent = sendOnce(write(METHODS.deleteAsp, `${userKey}/asps/${String(codeId)}`), send, gone, options);
      writes.push(...((await orMissing(sent)) ?? []));
    }
    return writes;
  }

  async function voidBackupCodes(userKey: string, options: WriteOptions): Promise<readonly VendorWrite[]> {
    const { signal } = options;
    if ((await readUser(client, userKey, signal)).suspended) return [];
    if ((await backupCodesOf(context, userKey, signal)) === 0) return [];
    return sendOnce(
      write(METHODS.invalidateCodes, userKey),
      () =>
        client.send(
          METHODS.invalidateCodes,
          'admin',
          (directory, o) => directory.verificationCodes.invalidate({ userKey }, o),
          signal,
        ),
      async () => (await backupCodesOf(context, userKey, signal)) === 0,
      options,
    );
  }

  return {
    kind: 'revoke_tokens',
    reversible: false,
    d3fend: 'D3-CR',
    undo: 'The person allows the apps again and makes new app passwords and backup codes.',
    losses: 'Grants of apps, app passwords and backup codes.',
    recognised: 'None of them is listed any more.',
    proof: 'The lists of grants, app passwords and backup codes, read again: empty.',
    effectWithinSeconds: 300,
    capture: (target, { signal } = {}) => read(target, signal),
    apply: async (target, _, options = {}) => {
      const grants = await removeGrants(context, target, options);
      if (target.type === 'app') return grants;
      const id = accountOf(target);
      return [...grants, ...(await removeAppPasswords(id, options)), ...(await voidBackupCodes(id, options))];
    },
    verify: async (target, _, { signal } = {}) => {
      const state = await read(target, signal);
      return { holds: Object.values(state).every((n) => n === 0), state };
    },
  };
}

/** Takes one app's grant from the account; the app itself can be blocked for all only in the Admin console. */
export function removeApp(context: ActContext): ContainmentAct {
  return {
    kind: 'remove_app',
    reversible: false,
    d3fend: 'D3-CR',
    undo: 'The person allows the app again.',
    losses: 'The app’s grant.',
    recognised: 'The account holds no grant of the app.',
    proof: 'The account’s list of grants, read again.',
    effectWithinSeconds: 300,
    capture: async (target, { signal } = {}) => ({ grants: (await grantsOf(context, target, signal)).length }),
    apply: (target, _, options = {}) => removeGrants(context, target, options),
    verify: async (target, _, { signal } = {}) => {
      const grants = (await grantsOf(context, target, signal)).length;
      return { holds: grants === 0, state: { grants } };
    },
  };
}
