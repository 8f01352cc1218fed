import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { writeOrganisation, type DemoFiles } from '../../cli/demo/organisation.js';
import { PLATFORMS, type Platform } from '../../simulator/core/platforms.js';
import { loadScenario } from '../../simulator/core/scenario.js';
import { serveVendor } from '../../simulator/core/server.js';
import { World } from '../../simulator/core/world.js';
import { createGoogleTenant } from '../../simulator/google/index.js';
import { createMicrosoftTenant } from '../../simulator/microsoft/index.js';
import { createSlackTenant } from '../../simulator/slack/index.js';
import { ROLES, type Role } from '../../store/role-keys.js';
import { useDatabase } from '../support/database.js';

const database = useDatabase();

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CHILD = fileURLToPath(new URL('./loaded-packages-child.ts', import.meta.url));
/** Roles that build their ports and then poll. */
const POLLS: readonly string[] = ['playbook', 'evidence', 'analysis', 'people', 'containment'];
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
let tenants: readonly Awaited<ReturnType<typeof serveVendor>>[];
beforeAll(async () => {
  state = mkdtempSync(join(tmpdir(), 'quell-imports-'));
  const world = new World(loadScenario('slack-takeover'));
  tenants = await Promise.all(
    [createSlackTenant(world), createMicrosoftTenant(world), createGoogleTenant(world)].map((v) =>
      serveVendor(world, v),
    ),
  );
  const [slack = '', microsoft = '', google = ''] = tenants.map((t) => t.url);
  files = writeOrganisation(
    state,
    ROOT,
    world,
    {
      ...{ slack, microsoft, google, temporalUi: NOWHERE },
      ...{ intake: 'http://127.0.0.1:0', console: 'http://127.0.0.1:0' },
      temporal: { address: '127.0.0.1:9', namespace: 'default' },
    },
    { lag: 1, people: 1 },
  );
});
afterAll(async () => {
  for (const { app } of tenants) await app.close();
  rmSync(state, { recursive: true, force: true });
});

interface Loaded {
  readonly packages: readonly string[];
  readonly modules: number;
}

/** What a role's process holds once it has built all that it works with, or has called each tenant once. */
async function loadedBy(what: Role | 'first-call', platforms: readonly Platform[] = PLATFORMS): Promise<Loaded> {
  const role = what === 'first-call' ? 'evidence' : what;
  const config = parse(readFileSync(files.config, 'utf8')) as { tenants: { platform: Platform }[]; deciders: object[] };
  const name = join(state, `${what}-${platforms.join('-')}`);
  // The containment role looks accounts that it is told of up when it starts: none here.
  const deciders = config.deciders.map((decider) => ({ ...decider, accounts: [] }));
  const chosen = config.tenants.filter((t) => platforms.includes(t.platform));
  writeFileSync(`${name}.yaml`, stringify({ ...config, tenants: chosen, deciders }));
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, what, `${name}.json`], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: {
      ...process.env,
      QUELL_CONFIG: `${name}.yaml`,
      QUELL_STATE: state,
      QUELL_KEYS: join(files.roleFolder(role), 'keys'),
      QUELL_CREDENTIALS: join(files.roleFolder(role), 'credentials'),
      ...(role === 'playbook' ? {} : database.env(role)),
    },
  });
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.on('message', () => child.kill('SIGTERM')); // ready
  await once(child, 'exit');
  if (POLLS.includes(what)) expect(said).toContain('ConnectError'); // as far as Temporal, with all ports built
  if (what === 'intake') expect(said).toContain('"msg":"ready"');
  return JSON.parse(readFileSync(`${name}.json`, 'utf8')) as Loaded;
}
/** Vendor SDKs among them. */
const sdksOf = ({ packages }: Loaded): readonly string[] =>
  packages.filter((name) => [...Object.values(SDKS), ...BEHIND].includes(name));

describe('a worker loads what its role needs', () => {
  it.each(ROLES)('%s starts without an SDK of a vendor', async (role) => {
    expect(sdksOf(await loadedBy(role))).toEqual([]);
  });

  it.each(PLATFORMS)('a call to %s loads that SDK alone', async (platform) => {
    const loaded = sdksOf(await loadedBy('first-call', [platform])).filter((name) => !BEHIND.includes(name));
    expect(loaded).toEqual([SDKS[platform]]);
  });
});
