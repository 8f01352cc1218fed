import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { OPERATIONS, type MicrosoftOperation } from '../../platforms/microsoft/operations.js';
import { startTenant, type Tenant } from '../platforms/microsoft/fixture.js';
import { GRAPH_ALIASES, graphRoute, routesFile, type GraphRoute, type GraphRoutes } from './graph-routes.js';
import { DRIVEN_ROWS, microsoftDrives } from './microsoft-drives.js';

const { packages, routes } = JSON.parse(readFileSync(routesFile, 'utf8')) as GraphRoutes;
const graph = (Object.entries(OPERATIONS) as [keyof typeof OPERATIONS, MicrosoftOperation][]).filter(
  ([, o]) => o.api === 'graph',
);

const routeOf = ({ path, version }: MicrosoftOperation): GraphRoute | undefined =>
  routes[version][graphRoute(GRAPH_ALIASES[path]?.route ?? path)];

describe('against the generated clients of Microsoft Graph', () => {
  it('names the packages that the routes come from, by version and hash', () => {
    expect(packages.map((p) => p.graph)).toEqual(['v1.0', 'beta']);
    for (const { version, sha256 } of packages) {
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it.each(graph)('%s is a path of its version, with its verb', (_, operation) => {
    expect(routeOf(operation)?.verbs).toContain(operation.method);
  });

  it('audit search is in both versions, as the adapter goes from one to the other', () => {
    for (const key of ['auditQueries', 'createAuditQuery', 'auditQuery', 'auditRecords'] as const)
      for (const version of ['v1.0', 'beta'] as const)
        expect(routeOf({ ...OPERATIONS[key], version })?.verbs).toContain(OPERATIONS[key].method);
  });

  it('keeps no route that is not called, and no alias that is not needed', () => {
    const called = new Set(graph.map(([, o]) => graphRoute(GRAPH_ALIASES[o.path]?.route ?? o.path)));
    for (const version of ['v1.0', 'beta'] as const)
      expect(Object.keys(routes[version]).filter((r) => !called.has(r))).toEqual([]);
    expect(Object.keys(GRAPH_ALIASES).filter((path) => !graph.some(([, o]) => o.path === path))).toEqual([]);
  });
});

/** Requests to Graph as they arrive: verb, path and the names of their query options. */
function watched({
  app,
}: Tenant): readonly { readonly verb: string; readonly path: string; readonly options: readonly string[] }[] {
  const seen: { verb: string; path: string; options: readonly string[] }[] = [];
  app.server.on('request', ({ method, url }: { method: string; url: string }) => {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    seen.push({ verb: method, path: decodeURIComponent(pathname), options: [...searchParams.keys()] });
  });
  return seen;
}

describe('query options of the requests that the product makes', () => {
  it.each(graph.filter(([, o]) => o.method === 'GET'))(
    '%s asks by options that its path has',
    async (key, operation) => {
      const tenant = await startTenant(DRIVEN_ROWS);
      try {
        const seen = watched(tenant);
        await microsoftDrives[key](tenant);
        const route = new RegExp(`^/${operation.version}${operation.path.replace(/\{\w+\}/g, '[^/]+')}$`);
        const asked = seen.filter((s) => s.verb === 'GET' && route.test(s.path)).flatMap((s) => s.options);
        const known = routeOf(operation)?.query ?? [];
        expect([...new Set(asked)].filter((o) => o !== '$skiptoken' && !known.includes(o))).toEqual([]);
      } finally {
        await tenant.close();
      }
    },
  );
});
