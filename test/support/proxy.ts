import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';

export interface ForwardProxy {
  /** `user` is `name:password@` or nothing. */
  url(user?: string): string;
  /** `host:port` of each tunnel that was asked for. */
  readonly tunnels: string[];
  readonly credentials: (string | undefined)[];
  close(): Promise<void>;
}

export const portOf = (server: Server): number => (server.address() as AddressInfo).port;
export const listen = (server: Server): Promise<void> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
export async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

/** A real forward proxy on loopback that gives tunnels and nothing else. `to`: takes every name for this port of loopback. */
export async function forwardProxy(to?: number): Promise<ForwardProxy> {
  const tunnels: string[] = [];
  const credentials: (string | undefined)[] = [];
  const open = new Set<{ destroy(): unknown }>();
  const server = createServer((_, response) => response.writeHead(501).end());
  server.on('connect', (request, socket) => {
    const asked = request.url ?? '';
    tunnels.push(asked);
    credentials.push(request.headers['proxy-authorization']);
    const up = connect(to ?? Number(asked.split(':').at(-1)), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(up).pipe(socket);
    });
    for (const end of [socket, up]) open.add(end);
    up.on('error', () => socket.destroy());
    socket.on('error', () => up.destroy());
  });
  await listen(server);
  return {
    tunnels,
    credentials,
    url: (user = '') => `http://${user}127.0.0.1:${String(portOf(server))}`,
    close: async () => {
      for (const end of open) end.destroy();
      await close(server);
    },
  };
}
