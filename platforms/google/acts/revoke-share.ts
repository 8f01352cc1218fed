import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import type { VendorWrite } from '../../../domain/plan.js';
import type { ContainmentAct, ResolvedTargetOf } from '../../ports.js';
import { METHODS } from '../methods.js';
import { allPages } from '../pages.js';
import { orMissing } from '../../kit/replies.js';
import { addressOf } from '../people.js';
import { reachesOutside } from '../sharing.js';
import { sendOnce } from '../../kit/writes.js';
import { write, type ActContext } from '../act-context.js';

const permission = z.looseObject({
  id: z.string(),
  type: z.string(),
  role: z.string().nullish(),
  emailAddress: z.string().nullish(),
  domain: z.string().nullish(),
  permissionDetails: z.array(z.looseObject({ inherited: z.boolean().nullish() })).nullish(),
});
type Permission = z.infer<typeof permission>;
/** Unnamed fields are left out of the answer, addresses and domains among them. */
const FIELDS = 'nextPageToken,permissions(id,type,role,emailAddress,domain,permissionDetails)';

export const permissionsPage = z.looseObject({
  permissions: z.array(permission).nullish(),
  nextPageToken: z.string().nullish(),
});

/** Takes back public links and grants to people and domains outside; sharing inside the organisation stays. Acts as the file's owner. */
export function revokeShare({ client, settings }: ActContext): ContainmentAct<'revoke_share'> {
  async function outside(
    email: string,
    fileId: string,
    signal: AbortSignal | undefined,
  ): Promise<readonly Permission[]> {
    const found = await allPages(async (at) => {
      const page = await client.call(
        METHODS.permissions,
        { email },
        (drive, o) =>
          drive.permissions.list({ fileId, fields: FIELDS, pageSize: 100, supportsAllDrives: true, ...at }, o),
        permissionsPage,
        signal,
      );
      return { rows: page.permissions, next: page.nextPageToken };
    });
    return found.filter((p) => reachesOutside(settings, p));
  }
  async function count(
    { accountId, fileId }: ResolvedTargetOf<'revoke_share'>,
    signal: AbortSignal | undefined,
  ): Promise<number> {
    const email = await addressOf(client, accountId, signal);
    return (await orMissing(outside(email, fileId, signal)))?.length ?? 0; // the file is gone, and its links with it
  }
  return {
    kind: 'revoke_share',
    reversible: false,
    undo: 'The owner shares the file again.',
    losses: 'Who outside had access.',
    recognised: 'Nobody outside is among the file’s permissions, or the file is gone.',
    proof: 'The file’s permissions, read again.',
    effectWithinSeconds: 300,
    capture: async (target, { signal } = {}) => ({ externalPermissions: await count(target, signal) }),
    apply: async ({ accountId, fileId }, _, options = {}) => {
      const { signal } = options;
      const email = await addressOf(client, accountId, signal);
      const writes: VendorWrite[] = [];
      const found = (await orMissing(outside(email, fileId, signal))) ?? [];
      const inherited = found.filter((p) => p.permissionDetails?.some((d) => d.inherited === true));
      for (const { id } of found.filter((p) => !inherited.includes(p))) {
        const send = (): Promise<void> =>
          client.send(
            METHODS.deletePermission,
            { email },
            (drive, o) => drive.permissions.delete({ fileId, permissionId: id, supportsAllDrives: true }, o),
            signal,
          );
        const gone = async (): Promise<boolean> => (await outside(email, fileId, signal)).every((p) => p.id !== id);
        const sent = sendOnce(write(METHODS.deletePermission, `${fileId}/permissions/${id}`), send, gone, options);
        writes.push(...((await orMissing(sent)) ?? []));
      }
      if (inherited.length > 0)
        throw new QuellError('UNSUPPORTED', 'the share is inherited from a folder or shared drive');
      return writes;
    },
    verify: async (target, _, { signal } = {}) => {
      const externalPermissions = await count(target, signal);
      return { holds: externalPermissions === 0, state: { externalPermissions } };
    },
  };
}
