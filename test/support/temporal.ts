import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { DataConverter, Duration } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type WorkerOptions,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { freePort } from '../../cli/demo/ports.js';
import { ROOT } from '../../scripts/lib/setup.mjs';
import { temporalCli, temporalTestServer } from '../../scripts/lib/temporal-binaries.mjs';
import { dataConverter } from '../../store/data-converter.js';
import { payloadKeys, type PlainPayloads } from '../../store/payload-codec.js';
import { DevServer, type DevServerOptions } from '../../workers/dev-server.js';
import { addSearchAttributes } from '../../workers/namespace.js';
import { testKeys } from '../store/support.js';

const NAMESPACE = 'default';

// A worker tells every change of its state otherwise. Once a process, and a test file is one.
Runtime.install({ logger: new DefaultLogger('ERROR') });

/** A Temporal server that the tests of one file share. Its tests use workflow ids of their own (`id`). */
export interface TestTemporal {
  readonly address: string;
  readonly namespace: string;
  /** Encrypts, as in production. */
  readonly client: Client;
  /** For clients and workers of the test's own. */
  readonly converter: DataConverter;
  /** The server's time, which runs ahead of ours where it is skipped. */
  now(): Promise<Date>;
  /** `name` with an ending that no other test has: for workflow ids and task queues. */
  id(name: string): string;
  /** Runs workers while `run` does, then stops them. */
  withWorkers<T>(workers: readonly TestWorker[], run: () => Promise<T>): Promise<T>;
}

export type TestWorker = Pick<
  WorkerOptions,
  'taskQueue' | 'activities' | 'workflowsPath' | 'workflowBundle' | 'maxConcurrentActivityTaskExecutions'
>;

export interface DevTemporal extends TestTemporal {
  /** Folder with the database; gone after the tests. */
  readonly folder: string;
  /** Ends the server with `signal` (default SIGKILL) and starts it on the same database and address. */
  restart(signal?: NodeJS.Signals): Promise<void>;
}

const PORTS_TRIED = 3;

/** A real dev server for this file: limits, search, concurrency, kills. Read what it gives inside tests and hooks, not before. */
export function useDevServer(): DevTemporal {
  let server: DevServer | undefined;
  let base: Base | undefined;
  const folder = mkdtempSync(join(tmpdir(), 'quell-temporal-'));
  let options: DevServerOptions;
  beforeAll(async () => {
    const database = join(folder, 'temporal.db');
    const given = { cli: temporalCli(), database, log: join(folder, 'temporal.log') };
    for (let attempt = 1; server === undefined; attempt++) {
      options = { ...given, port: await freePort(0) };
      server = await DevServer.start(options).catch((error: unknown) => {
        // Between the choice of a free port and its use another test's connection may take it.
        if (attempt >= PORTS_TRIED) throw error;
        return undefined;
      });
    }
    base = await connect(server.address);
  });
  afterAll(async () => {
    await base?.client.connection.close();
    await base?.native.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return Object.assign(
    testTemporal(() => base),
    {
      folder,
      restart: async (signal: NodeJS.Signals = 'SIGKILL') => {
        await running(server).stop(signal);
        server = await DevServer.start(options);
      },
    },
  );
}

export interface SkippingTemporal extends TestTemporal {
  /** Lets time pass; waits of days take no time while only timers are open. */
  sleep(duration: Duration): Promise<void>;
}

/**
 * A server that skips time, for long waits; each test has its own, because what a test leaves behind can keep it from skipping.
 * One case at a time: it loses completions under concurrency, and has no limits, search or resume from heartbeats, so that being
 * green here proves the waits alone.
 */
export function useTimeSkipping(): SkippingTemporal {
  let env: TestWorkflowEnvironment | undefined;
  let base: Base | undefined;
  beforeEach(async () => {
    const converter = testConverter();
    env = await TestWorkflowEnvironment.createTimeSkipping({
      server: { executable: { type: 'existing-path', path: temporalTestServer() } },
      client: { dataConverter: converter },
    });
    await addSearchAttributes(env.connection, NAMESPACE);
    const clock = env;
    const now = async (): Promise<Date> => new Date(await clock.currentTimeMs());
    base = { address: env.address, client: env.client, native: env.nativeConnection, converter, now };
  });
  afterEach(() => env?.teardown());
  return Object.assign(
    testTemporal(() => base),
    { sleep: (duration: Duration) => running(env).sleep(duration) },
  );
}

interface Base {
  readonly address: string;
  readonly client: Client;
  readonly native: NativeConnection;
  readonly converter: DataConverter;
  readonly now: () => Promise<Date>;
}

/** One key for a file: what a worker encrypts, the clients read. */
export const PAYLOAD_KEYS = payloadKeys(testKeys());
const testConverter = (plain: PlainPayloads = 'refuse'): DataConverter => dataConverter(PAYLOAD_KEYS, { plain });

async function connect(address: string): Promise<Base> {
  const converter = testConverter();
  const connection = await Connection.connect({ address });
  const native = await NativeConnection.connect({ address });
  return {
    address,
    client: new Client({ connection, dataConverter: converter }),
    native,
    converter,
    now: async () => new Date(),
  };
}

/** What `beforeAll` made; tests ask too early when it is not there. */
function running<T>(started: T | undefined): T {
  if (started === undefined) throw new Error('the Temporal server runs inside tests and hooks only');
  return started;
}

function testTemporal(started: () => Base | undefined): TestTemporal {
  const base = (): Base => running(started());
  return {
    get address() {
      return base().address;
    },
    get client() {
      return base().client;
    },
    get converter() {
      return base().converter;
    },
    namespace: NAMESPACE,
    now: () => base().now(),
    id: (name) => `${name}-${randomUUID()}`,
    withWorkers: async (options, run) => {
      const { native } = base();
      const workers = await Promise.all(
        options.map((given) => {
          const plain = (given.workflowBundle ?? given.workflowsPath) ? 'mark' : 'refuse'; // as in production
          const dataConverter = testConverter(plain);
          return Worker.create({ connection: native, namespace: NAMESPACE, dataConverter, ...given });
        }),
      );
      const [first, ...rest] = workers;
      if (!first) return await run();
      const others = Promise.all(rest.map((worker) => worker.run()));
      try {
        return await first.runUntil(run);
      } finally {
        for (const worker of rest) worker.shutdown();
        await others;
      }
    },
  };
}

let bundle: Promise<WorkflowBundleWithSourceMap> | undefined;

/** The playbook's workflows, bundled once for a file: give it to workers as `workflowBundle`. */
export function playbookBundle(): Promise<WorkflowBundleWithSourceMap> {
  const { failureConverterPath } = testConverter();
  return (bundle ??= bundleWorkflowCode({
    workflowsPath: join(ROOT, 'workflows', 'index.ts'),
    workflowInterceptorModules: [join(ROOT, 'workflows', 'inbound.ts')],
    // A bundle made beforehand does not know the worker's converter.
    ...(failureConverterPath === undefined ? {} : { failureConverterPath }),
  }));
}
