import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { connect } from '../../../gateway/case-client.js';
import type { Situation } from '../../../simulator/core/scenario.js';
import { serveVendor, type ReceivedMessage, type VendorSimulator } from '../../../simulator/core/server.js';
import { World } from '../../../simulator/core/world.js';
import { createGoogleTenant } from '../../../simulator/google/index.js';
import { createMicrosoftTenant } from '../../../simulator/microsoft/index.js';
import { createSlackTenant, type SlackTenant } from '../../../simulator/slack/index.js';
import { CaseVault, fileKeys, folderStorage } from '../../../store/case-vault.js';
import type { EvidenceReader } from '../../../store/evidence-store.js';
import { KeyRing } from '../../../store/key-ring.js';
import { payloadKeys } from '../../../store/payload-codec.js';
import { ROLES, type Role } from '../../../store/role-keys.js';
import { readContext, type RunningRole, type SharedRuntime } from '../../../workers/context.js';
import { startRole } from '../../../workers/run-role.js';
import { enrolAll, type DemoDatabase } from '../database.js';
import { DEMO_RATES, writeOrganisation, type DemoFiles } from '../organisation.js';
import { HeldPorts } from '../ports.js';

/** They take work from outside. */
const FRONT: readonly Role[] = ['console', 'intake'];
const NOWHERE = 'http://127.0.0.1:9';

export interface OrganisationOptions {
  /** Of the repository. */
  readonly root: string;
  /** A folder of its own, empty. */
  readonly state: string;
  readonly scenario: Situation & { readonly folder: string };
  readonly temporal: { readonly address: string; readonly namespace: string };
  readonly shared: SharedRuntime;
  readonly database: Pick<DemoDatabase, 'owner' | 'folder'>;
}

/** One organisation with all of the product, in this process: its tenants, and every role by the wiring that production uses. */
export interface Organisation {
  readonly world: World;
  readonly scenario: OrganisationOptions['scenario'];
  readonly state: string;
  readonly files: DemoFiles;
  readonly addresses: { readonly intake: string };
  readonly client: Client;
  /** Opens reports as the console does. */
  readonly reports: EvidenceReader;
  readonly slack: SlackTenant;
  readonly messagesTo: (person: string) => readonly ReceivedMessage[];
  /** Rejects when a role ends by itself. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

/** Starts everything, or nothing. Errors: CONFIG for settings that the product refuses, and those of its roles. */
export async function startOrganisation(options: OrganisationOptions): Promise<Organisation> {
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (let next = stops.pop(); next; next = stops.pop()) await next().catch(() => undefined);
  };
  try {
    return await build(options, stops, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function build(
  { root, state, scenario, temporal, shared, database }: OrganisationOptions,
  stops: (() => Promise<unknown>)[],
  stop: () => Promise<void>,
): Promise<Organisation> {
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const world = new World(scenario, { rates: DEMO_RATES });
  const slackTenant = createSlackTenant(world);
  const vendors: readonly VendorSimulator[] = [slackTenant, createMicrosoftTenant(world), createGoogleTenant(world)];
  const served = await Promise.all(vendors.map((vendor) => serveVendor(world, vendor)));
  stops.push(() =>
    Promise.all(
      served.map(({ app }) => {
        app.server.closeAllConnections();
        return app.close();
      }),
    ),
  );
  const [slack = '', microsoft = '', google = ''] = served.map((s) => s.url);

  const held = await HeldPorts.take({ intake: 0, console: 0 });
  stops.push(() => held.release());
  const addresses = {
    intake: `http://127.0.0.1:${held.ports.intake}`,
    console: `http://127.0.0.1:${held.ports.console}`,
  };
  slackTenant.callbackUrl = `${addresses.intake}/callbacks/slack`;
  const files = writeOrganisation(
    state,
    root,
    world,
    { ...{ slack, microsoft, google, temporal }, ...addresses, temporalUi: NOWHERE },
    scenario.pace,
  );

  const signIn = await enrolAll(database, `verdicts-${randomBytes(6).toString('hex')}`);

  const failures: Promise<unknown>[] = [];
  const start = async (role: Role): Promise<void> => {
    const folder = files.roleFolder(role);
    const context = readContext(role, {
      QUELL_CONFIG: files.config,
      QUELL_STATE: state,
      QUELL_KEYS: join(folder, 'keys'),
      QUELL_CREDENTIALS: join(folder, 'credentials'),
      ...signIn(role),
    });
    const running: RunningRole = await startRole({ ...context, shared });
    stops.push(() => running.stop());
    failures.push(running.ended);
  };
  // The audit chain and the index are there before others look for them.
  await start('records');
  await Promise.all(ROLES.filter((role) => role !== 'records' && !FRONT.includes(role)).map(start));
  await held.release();
  await Promise.all(FRONT.map(start));

  const keys = KeyRing.read({ dir: join(files.roleFolder('console'), 'keys') });
  const client = await connect({
    ...temporal,
    keys: payloadKeys(keys),
    identity: 'quell-verdicts',
  });
  stops.unshift(() => client.connection.close());
  let stopping = false;
  const failed = Promise.race(failures).then(
    () => (stopping ? new Promise<never>(() => undefined) : Promise.reject(new Error('a role ended by itself'))),
    (error: unknown) => (stopping ? new Promise<never>(() => undefined) : Promise.reject(error as Error)),
  );
  failed.catch(() => undefined);
  return {
    ...{ world, scenario, state, files, addresses, client, failed },
    reports: new CaseVault(folderStorage(state), fileKeys(keys, 'console')).reader('reports'),
    slack: slackTenant,
    messagesTo: (person) => vendors.flatMap((v) => v.messagesTo?.(person) ?? []),
    stop: async () => {
      stopping = true;
      await stop();
    },
  };
}
