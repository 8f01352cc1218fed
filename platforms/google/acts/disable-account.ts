import { sendOnce } from '../../kit/writes.js';
import type { ContainmentAct, WriteOptions } from '../../ports.js';
import { write, type ActContext } from '../act-context.js';
import { METHODS } from '../methods.js';
import { readUser } from '../people.js';

export function disableAccount({ client }: ActContext): ContainmentAct<'disable_account'> {
  const read = async (id: string, signal: AbortSignal | undefined): Promise<boolean> =>
    (await readUser(client, id, signal)).suspended === true;
  const set = (id: string, suspended: boolean, options: WriteOptions) =>
    sendOnce(
      write(METHODS.suspend, id),
      () =>
        client.send(
          METHODS.suspend,
          'admin',
          (directory, o) => directory.users.update({ userKey: id, requestBody: { suspended } }, o),
          options.signal,
        ),
      async () => (await read(id, options.signal)) === suspended,
      options,
    );
  return {
    kind: 'disable_account',
    reversible: true,
    undo: 'The account is restored; the person signs in as before.',
    losses: '',
    recognised: 'The account is suspended, by whomever.',
    proof: 'The account’s own record: suspended.',
    effectWithinSeconds: 300,
    capture: async ({ accountId }, { signal } = {}) => ({ suspended: await read(accountId, signal) }),
    apply: async ({ accountId }, _, options = {}) =>
      (await read(accountId, options.signal)) ? [] : set(accountId, true, options),
    verify: async ({ accountId }, _, { signal } = {}) => {
      const suspended = await read(accountId, signal);
      return { holds: suspended, state: { suspended } };
    },
    revert: async ({ accountId }, before, options = {}) =>
      before['suspended'] === false && (await read(accountId, options.signal)) ? set(accountId, false, options) : [],
  };
}
