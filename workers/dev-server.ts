import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Connection } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { msToTs } from '@temporalio/common/lib/time.js';
import { QuellError } from '../domain/errors.js';
import { SEARCH_ATTRIBUTES } from '../workflows/search-attributes.js';

export interface DevServerOptions {
  /** Path of the Temporal CLI. */
  readonly cli: string;
  readonly port: number;
  readonly uiPort?: number;
  /** Database file: the cases survive a restart. */
  readonly database: string;
  readonly log: string;
  /** Codec server that the UI asks. */
  readonly codecEndpoint?: string;
}

const UP_WITHIN_MS = 60_000;
const RETENTION = '30 days';
const NAMESPACE = 'default';
/** The server's numbers of the types. */
const VALUE_TYPES = JSON.parse(
  '{"TEXT":1,"KEYWORD":2,"INT":3,"DOUBLE":4,"BOOL":5,"DATETIME":6,"KEYWORD_LIST":7}',
) as Readonly<Record<string, temporal.api.enums.v1.IndexedValueType>>;

/** A Temporal dev server as a child process, on a database file with the pragmas that make it as quick as memory. */
export class DevServer {
  private constructor(
    readonly address: string,
    readonly child: ChildProcess,
  ) {}

  static async start(options: DevServerOptions): Promise<DevServer> {
    mkdirSync(dirname(options.database), { recursive: true });
    const child = spawn(options.cli, argumentsOf(options), { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const log = createWriteStream(options.log, { flags: 'a' });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    const server = new DevServer(`127.0.0.1:${options.port}`, child);
    try {
      await server.#untilUp();
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
    return server;
  }

  /** Waits for the server, then makes sure of retention and search attributes: flags act only when a database is new. */
  async #untilUp(): Promise<void> {
    const deadline = Date.now() + UP_WITHIN_MS;
    for (;;) {
      if (this.child.exitCode !== null)
        throw new QuellError('CONFIG', 'the Temporal dev server ended at its start; see its log');
      try {
        const connection = await Connection.connect({ address: this.address, connectTimeout: 1_000 });
        try {
          await prepareNamespace(connection);
          return;
        } finally {
          await connection.close();
        }
      } catch (error) {
        if (error instanceof QuellError || Date.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }

  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
      this.child.once('exit', () => {
        clearTimeout(timer);
        resolve();
      });
      this.child.kill(signal);
    });
  }
}

function argumentsOf({ port, uiPort, database, codecEndpoint }: DevServerOptions): readonly string[] {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--db-filename', database],
    ...['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL'],
    ...(uiPort === undefined
      ? ['--headless']
      : ['--ui-ip', '127.0.0.1', '--ui-port', String(uiPort), '--ui-disable-news-fetch']),
    ...(codecEndpoint === undefined ? [] : ['--ui-codec-endpoint', codecEndpoint]),
    // One partition and fairness on: priority and fairness of a single node are exact only then.
    ...[
      'matching.numTaskqueueReadPartitions=1',
      'matching.numTaskqueueWritePartitions=1',
      'matching.enableFairness=true',
    ].flatMap((v) => ['--dynamic-config-value', v]),
    ...SEARCH_ATTRIBUTES.flatMap(({ name, type }) => ['--search-attribute', `${name}=${cliType(type)}`]),
    ...['--log-level', 'warn'],
  ];
}

const cliType = (type: string): string => type.charAt(0) + type.slice(1).toLowerCase();

/** A search attribute that is missing or has another type makes workflows look stuck: checked at every start. */
async function prepareNamespace(connection: Connection): Promise<void> {
  await connection.workflowService.updateNamespace({
    namespace: NAMESPACE,
    config: { workflowExecutionRetentionTtl: msToTs(RETENTION) },
  });
  const known =
    (await connection.operatorService.listSearchAttributes({ namespace: NAMESPACE })).customAttributes ?? {};
  for (const { name, type } of SEARCH_ATTRIBUTES) {
    const wanted = VALUE_TYPES[type];
    if (wanted === undefined)
      throw new QuellError('CONFIG', `search attribute ${name} has a type that the server does not know`);
    if (known[name] === undefined)
      await connection.operatorService.addSearchAttributes({
        namespace: NAMESPACE,
        searchAttributes: { [name]: wanted },
      });
    else if (known[name] !== wanted)
      throw new QuellError('CONFIG', `search attribute ${name} has another type in this database`);
  }
}
