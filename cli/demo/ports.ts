import { createServer, type Server } from 'node:net';

/** The wanted port when it is free, else one that is; 0 for any. */
export async function freePort(wanted: number): Promise<number> {
  const held = await HeldPorts.take({ wanted });
  await held.release('wanted');
  return held.ports.wanted;
}

/** Several ports, all different: each the wanted one where it is free. They are kept from others until they are released for their users. */
export class HeldPorts<K extends string> {
  private constructor(
    readonly ports: Readonly<Record<K, number>>,
    private readonly servers: Map<K, Server>,
  ) {}

  static async take<K extends string>(wanted: Readonly<Record<K, number>>): Promise<HeldPorts<K>> {
    const servers = new Map<K, Server>();
    const ports = { ...wanted } as Record<K, number>;
    for (const [name, port] of Object.entries(wanted) as [K, number][]) {
      const server = (await listening(port)) ?? (await listening(0));
      const address = server?.address();
      if (!server || typeof address !== 'object' || !address) continue;
      servers.set(name, server);
      ports[name] = address.port;
    }
    return new HeldPorts(ports, servers);
  }

  /** Without names all of them. */
  async release(...names: readonly K[]): Promise<void> {
    for (const name of names.length === 0 ? [...this.servers.keys()] : names) {
      const server = this.servers.get(name);
      this.servers.delete(name);
      if (server) await new Promise((closed) => server.close(closed));
    }
  }
}

function listening(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
