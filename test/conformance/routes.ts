import Fastify from 'fastify';
import type { VendorSimulator } from '../../simulator/core/server.js';

/** A route of a simulated tenant and one operation that it serves. */
export interface Route {
  readonly route: string;
  readonly operation: string;
}

/** Every route that a simulator registers, once for each operation that it serves. */
export function routesOf(simulator: VendorSimulator): readonly Route[] {
  const app = Fastify({ routerOptions: { ignoreTrailingSlash: true, caseSensitive: false } });
  const found: Route[] = [];
  app.addHook('onRoute', ({ method, url, config }) => {
    for (const verb of [method].flat()) {
      if (verb === 'HEAD') continue; // Fastify's own twin of each GET
      const route = `${verb} ${url}`;
      const several = simulator.operationsAt?.(route) ?? [];
      for (const operation of several.length > 0 ? several : [config?.operation ?? ''])
        found.push({ route, operation });
    }
  });
  simulator.register(app);
  return found;
}
