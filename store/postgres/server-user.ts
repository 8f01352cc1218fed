import { spawnSync } from 'node:child_process';
import { QuellError } from '../../domain/errors.js';

/** Whom the server runs as, by number; empty for ourselves. */
export interface ServerUser {
  readonly uid?: number;
  readonly gid?: number;
}

/** PostgreSQL refuses to run as root: there it runs as `nobody`. Errors: CONFIG when this system has no such user. */
export function serverUser(): ServerUser {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = ['-u', '-g'].map((what) =>
    Number(spawnSync('id', [what, 'nobody'], { encoding: 'utf8' }).stdout || NaN),
  );
  if (uid === undefined || gid === undefined || Number.isNaN(uid + gid))
    throw new QuellError(
      'CONFIG',
      'PostgreSQL does not run as root, and there is no user `nobody` to run it: start as another user, or set DATABASE_URL',
    );
  return { uid, gid };
}
