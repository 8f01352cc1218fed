import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createWire } from '../../../platforms/wire.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

let server: Server;
beforeEach(async () => {
  server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '4096' });
    response.write('{"begin":');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** The `fetch` of Node 20 holds weakly what ties a request to its signal: with `redirect: 'error'` this waits without end. */
it('a body that stalls is given up when the time is over, also after memory was collected', async () => {
  const at = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const wire = createWire({ bases: [{ own: 'https://vendor.example.com', at }] });
  const read = async (): Promise<object> => {
    const signal = AbortSignal.timeout(200);
    const response = await wire.send({ operation: 'read', scopes: [] }, 'https://vendor.example.com/logs', { signal });
    return { status: response.status, body: await response.json() };
  };
  const collecting = setInterval(collectGarbage, 10);
  try {
    await expect(read()).rejects.toMatchObject({ name: 'TimeoutError' });
  } finally {
    clearInterval(collecting);
  }
});
