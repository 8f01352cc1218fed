import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { parse, stringify } from 'yaml';
import { connect } from '../../gateway/case-client.js';
import { createGoogleTenant } from '../../simulator/google/index.js';
import { createMicrosoftTenant } from '../../simulator/microsoft/index.js';
import { createSlackTenant, type SlackTenant } from '../../simulator/slack/index.js';
import { CallLog } from '../../simulator/core/call-log.js';
import { loadScenario, type Scenario } from '../../simulator/core/scenario.js';
import { serveLastingVendors, type ReceivedMessage, type VendorSimulator } from '../../simulator/core/server.js';
import { World } from '../../simulator/core/world.js';
import { CaseVault, fileKeys, folderStorage } from '../../store/case-vault.js';
import type { EvidenceReader } from '../../store/evidence-store.js';
import { KeyRing } from '../../store/key-ring.js';
import { payloadKeys } from '../../store/payload-codec.js';
import type { Role } from '../../store/role-keys.js';
import { DEMO_RATES, writeOrganisation, type DemoAddresses, type DemoFiles } from './organisation.js';
import { demoDatabase, enrolAll, noteEnv, type DemoDatabase } from './database.js';
import { Processes, type Ready } from './processes.js';
import { DemoRun } from './run.js';
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

type Environment = Readonly<Record<string, string>>;

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
  /** Sets aside what the state folder holds, also when it is a run of the same scenario. */
  readonly fresh?: boolean;
  /** How a process reaches the database, for tests that stand in between. */
  readonly reach?: (process: string, signIn: Environment) => Promise<Environment>;
  /** Ends a start that is under way: all that has started is stopped, and the promise rejects. */
  readonly signal?: AbortSignal;
}

/** Everything that a demo or a test of the whole runs: Temporal, simulated tenants, and every role as a process of its own. */
export interface House {
  readonly world: World;
  readonly scenario: Scenario & { readonly folder: string };
  readonly addresses: DemoAddresses;
  readonly files: DemoFiles;
  readonly client: Client;
  readonly processes: Processes;
  /** The state folder held a run of this scenario already. */
  readonly resumed: boolean;
  readonly run: DemoRun;
  readonly temporal: Pick<DemoTemporal, 'address' | 'namespace' | 'restart'>;
  readonly database: Pick<DemoDatabase, 'kill' | 'owner'>;
  readonly inspect: (platform: string, about: string) => Promise<Readonly<Record<string, unknown>>>;
  readonly messagesTo: (person: string) => readonly ReceivedMessage[];
  /** Opens reports as the console does. */
  readonly reports: EvidenceReader;
  /** Where people press buttons and fill in forms. */
  readonly slack: SlackTenant;
  /** Starts a role, or one more process of it, by its number from 2 on: that one listens where there is room. Answers where. */
  startRole(role: Role, copy?: number): Promise<Ready>;
  stop(): Promise<void>;
}

/** Name of a role's process: of the first the role's own. */
export const processOf = (role: Role, copy = 1): string => (copy === 1 ? role : `${role}-${copy}`);

/** Starts everything, or nothing: what has started when a part fails is stopped again. Errors: STORE when the state folder is in use, CONFIG. */
export async function startHouse(options: HouseOptions): Promise<House> {
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    const failures: unknown[] = [];
    for (let next = stops.pop(); next; next = stops.pop()) await next().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  };
  try {
    return await build(options, stops, stop);
  } catch (error) {
    await stop().catch(() => undefined); // why it did not start is what counts
    throw error;
  }
}

