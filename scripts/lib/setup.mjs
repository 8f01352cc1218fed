// What `npm start` and `npm test` need before anything else. Built-in modules only: node_modules may not be there yet.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const MINIMUM = /** @type {const} */ ([20, 19]);

/** Runs a step of the set-up; what goes wrong in it is said in one line and ends the process. @param {() => void} step */
export function orExit(step) {
  try {
    step();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}

/** @param {string} version of Node, as in `process.versions.node` */
export function checkNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1])) return;
  throw new Error(`Quell needs Node ${MINIMUM.join('.')} or newer; this is ${version}.`);
}

/** Runs `npm ci` when what is installed is not what the lock file says. */
export function installDependencies(root = ROOT) {
  if (isInstalled(root)) return;
  console.log('Installing dependencies …');
  const args = ['ci', '--no-fund', '--no-audit', '--loglevel=error'];
  // `npm start` names its own npm; that one is there even when no other is on PATH.
  const own = process.env['npm_execpath'];
  const [command, rest] = own?.endsWith('npm-cli.js') ? [process.execPath, [own, ...args]] : ['npm', args];
  const began = Date.now();
  const npm = spawnSync(command, rest, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: command === 'npm' && process.platform === 'win32',
  });
  if (npm.status !== 0) throw new Error(`npm ci failed${npm.error ? `: ${npm.error.message}` : '; see above'}.`);
  console.log(`Installed dependencies in ${Math.round((Date.now() - began) / 1000)} s.`);
}

/**
 * Compares the lock file with npm's own record of what it installed, by content: file times say little after a checkout.
 * Optional packages may be missing, where they are for another system.
 * @param {string} root
 */
export function isInstalled(root) {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = packagesOf(record);
  return Object.entries(packagesOf(join(root, 'package-lock.json'))).every(
    ([path, { version, optional }]) =>
      path === '' || (optional === true && !(path in installed)) || installed[path]?.version === version,
  );
}

/** @typedef {Record<string, { version?: string; optional?: boolean }>} Packages */

/** @param {string} lock */
function packagesOf(lock) {
  const parsed = /** @type {{ packages?: Packages }} */ (JSON.parse(readFileSync(lock, 'utf8')));
  return parsed.packages ?? {};
}

/**
 * Goes on as `script`, in this very process: signals and exit code are its own, and its process id is the one a supervisor knows.
 * @param {string} script path from the root @param {readonly string[]} args
 */
export async function goOnAs(script, args) {
  const path = join(ROOT, script);
  process.argv = [process.execPath, path, ...args];
  if (script.endsWith('.ts')) {
    const { register } = await import('tsx/esm/api');
    register();
  }
  await import(pathToFileURL(path).href);
}
