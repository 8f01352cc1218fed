import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection, isGrpcServiceError } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { QuellError } from '../../domain/errors.js';
import { DevServer } from '../../workers/dev-server.js';
import { ensureSearchAttributes } from '../../workers/namespace.js';
import { temporalSettings, type TemporalSettings } from '../../gateway/temporal-settings.js';
import { databaseOf, type DemoRun } from './run.js';

/** The Temporal that a demo runs on. Its addresses are known before it starts, for the configuration. */
export interface DemoTemporal {
  readonly address: string;
  readonly namespace: string;
  /** How a client of this process connects. */
  readonly settings: TemporalSettings;
  /** Environment of a process that connects: all of Temporal's variables, those of the shell included, as far as they hold. */
  readonly env: Readonly<Record<string, string>>;
  readonly ui: string;
  /** @param codecEndpoint where a UI of our own has payloads decoded */
  start(codecEndpoint: string): Promise<void>;
  /** Kills it and starts it on the same database. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** A dev server in the state folder, on the run's ports. Errors: CONFIG without a Temporal CLI. */
export function ownTemporal(
  state: string,
  { temporal: port, temporalUi: uiPort }: DemoRun['ports'],
  withUi: boolean,
): DemoTemporal {
  const cli = process.env['QUELL_TEMPORAL_CLI'];
  if (!cli) throw new QuellError('CONFIG', 'QUELL_TEMPORAL_CLI is not set; run it by npm start or npm test');
  let server: DevServer | undefined;
  let start = (): Promise<DevServer> => Promise.reject(new QuellError('CONFIG', 'Temporal was not started'));
  const address = `127.0.0.1:${port}`;
  const namespace = 'default';
  // How the shell reaches another Temporal does not hold for this one.
  const foreign = Object.keys(process.env).filter((name) => name.startsWith('TEMPORAL_'));
  return {
    address,
    namespace,
    settings: { address, namespace },
    env: {
      ...Object.fromEntries(foreign.map((name) => [name, ''])),
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: namespace,
    },
    ui: `http://127.0.0.1:${uiPort}`,
    start: async (codecEndpoint) => {
      start = () =>
        DevServer.start({
          ...{ cli, port },
          ...(withUi ? { uiPort, codecEndpoint } : {}),
          database: databaseOf(state),
          log: join(state, 'logs', 'temporal.log'),
        });
      server = await start();
    },
    restart: async () => {
      await server?.stop('SIGKILL');
      server = await start();
    },
    stop: async () => server?.stop(),
  };
}

const READY_WITHIN_MS = 60_000;
const NOT_FOUND = 5;
/** What a dev server's UI has above its own port. */
const UI_PORT_OFFSET = 1_000;

/**
 * A server that runs already (`TEMPORAL_ADDRESS`), in a namespace of the run's own unless `TEMPORAL_NAMESPACE` names
 * one: each run has keys of its own, and cannot read what another left. `QUELL_TEMPORAL_UI` is its UI.
 */
export function givenTemporal(address: string, run: DemoRun): DemoTemporal {
  const namespace = process.env['TEMPORAL_NAMESPACE'] ?? `quell-demo-${run.id}`;
  const [host = 'localhost', port = '7233'] = address.split(/:(?=\d+$)/);
  const { namespace: _, ...server } = temporalSettings({ ...process.env, TEMPORAL_ADDRESS: address });
  return {
    address,
    namespace,
    settings: { ...server, namespace },
    env: { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace },
    ui: process.env['QUELL_TEMPORAL_UI'] ?? `http://${host}:${Number(port) + UI_PORT_OFFSET}`,
    start: async () => {
      const connection = await Connection.connect(server).catch(() => {
        throw new QuellError('CONFIG', `no Temporal server answers at ${address} (TEMPORAL_ADDRESS)`);
      });
      try {
        await ensureNamespace(connection, namespace);
      } finally {
        await connection.close();
      }
    },
    restart: () => Promise.reject(new QuellError('CONFIG', 'this Temporal server is not ours to restart')),
    stop: () => Promise.resolve(),
  };
}

async function ensureNamespace(connection: Connection, namespace: string): Promise<void> {
  const { workflowService } = connection;
  try {
    await workflowService.describeNamespace({ namespace });
  } catch (error) {
    if (!isGrpcServiceError(error) || (error.code as number) !== NOT_FOUND) throw error;
    await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs('30 days') });
  }
  // A new namespace takes a while to be known to every part of the server.
  for (const deadline = Date.now() + READY_WITHIN_MS; ; await sleep(500)) {
    try {
      await ensureSearchAttributes(connection, namespace);
      return;
    } catch (error) {
      if (error instanceof QuellError || Date.now() > deadline) throw error;
    }
  }
}
