import { createServer, type Server } from 'node:net';

/** The wanted port when it is free, else one that is; 0 for any. */
export async function freePort(wanted: number): Promise<number> {
  return (await freePorts({ wanted })).wanted;
}

/** The same for several at a time, all of them different. */
export async function freePorts<K extends string>(wanted: Readonly<Record<K, number>>): Promise<Record<K, number>> {
  const held: Server[] = [];
  const found = {} as Record<K, number>;
  try {
    for (const [name, port] of Object.entries(wanted) as [K, number][]) {
      const server = (await listening(port)) ?? (await listening(0));
      if (server) held.push(server);
      const address = server?.address();
      found[name] = typeof address === 'object' && address ? address.port : port;
    }
    return found;
  } finally {
    await Promise.all(held.map((server) => new Promise((closed) => server.close(closed))));
  }
}

function listening(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
