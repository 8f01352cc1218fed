import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { FastifyInstance } from 'fastify';
import { createGoogleTenant } from '../../simulator/google/index.js';
import { createMicrosoftTenant } from '../../simulator/microsoft/index.js';
import { createSlackTenant } from '../../simulator/slack/index.js';
import { loadScenario, type Scenario } from '../../simulator/core/scenario.js';
import { serveVendor, type ReceivedMessage, type VendorSimulator } from '../../simulator/core/server.js';
import { World } from '../../simulator/core/world.js';
import { dataConverter } from '../../store/data-converter.js';
import { KeyRing } from '../../store/key-ring.js';
import { payloadKeys } from '../../store/payload-codec.js';
import type { Role } from '../../store/role-keys.js';
import { writeOrganisation, type DemoAddresses, type DemoFiles } from './organisation.js';
import { freePort } from './ports.js';
import { Processes } from './processes.js';
import { givenTemporal, ownTemporal, type DemoTemporal } from './temporal.js';

/** In the order of their start; the last to start are the first to take work from outside. */
const ROLES_TO_START: readonly Role[] = [
  'records',
  'evidence',
  'analysis',
  'people',
  'containment',
  'playbook',
  'console',
  'intake',
];

export interface HouseOptions {
  readonly root: string;
  readonly state: string;
  readonly scenario: string;
  readonly pace?: { readonly lag: number; readonly people: number };
  readonly withUi?: boolean;
  readonly withoutDecisive?: boolean;
  /** Replaces the scenario on disk, for randomised twins of it. */
  readonly change?: (scenario: Scenario) => Scenario;
  readonly print?: (line: string) => void;
  /** A Temporal server that runs already; without one the house starts its own. */
  readonly temporalAddress?: string | undefined;
  /** Roles that somebody else runs. */
  readonly without?: readonly Role[];
}

/** Everything that a demo or a test of the whole runs: Temporal, simulated tenants, and every role as a process of its own. */
export interface House {
  readonly world: World;
  readonly scenario: Scenario & { readonly folder: string };
  readonly addresses: DemoAddresses;
  readonly files: DemoFiles;
  readonly client: Client;
  readonly processes: Processes;
  /** The state folder held a run already. */
  readonly resumed: boolean;
  readonly temporal: Pick<DemoTemporal, 'address' | 'namespace' | 'restart'>;
  readonly inspect: (platform: string, about: string) => Promise<Readonly<Record<string, unknown>>>;
  readonly messagesTo: (person: string) => readonly ReceivedMessage[];
  startRole(role: Role): Promise<void>;
  stop(): Promise<void>;
}

export async function startHouse(options: HouseOptions): Promise<House> {
  const { root, state } = options;
  const print = options.print ?? (() => undefined);
  mkdirSync(join(state, 'logs'), { recursive: true, mode: 0o700 });

  const { scenario, startedAt, resumed } = remember(options);
  const world = new World(scenario, {
    startedAt,
    withoutDecisive: options.withoutDecisive ?? false,
    ...(options.pace ? { pace: options.pace } : {}),
  });
  const vendors: readonly VendorSimulator[] = [
    createSlackTenant(world),
    createMicrosoftTenant(world),
    createGoogleTenant(world),
  ];
  print('Simulated Slack, Microsoft and Google tenants');
  const served = await Promise.all(vendors.map((vendor) => serveVendor(world, vendor)));
  const [slack = '', microsoft = '', google = ''] = served.map((s) => s.url);

  const intakePort = await freePort(8470);
  const consolePort = await freePort(8471);
  const temporal = options.temporalAddress
    ? givenTemporal(options.temporalAddress, state)
    : await ownTemporal(state, options.withUi ?? true);
  const addresses: DemoAddresses = {
    ...{ slack, microsoft, google },
    intake: `http://127.0.0.1:${intakePort}`,
    console: `http://127.0.0.1:${consolePort}`,
    temporalUi: temporal.ui,
    temporal: { address: temporal.address, namespace: temporal.namespace },
  };
  const files = writeOrganisation(state, root, world, addresses, options.pace ?? scenario.pace);

  print(
    options.temporalAddress
      ? `Temporal at ${temporal.address}, namespace ${temporal.namespace}`
      : 'Temporal dev server',
  );
  await temporal.start(`${addresses.console}/codec`);

  const processes = new Processes(root, join(state, 'logs'));
  const startRole = async (role: Role): Promise<void> => {
    await processes.start({
      name: role,
      module: 'workers/main.ts',
      args: ['--role', role],
      env: roleEnv(role, state, files, temporal),
    });
  };
  print(`Workers: ${ROLES_TO_START.join(', ')}`);
  const wanted = ROLES_TO_START.filter((role) => !(options.without ?? []).includes(role));
  const [front, back] = [
    wanted.filter((r) => r === 'intake' || r === 'console'),
    wanted.filter((r) => r !== 'intake' && r !== 'console'),
  ];
  await inPairs(back, startRole);
  await inPairs(front, startRole);

  const connection = await Connection.connect({ address: temporal.address });
  const client = new Client({
    connection,
    namespace: temporal.namespace,
    dataConverter: dataConverter(payloadKeys(KeyRing.read({ dir: join(files.roleFolder('console'), 'keys') }))),
    identity: 'quell-demo',
  });

  return {
    ...{ world, scenario, addresses, files, client, processes, resumed },
    temporal,
    inspect: (platform, about) => Promise.resolve(vendors.find((v) => v.platform === platform)?.inspect(about) ?? {}),
    messagesTo: (person) => vendors.flatMap((v) => v.messagesTo?.(person) ?? []),
    startRole,
    stop: async () => {
      await processes.stop();
      await temporal.stop();
      await Promise.all(served.map(({ app }: { app: FastifyInstance }) => app.close()));
      await connection.close(); // last: a call that is being repeated would throw in nobody's hands
    },
  };
}

/** Starts two at a time: each compiles on first load, and a small machine has two cores. */
async function inPairs(roles: readonly Role[], start: (role: Role) => Promise<void>): Promise<void> {
  for (let i = 0; i < roles.length; i += 2) await Promise.all(roles.slice(i, i + 2).map(start));
}

function roleEnv(
  role: Role,
  state: string,
  files: DemoFiles,
  { address, namespace }: DemoTemporal,
): Readonly<Record<string, string>> {
  const folder = files.roleFolder(role);
  return {
    QUELL_CONFIG: files.config,
    QUELL_STATE: state,
    QUELL_KEYS: join(folder, 'keys'),
    QUELL_CREDENTIALS: join(folder, 'credentials'),
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    // The CLI's path and anything else of the supervisor is no business of a worker.
    QUELL_TEMPORAL_CLI: '',
  };
}

/** The scenario and its start stay the same over restarts of one state folder. */
function remember({ state, scenario: name, change }: HouseOptions): {
  scenario: Scenario & { readonly folder: string };
  startedAt: Date;
  resumed: boolean;
} {
  const file = join(state, 'demo.json');
  const kept = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as { scenario: string; startedAt: string })
    : undefined;
  const resumed = kept?.scenario === name;
  const startedAt = resumed ? new Date(kept.startedAt) : new Date();
  if (!resumed) {
    writeFileSync(file, JSON.stringify({ scenario: name, startedAt: startedAt.toISOString() }));
    appendFileSync(join(state, 'logs', 'demo.log'), `${startedAt.toISOString()} ${name}\n`);
  }
  const loaded = loadScenario(name);
  return { scenario: change ? { ...change(loaded), folder: loaded.folder } : loaded, startedAt, resumed };
}
