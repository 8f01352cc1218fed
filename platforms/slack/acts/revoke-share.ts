import { z } from 'zod';
import type { ContainmentAct } from '../../ports.js';
import { OPERATIONS } from '../methods.js';
import { sendOnce, type ActContext } from './act.js';

const info = z.looseObject({ file: z.looseObject({ public_url_shared: z.boolean().nullish() }) });
/** A file that is gone has no link any more. */
const GONE = { file_deleted: { file: { public_url_shared: false } } } as const;

/** `files.revokePublicURL`. */
export function revokeShare({ client }: ActContext): ContainmentAct<'revoke_share'> {
  const shared = async (file: string, signal?: AbortSignal): Promise<boolean> =>
    (await client.call(OPERATIONS.fileInfo, { file }, info, { signal, answers: GONE })).file.public_url_shared === true;
  return {
    kind: 'revoke_share',
    reversible: true,
    undo: 'The file gets a public link again.',
    losses: 'The link may be another one afterwards; whoever has the old one asks for it.',
    recognised: '`files.info` says that the file has no public link, or that it is deleted.',
    proof: '`files.info` says `public_url_shared: false`; the audit log holds `file_public_link_revoked`.',
    effectWithinSeconds: 30,
    capture: async (target, { signal } = {}) => ({ public_url_shared: await shared(target.fileId, signal) }),
    apply: async (target, _, options = {}) => {
      const file = target.fileId;
      if (!(await shared(file, options.signal))) return [];
      const send = () =>
        client.call(OPERATIONS.fileRevokePublicUrl, { file }, z.looseObject({}), { signal: options.signal });
      return [
        await sendOnce(
          OPERATIONS.fileRevokePublicUrl,
          file,
          send,
          async () => !(await shared(file, options.signal)),
          options,
        ),
      ];
    },
    verify: async (target, _, { signal } = {}) => {
      const public_url_shared = await shared(target.fileId, signal);
      return { holds: !public_url_shared, state: { public_url_shared } };
    },
    revert: async (target, before, options = {}) => {
      const file = target.fileId;
      if (before['public_url_shared'] !== true || (await shared(file, options.signal))) return [];
      const send = () =>
        client.call(OPERATIONS.fileSharePublicUrl, { file }, z.looseObject({}), { signal: options.signal });
      return [await sendOnce(OPERATIONS.fileSharePublicUrl, file, send, () => shared(file, options.signal), options)];
    },
  };
}
