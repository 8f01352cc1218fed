import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { headKeeper, headsIn, type HeadPlaces } from '../../../store/audit/heads.js';
import type { Checkpoint } from '../../../store/audit/line.js';
import { keptIn } from '../support.js';

const folder = mkdtempSync(join(tmpdir(), 'quell-heads-'));
const file = join(folder, 'far', 'heads.jsonl');
const head = (lines: number): Checkpoint => ({
  ...{ lines, head: 'a'.repeat(64), at: '2026-01-01T00:00:00.000Z' },
  ...{ keyId: 'k-1', signature: 'c2ln' },
});
const keepHead = (places: HeadPlaces, checkpoint: Checkpoint): Promise<void> => headKeeper(places)(checkpoint);
let server: Server | undefined;
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

async function listening(answer: number, got: string[]): Promise<string> {
  server = createServer((request, response) => {
    void text(request).then((body) => {
      got.push(body);
      response.writeHead(answer, { location: '/elsewhere' }).end();
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/heads`;
}

describe('heads of the audit log outside of the database', () => {
  it('are added to a file and posted, and read back from the file', async () => {
    const got: string[] = [];
    const webhook = await listening(202, got);
    await keepHead({ file, webhook }, head(1));
    await keepHead({ file, webhook }, head(2));
    expect(await keptIn(file)).toEqual([head(1), head(2)]);
    expect(got.map((body) => JSON.parse(body) as unknown)).toEqual([head(1), head(2)]);
  });

  it.each([
    ['refuses', 500],
    ['sends elsewhere', 307],
  ])('say so when the webhook %s, and the file has them all the same', async (_, status) => {
    const webhook = await listening(status, []);
    await expect(keepHead({ file, webhook }, head(1))).rejects.toMatchObject({ code: 'STORE' });
    expect(await keptIn(file)).toEqual([head(1)]);
  });

  it('say so when the file takes nothing, and the webhook has them all the same', async () => {
    const got: string[] = [];
    const webhook = await listening(200, got);
    mkdirSync(file, { recursive: true });
    await expect(keepHead({ file, webhook }, head(1))).rejects.toMatchObject({ code: 'STORE' });
    expect(got).toHaveLength(1);
  });

  it('are none where there is no file, and named by their line where one is none', async () => {
    expect(await headsIn(file)).toEqual([]);
    mkdirSync(join(folder, 'far'), { recursive: true });
    writeFileSync(file, `<13>1 sshd: a line of another program\n\n${JSON.stringify(head(1)).slice(0, 40)}`);
    await keepHead({ file }, head(2));
    expect(await headsIn(file)).toEqual([
      { where: `${file}:1`, head: undefined },
      { where: `${file}:3`, head: undefined },
      { where: `${file}:4`, head: head(2) },
    ]);
  });
});
