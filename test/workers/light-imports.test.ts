import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { demoFiles, writeOrganisation, type DemoFiles } from '../../cli/demo/organisation.js';
import type { Platform } from '../../domain/platform.js';
import { loadScenario } from '../../simulator/core/scenario.js';
import { World } from '../../simulator/core/world.js';
import { ROLES, type Role } from '../../store/role-keys.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Nothing listens at this port. */
const NOWHERE = 'http://127.0.0.1:9';
const SDKS = {
  slack: '@slack/web-api',
  microsoft: '@microsoft/microsoft-graph-client',
  google: 'googleapis',
} as const satisfies Record<Platform, string>;
/** Behind `googleapis`; loading it alone is loading the SDK too. */
const BEHIND = ['googleapis-common', 'google-auth-library'];

let state: string;
let files: DemoFiles;
beforeAll(() => {
  state = mkdtempSync(join(tmpdir(), 'quell-imports-'));
  const world = new World(loadScenario('slack-takeover'));
  files = writeOrganisation(
    state,
    ROOT,
    world,
    {
      ...{ slack: NOWHERE, microsoft: NOWHERE, google: NOWHERE, console: 'http://127.0.0.1:0', temporalUi: NOWHERE },
      intake: 'http://127.0.0.1:0',
      temporal: { address: '127.0.0.1:9', namespace: 'default' },
    },
    { lag: 1, people: 1 },
  );
});
afterAll(() => rmSync(state, { recursive: true, force: true }));

interface Loaded {
  readonly packages: readonly string[];
  readonly modules: number;
}

/** What a role's process holds once it has built all that it works with. */
async function loadedBy(role: Role, platforms?: readonly Platform[]): Promise<Loaded> {
  const config = parse(readFileSync(demoFiles(state).config, 'utf8')) as { tenants: { platform: Platform }[] };
  const file = join(state, `${role}.yaml`);
  const tenants = config.tenants.filter((t) => platforms?.includes(t.platform) ?? true);
  writeFileSync(file, stringify({ ...config, tenants }));
  const out = join(state, `${role}.json`);
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('./loaded-packages-child.ts', import.meta.url)), role, out],
    {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      env: {
        ...process.env,
        QUELL_CONFIG: file,
        QUELL_STATE: state,
        QUELL_KEYS: join(files.roleFolder(role), 'keys'),
        QUELL_CREDENTIALS: join(files.roleFolder(role), 'credentials'),
      },
    },
  );
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.on('message', () => child.kill('SIGTERM')); // ready
  await once(child, 'exit');
  if (role !== 'intake' && role !== 'records' && role !== 'console') expect(said).toContain('ConnectError'); // as far as Temporal
  if (process.env['QUELL_SHOW_LOADED']) writeFileSync(process.env['QUELL_SHOW_LOADED'], `${role} ${platforms?.join() ?? 'all'} ${readFileSync(out, 'utf8').replace(/.*"modules/, 'modules')}\n`, { flag: 'a' });
  return JSON.parse(readFileSync(out, 'utf8')) as Loaded;
}
const sdksOf = ({ packages }: Loaded): readonly string[] =>
  packages.filter((name) => [...Object.values(SDKS), ...BEHIND].includes(name));

describe('a worker loads what its role needs', () => {
  it.each(ROLES)('%s', async (role) => {
    expect(sdksOf(await loadedBy(role))).toEqual([]);
  });
});