/** Adds to `stops` how each part is stopped, as it starts; the last to start is the first to stop. */
async function build(
  options: HouseOptions,
  stops: (() => Promise<unknown>)[],
  stop: () => Promise<void>,
): Promise<House> {
  const { root, state } = options;
  const print = options.print ?? (() => undefined);
  const run = await DemoRun.open(state, options.scenario, options.fresh);
  stops.push(() => run.close());
  const { resumed } = run;
  appendFileSync(join(state, 'logs', 'demo.log'), `${new Date().toISOString()} ${options.scenario}\n`, { mode: 0o600 });

  const scenario = scenarioFor(options);
  const world = new World(scenario, {
    startedAt: run.startedAt,
    withoutDecisive: options.withoutDecisive ?? false,
    rates: DEMO_RATES,
    ...(options.pace ? { pace: options.pace } : {}),
  });
  const slackTenant = createSlackTenant(world);
  const vendors: readonly VendorSimulator[] = [slackTenant, createMicrosoftTenant(world), createGoogleTenant(world)];
  print('simulated Slack, Microsoft and Google tenants');
  const { ports } = run;
  await run.release('slack', 'microsoft', 'google');
  const served = await serveLastingVendors(world, vendors, new CallLog(join(state, 'simulator', 'calls.jsonl')), [
    ports.slack,
    ports.microsoft,
    ports.google,
  ]);
  stops.push(() => Promise.all(served.map(({ app }) => app.close())));
  const [slack = '', microsoft = '', google = ''] = served.map((s) => s.url);

  const temporal = options.temporalAddress
    ? givenTemporal(options.temporalAddress, run)
    : ownTemporal(state, ports, options.withUi ?? true);
  const addresses: DemoAddresses = {
    ...{ slack, microsoft, google },
    intake: `http://127.0.0.1:${ports.intake}`,
    console: `http://127.0.0.1:${ports.console}`,
    temporalUi: temporal.ui,
    temporal: { address: temporal.address, namespace: temporal.namespace },
  };
  slackTenant.callbackUrl = `${addresses.intake}/callbacks/slack`;
  const files = writeOrganisation(state, root, world, addresses, options.pace ?? scenario.pace);

  print(
    options.temporalAddress
      ? `Temporal at ${temporal.address}, namespace ${temporal.namespace}`
      : 'Temporal dev server',
  );
  options.signal?.throwIfAborted();
  print(process.env['DATABASE_URL'] ? 'the PostgreSQL of DATABASE_URL' : 'PostgreSQL');
  const database = await demoDatabase(state, print);
  stops.push(() => database.stop());
  const signIn = await enrolAll(database, `demo-${run.id}`);
  noteEnv(files.roleFolder('console'), signIn('console'));
  options.signal?.throwIfAborted();
  await run.release('temporal', 'temporalUi');
  await temporal.start(`${addresses.console}/codec`);
  stops.push(() => temporal.stop());
  options.signal?.throwIfAborted();

  const processes = new Processes(root, join(state, 'logs'));
  stops.push(() => processes.stop());
  options.signal?.addEventListener('abort', () => void processes.stop());
  const startRole = async (role: Role, copy = 1): Promise<Ready> => {
    const name = processOf(role, copy);
    return await processes.start({
      name,
      module: 'workers/main.ts',
      args: ['--role', role],
      env: {
        ...roleEnv(role, state, files, temporal),
        ...(await (options.reach?.(name, signIn(role)) ?? signIn(role))),
        ...(copy === 1 ? {} : { QUELL_CONFIG: elsewhere(files.config) }),
      },
    });
  };
  print(`workers: ${ROLES_TO_START.join(', ')}`);
  const wanted = ROLES_TO_START.filter((role) => !(options.without ?? []).includes(role));
  const [front, back] = [
    wanted.filter((r) => r === 'intake' || r === 'console'),
    wanted.filter((r) => r !== 'intake' && r !== 'console'),
  ];
  await inPairs(back, startRole);
  await run.release('intake', 'console');
  await inPairs(front, startRole);

  const keys = KeyRing.read({ dir: join(files.roleFolder('console'), 'keys') });
  const client = await connect({
    ...temporal.settings,
    keys: payloadKeys(keys),
    identity: 'quell-demo',
  });
  stops.unshift(() => client.connection.close()); // last: a call that is being repeated would throw in nobody's hands

  return {
    ...{ world, scenario, addresses, files, client, processes, resumed, run },
    ...{ temporal, database },
    inspect: (platform, about) => Promise.resolve(vendors.find((v) => v.platform === platform)?.inspect(about) ?? {}),
    messagesTo: (person) => vendors.flatMap((v) => v.messagesTo?.(person) ?? []),
    reports: new CaseVault(folderStorage(state), fileKeys(keys, 'console')).reader('reports'),
    slack: slackTenant,
    startRole,
    stop,
  };
}

/** Starts two at a time: each compiles on first load, and a small machine has two cores. */
async function inPairs(roles: readonly Role[], start: (role: Role) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < roles.length; i += 2) await Promise.all(roles.slice(i, i + 2).map((role) => start(role)));
}

/** The same configuration for one more process: it listens at ports that are free. */
function elsewhere(config: string): string {
  const parsed = parse(readFileSync(config, 'utf8')) as { addresses: { listen: Record<string, string> } };
  const listen = Object.fromEntries(Object.keys(parsed.addresses.listen).map((name) => [name, '127.0.0.1:0']));
  const file = config.replace(/(\.\w+)$/, '-elsewhere$1');
  writeFileSync(file, stringify({ ...parsed, addresses: { ...parsed.addresses, listen } }), { mode: 0o600 });
  return file;
}

function roleEnv(role: Role, state: string, files: DemoFiles, { env }: DemoTemporal): Readonly<Record<string, string>> {
  const folder = files.roleFolder(role);
  return {
    QUELL_CONFIG: files.config,
    QUELL_STATE: state,
    QUELL_KEYS: join(folder, 'keys'),
    QUELL_CREDENTIALS: join(folder, 'credentials'),
    ...env,
    // The CLI's path and anything else of the supervisor is no business of a worker.
    QUELL_TEMPORAL_CLI: '',
  };
}

function scenarioFor({ scenario, change }: HouseOptions): House['scenario'] {
  const loaded = loadScenario(scenario);
  return change ? { ...change(loaded), folder: loaded.folder } : loaded;
}
