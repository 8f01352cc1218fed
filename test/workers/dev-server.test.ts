import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { freePort } from '../../cli/demo/ports.js';
import { temporalCli } from '../../scripts/lib/temporal-binaries.mjs';
import { DevServer } from '../../workers/dev-server.js';
import { requireSearchAttributes } from '../../workers/namespace.js';
import { SEARCH_ATTRIBUTES, STAGE } from '../../workflows/search-attributes.js';

let folder: string;
const servers: DevServer[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quell-dev-server-'));
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop('SIGKILL')));
  rmSync(folder, { recursive: true, force: true });
});

const options = async (change: Partial<Parameters<typeof DevServer.start>[0]> = {}) => ({
  cli: temporalCli(),
  port: await freePort(0),
  database: join(folder, 'temporal', 'temporal.db'),
  log: join(folder, 'logs', 'temporal.log'),
  ...change,
});

async function start(change: Partial<Parameters<typeof DevServer.start>[0]> = {}): Promise<DevServer> {
  const server = await DevServer.start(await options(change));
  servers.push(server);
  return server;
}

async function withClient<T>({ address }: DevServer, work: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await work(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

/** Starts a workflow that nobody runs, with a search attribute. */
const open = (server: DevServer, workflowId: string): Promise<unknown> =>
  withClient(server, (client) =>
    client.workflow.start('nobodyRunsThis', {
      workflowId,
      taskQueue: 'nobody',
      typedSearchAttributes: [{ key: STAGE, value: 'triage' }],
    }),
  );

const isOpen = (server: DevServer, workflowId: string): Promise<boolean> =>
  withClient(
    server,
    async (client) => (await client.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING',
  );

it('has every search attribute and keeps closed cases for a month, on a new database and on an old one', async () => {
  for (let round = 0; round < 2; round++) {
    const server = await start();
    await open(server, `case-${String(round)}`);
    await withClient(server, async ({ connection }) => {
      const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
      expect(Object.keys(customAttributes ?? {})).toEqual(expect.arrayContaining(SEARCH_ATTRIBUTES.map((a) => a.name)));
      const { config } = await connection.workflowService.describeNamespace({ namespace: 'default' });
      expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(30 * 24 * 3600);
    });
    await server.stop();
  }
});

it('keeps what it acknowledged when it is killed', async () => {
  const server = await start();
  await open(server, 'case-kept');
  await server.stop('SIGKILL');
  expect(await isOpen(await start(), 'case-kept')).toBe(true);
});

it('hands out waiting work by priority, whatever came first', async () => {
  const server = await start();
  await withClient(server, async ({ workflow, connection }) => {
    const wanted = [5, 5, 5, 5, 3, 3, 1, 1, 5, 3, 1, 1];
    for (const [i, priorityKey] of wanted.entries())
      await workflow.start('nobodyRunsThis', {
        workflowId: `p${String(priorityKey)}-${String(i)}`,
        taskQueue: 'ranked',
        priority: { priorityKey },
      });
    const handed: string[] = [];
    for (const _ of wanted) {
      const task = await connection.withDeadline(Date.now() + 10_000, () =>
        connection.workflowService.pollWorkflowTaskQueue({ namespace: 'default', taskQueue: { name: 'ranked' } }),
      );
      handed.push(task.workflowExecution?.workflowId ?? '');
    }
    expect(handed.map((id) => Number(id[1]))).toEqual([...wanted].sort());
  });
});

it('refuses a database in which a search attribute has another type', async () => {
  const bare = await options();
  const child = spawn(bare.cli, [
    ...['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(bare.port)],
    ...['--db-filename', join(folder, 'other.db'), '--search-attribute', 'QuellStage=Int'],
  ]);
  try {
    const connection = await untilUp(`127.0.0.1:${String(bare.port)}`);
    await connection.close();
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await expect(start({ database: join(folder, 'other.db') })).rejects.toMatchObject({
    code: 'CONFIG',
    message: expect.stringContaining('QuellStage') as string,
  });
});

it('names the command that adds the search attributes which a server lacks', async () => {
  const server = await start();
  await withClient(server, async ({ connection }) => {
    await expect(requireSearchAttributes(connection, 'default')).resolves.toBeUndefined();
    await connection.operatorService.removeSearchAttributes({ namespace: 'default', searchAttributes: ['QuellDueAt'] });
    await expect(requireSearchAttributes(connection, 'default')).rejects.toMatchObject({
      code: 'CONFIG',
      detail: expect.stringContaining('create --namespace default --name QuellDueAt --type Datetime') as string,
    });
  });
});

it('lets one supervisor at a time have a database, and says which', async () => {
  await start();
  await expect(start()).rejects.toMatchObject({
    code: 'STORE',
    message: expect.stringContaining(`process ${String(process.pid)}`) as string,
  });
});

it('ends the server that a killed supervisor left on its database', async () => {
  const { cli, port, database, log } = await options();
  const supervisor = spawn(
    process.execPath,
    [
      ...['--import', 'tsx', '--input-type=module', '--eval'],
      `const { DevServer } = await import('./workers/dev-server.ts');
       const { child } = await DevServer.start(${JSON.stringify({ cli, port, database, log })});
       console.log(child.pid);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [line] = (await once(supervisor.stdout, 'data')) as [Buffer];
  const left = Number(line.toString());
  supervisor.kill('SIGKILL');
  await once(supervisor, 'exit');
  expect(runs(left)).toBe(true);
  await start();
  expect(runs(left)).toBe(false);
});

it('does not signal a process whose id the system gave to another', async () => {
  const bystander = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)']);
  try {
    mkdirSync(join(folder, 'temporal'));
    writeFileSync(join(folder, 'temporal', 'temporal.db.pid'), String(bystander.pid));
    await start();
    expect(runs(bystander.pid ?? 0)).toBe(true);
  } finally {
    bystander.kill('SIGKILL');
  }
});

it('is started once more when it ends as it starts', async () => {
  const once = join(folder, 'begun');
  const cli = join(folder, 'temporal-that-ends-first');
  writeFileSync(cli, `#!/bin/sh\n[ -e '${once}' ] || { touch '${once}'; exit 1; }\nexec '${temporalCli()}' "$@"\n`, {
    mode: 0o755,
  });
  await withClient(await start({ cli }), async ({ workflow }) => {
    await workflow.start('nobodyRunsThis', { workflowId: 'w', taskQueue: 'q' });
  });
});

it('says why when it cannot start', async () => {
  await expect(start({ cli: join(folder, 'nothing-here') })).rejects.toMatchObject({ code: 'CONFIG' });
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const log = join(folder, 'logs', 'taken.log');
  await expect(start({ port, log })).rejects.toMatchObject({
    code: 'CONFIG',
    message: expect.stringContaining(log) as string,
  });
  taken.close();
  // and the database is free for the next
  await start();
});

/** Without zombies: where nobody waits for an orphan its process id stays. */
function runs(pid: number): boolean {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${String(pid)}/cmdline`).length > 0;
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function untilUp(address: string): Promise<Connection> {
  for (;;) {
    try {
      const connection = await Connection.connect({ address, connectTimeout: 500 });
      await connection.workflowService.describeNamespace({ namespace: 'default' });
      return connection;
    } catch {
      await new Promise((again) => setTimeout(again, 100));
    }
  }
}
