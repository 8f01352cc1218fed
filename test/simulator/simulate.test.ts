import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = new URL('../../', import.meta.url).pathname;
const docs = readFileSync(`${root}docs/simulator.md`, 'utf8');
/** The lines that call the control API or a tenant, in the order of the page. */
const examples = [...docs.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
  block.split('\n').filter((line) => line.startsWith('curl ')),
);
const withoutCurl = spawnSync('curl', ['--version']).error !== undefined;

interface Addresses {
  readonly slack: string;
  readonly microsoft: string;
  readonly google: string;
  readonly control: string;
}
let child: ChildProcess;
let addresses: Addresses;
beforeAll(async () => {
  child = spawn(process.execPath, ['--import', 'tsx', 'cli/demo/simulate.ts', '--json', '--rates', '60'], {
    cwd: root,
  });
  addresses = await new Promise<Addresses>((resolve, reject) => {
    child.stdout?.once('data', (line: Buffer) => resolve(JSON.parse(String(line)) as Addresses));
    child.once('exit', (code) => reject(new Error(`ended with ${String(code)}`)));
  });
});
afterAll(() => {
  child.kill();
});

describe('`npm run simulate`', () => {
  it('serves each vendor and the control API, on loopback', () => {
    for (const address of Object.values(addresses) as readonly string[])
      if (address.startsWith('http')) expect(new URL(address).hostname).toBe('127.0.0.1');
    expect(Object.keys(addresses)).toEqual(
      expect.arrayContaining(['scenario', 'startedAt', 'slack', 'microsoft', 'google', 'control']),
    );
  });

  const others = Object.values(networkInterfaces()).flatMap((all) =>
    (all ?? []).flatMap(({ family, internal, address }) => (family === 'IPv4' && !internal ? [address] : [])),
  );
  it.skipIf(others.length === 0)('is not reached by any other address of this machine', async () => {
    for (const host of others)
      for (const at of [addresses.slack, addresses.microsoft, addresses.google, addresses.control])
        await expect(fetch(`http://${host}:${new URL(at).port}/`)).rejects.toThrow();
  });

  it('knows no option to listen elsewhere', () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--import', 'tsx', 'cli/demo/simulate.ts', '--host', '0.0.0.0'],
      { cwd: root, encoding: 'utf8' },
    );
    expect(status).not.toBe(0);
    expect(stderr).toContain("Unknown option '--host'");
  });

  it.skipIf(withoutCurl).each(examples)('%s', (example) => {
    const { control: CONTROL, slack: SLACK } = addresses;
    const { status, stdout } = spawnSync('sh', ['-c', example], {
      env: { ...process.env, CONTROL, SLACK },
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    if (example.includes('grep')) expect(stdout).toMatch(/retry-after: 7/i);
    else expect(JSON.parse(stdout)).not.toHaveProperty('error');
  });

  it('says what is wrong with a request to the control API', async () => {
    const answer = await fetch(`${addresses.control}/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ platform: 'slack', operation: 'users.list', kind: 'earthquake' }]),
    });
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { readonly error: string }).error).toContain('kind');
  });
});
