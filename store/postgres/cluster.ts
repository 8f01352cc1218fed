import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { QuellError } from '../../domain/errors.js';
import { errno, isSafeName } from '../files.js';
import { findServer, type Binaries } from './binaries.js';
import type { ServerUser } from './server-user.js';

/** Where an own server's files lie under its folder. */
export interface ClusterPaths {
  readonly root: string;
  /** The server's own, and nobody else's: its socket and `data`. */
  readonly server: string;
  readonly data: string;
  /** Ours: a password of each database role, for us to sign in with. */
  readonly passwords: string;
}

/** The role that owns the server. */
export const ADMIN = 'quell_admin';

/**
 * How the server is told where its data is: by the folder that it is started in. Root's folders above it are often closed to the user that it runs as, and this way
 * needs none of them. Elsewhere than on Linux it is named by its path.
 */
export const dataArgument = (data: string): string => (process.platform === 'linux' ? '/proc/self/cwd' : data);

export function clusterPaths(root: string): ClusterPaths {
  const server = join(root, 'server');
  return { root, server, data: join(server, 'data'), passwords: join(root, 'passwords') };
}

/**
 * Makes the files of a server where there are none, and answers its programs. UTF-8, sorted by code point and with Unicode's upper and lower case, whatever the system
 * says; checksums on every page; every connection needs a password. Errors: CONFIG when no server can be run; STORE when the files are another user's.
 */
export function prepareCluster(paths: ClusterPaths, user: ServerUser): Binaries {
  const { root, server, data, passwords } = paths;
  for (const folder of [root, passwords, server]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  own(server, user);
  const binaries = findServer(user, majorOf(data));
  if (existsSync(data)) {
    const { uid } = statSync(data);
    if (uid !== (user.uid ?? process.getuid?.()))
      throw new QuellError(
        'STORE',
        `the database belongs to the user with the number ${uid}: start as the one who made it`,
      );
    return binaries;
  }
  const draft = `${data}.new`; // what a start that was cut short left is not whole
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  own(draft, user);
  const password = join(server, 'first.password');
  // The folder is the server's user's: what lies at the name already, a link too, is taken away and never written through.
  rmSync(password, { recursive: true, force: true });
  writeFileSync(password, readFileSync(passwordFile(paths, ADMIN)), { mode: 0o600, flag: 'wx' });
  own(password, user);
  try {
    const made = spawnSync(join(binaries.folder, 'initdb'), initdbArguments(draft, binaries.major), {
      ...{ ...user, cwd: draft, encoding: 'utf8' },
      env: { PATH: process.env['PATH'] ?? '' },
    });
    if (made.status !== 0)
      throw new QuellError('CONFIG', `initdb failed: ${made.error ? errno(made.error) : made.stderr.trim()}`);
  } finally {
    rmSync(password, { force: true });
  }
  renameSync(draft, data);
  return binaries;
}

/** File with the password of a database role, made when it is asked for first. Whoever makes the role gives it this one. */
export function passwordFile({ passwords }: ClusterPaths, role: string): string {
  if (!isSafeName(role))
    throw new QuellError(
      'CONFIG',
      'a role of the database has a name of letters, digits, dots, dashes and underscores',
    );
  const path = join(passwords, role);
  if (existsSync(path)) return path;
  const draft = `${path}.new`; // never half a password
  writeFileSync(draft, randomBytes(32).toString('base64url'), { mode: 0o600 });
  renameSync(draft, path);
  return path;
}

function initdbArguments(data: string, major: number): readonly string[] {
  const locale =
    major >= 17 ? ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : ['--locale=C.UTF-8'];
  // One call for the file system rather than one for each file: half the time.
  const sync = major >= 17 && process.platform === 'linux' ? ['--sync-method=syncfs'] : [];
  return [
    ...['-D', dataArgument(data), '-U', ADMIN, '--pwfile=../first.password', '--auth=scram-sha-256'],
    ...['--encoding=UTF8', ...locale, ...sync, '--data-checksums', '--no-instructions'],
  ];
}

function majorOf(data: string): number | undefined {
  const file = join(data, 'PG_VERSION');
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined;
}

function own(path: string, { uid, gid }: ServerUser): void {
  if (uid === undefined || gid === undefined) return;
  try {
    const opened = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      fchmodSync(opened, fstatSync(opened).isDirectory() ? 0o700 : 0o600);
      fchownSync(opened, uid, gid);
    } finally {
      closeSync(opened);
    }
  } catch (error) {
    throw new QuellError(
      'CONFIG',
      `root may not give files to the server's user here (${errno(error)}): start as another user, or set DATABASE_URL`,
    );
  }
}
