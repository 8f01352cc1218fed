import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import type { VendorWrite } from '../../../domain/plan.js';
import type { ContainmentAct, ResolvedTargetOf } from '../../ports.js';
import { locateFile, type FilePlace } from '../files.js';
import { OPERATIONS } from '../operations.js';
import { someText } from '../../kit/rows.js';
import { sendOnce } from '../../kit/writes.js';
import { orMissing } from '../../kit/replies.js';
import { write, type ActContext } from './act.js';

const identity = z.looseObject({
  user: z.looseObject({ email: someText, userPrincipalName: someText }).nullish(),
  siteUser: z.looseObject({ loginName: someText, email: someText }).nullish(),
});
const permission = z.looseObject({
  id: z.string(),
  roles: z.array(z.string()).nullish(),
  link: z.looseObject({ scope: z.string().nullish() }).nullish(),
  inheritedFrom: z.looseObject({}).nullish(),
  grantedToV2: identity.nullish(),
  grantedToIdentitiesV2: z.array(identity).nullish(),
  /** Sent by mail to somebody who has no account here yet. */
  invitation: z.looseObject({ email: someText }).nullish(),
});
type Permission = z.infer<typeof permission>;

/** Takes back public links and grants to people outside; sharing inside the organisation stays. */
export function revokeShare({ client }: ActContext): ContainmentAct<'revoke_share'> {
  async function outside(file: FilePlace, signal: AbortSignal | undefined): Promise<readonly Permission[]> {
    return (await client.all(OPERATIONS.filePermissions, { path: { ...file }, signal }, permission)).filter(
      reachesOutside,
    );
  }
  async function count(target: ResolvedTargetOf<'revoke_share'>, signal: AbortSignal | undefined): Promise<number> {
    const found = await orMissing(locateFile(client, target, signal).then((file) => outside(file, signal)));
    return found?.length ?? 0; // the file is gone, and its links with it
  }
  return {
    kind: 'revoke_share',
    reversible: false,
    undo: 'The owner shares the file again; a public link gets a new address.',
    losses: 'The addresses of the links that were taken back.',
    recognised: 'The file has no public link and nobody outside has access.',
    proof: 'The permissions of the file, read back, reach nobody outside.',
    effectWithinSeconds: 300,
    capture: async (target, { signal } = {}) => ({ externalPermissions: await count(target, signal) }),
    apply: async (target, _, options = {}) => {
      const { signal } = options;
      const file = await orMissing(locateFile(client, target, signal));
      if (!file) return [];
      const writes: VendorWrite[] = [];
      for (const found of await outside(file, signal)) {
        if (found.inheritedFrom) throw new QuellError('UNSUPPORTED', 'the share is inherited from a folder');
        const gone = async (): Promise<boolean> => (await outside(file, signal)).every((p) => p.id !== found.id);
        const send = (): Promise<void> =>
          client.send(OPERATIONS.deletePermission, { path: { ...file, id: found.id }, signal });
        writes.push(
          ...((await orMissing(sendOnce(write(OPERATIONS.deletePermission, found.id), send, gone, options))) ?? []),
        );
      }
      return writes;
    },
    verify: async (target, _, { signal } = {}) => {
      const externalPermissions = await count(target, signal);
      return { holds: externalPermissions === 0, state: { externalPermissions } };
    },
  };
}

function reachesOutside(p: Permission): boolean {
  if (p.roles?.includes('owner')) return false;
  if (p.link?.scope?.toLowerCase() === 'anonymous') return true;
  const people = [p.grantedToV2, ...(p.grantedToIdentitiesV2 ?? [])].filter((i) => i !== null && i !== undefined);
  if (p.invitation && people.length === 0) return true;
  return people.some(({ user, siteUser }) =>
    [siteUser?.loginName, user?.userPrincipalName].some((name) => /urn:spo:(?:guest|anon)|#ext#/i.test(name ?? '')),
  );
}
