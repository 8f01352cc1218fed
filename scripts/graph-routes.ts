// `node --import tsx scripts/graph-routes.ts`: derives the routes of Microsoft Graph that Quell calls from Microsoft's own SDK packages.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format } from 'prettier';
import { OPERATIONS, type MicrosoftOperation } from '../platforms/microsoft/operations.js';
import {
  GRAPH_ALIASES,
  graphRoute,
  routesFile,
  type GraphPackage,
  type GraphRoute,
} from '../test/conformance/graph-routes.js';
import { downloadWheel } from './lib/wheel.mjs';

/** The generated clients of both versions: every URL template of the service's own description, with its verbs. */
const PACKAGES: readonly GraphPackage[] = [
  {
    graph: 'v1.0',
    name: 'msgraph-sdk',
    version: '1.65.0',
    sha256: '543975b8ea5c6c94ac443be03a6f2429a6a6d7c1c4b90f08c382f211937f3dc1',
    licence: 'MIT',
  },
  {
    graph: 'beta',
    name: 'msgraph-beta-sdk',
    version: '1.66.0',
    sha256: '784506f47bc69bc203d19bf89bf3b425c5f6a27130f55ee3c88d4cf79a4050f8',
    licence: 'MIT',
  },
];

/** Prints a line for each request builder: its URL template and the verbs that it can make. Nothing of the package is run. */
const LISTING = String.raw`
import json, re, sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
for name in wheel.namelist():
    if name.endswith("_request_builder.py"):
        text = wheel.read(name).decode()
        template = re.search(r'super\(\).__init__\(request_adapter, "\{\+baseurl\}([^"]*)"', text)
        if template:
            verbs = sorted(set(re.findall(r'RequestInformation\(Method\.(\w+),', text)))
            print(json.dumps([template.group(1), verbs]))
`;

const folder = mkdtempSync(join(tmpdir(), 'quell-graph-'));
try {
  const wanted = new Set(
    (Object.values(OPERATIONS) as readonly MicrosoftOperation[])
      .filter((o) => o.api === 'graph')
      .map(({ path }) => GRAPH_ALIASES[path]?.route ?? path)
      .map(graphRoute),
  );
  const routes = Object.fromEntries(
    PACKAGES.map((pinned) => [
      pinned.graph,
      Object.fromEntries(
        [...routesOf(pinned)].filter(([route]) => wanted.has(route)).sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
    ]),
  );
  writeFileSync(
    routesFile,
    await format(JSON.stringify({ packages: PACKAGES, routes }), { parser: 'json', printWidth: 120 }),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function routesOf(pinned: GraphPackage): ReadonlyMap<string, GraphRoute> {
  const place = join(folder, pinned.graph);
  const why = downloadWheel({ wheel: pinned.name, version: pinned.version, sha256: [pinned.sha256] }, place);
  const wheel = readdirSync(place).find((name) => name.endsWith('.whl'));
  if (why !== undefined || wheel === undefined) throw new Error(`${pinned.name}: ${why ?? 'no wheel'}`);
  const listed = spawnSync('python3', ['-c', LISTING, join(place, wheel)], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (listed.status !== 0) throw new Error(listed.stderr);
  const rows = listed.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as [string, string[]]);
  const routes = new Map<string, GraphRoute>();
  for (const [template, verbs] of rows) {
    const [path = '', options = ''] = decodeURIComponent(template)
      .replace('}{?', '}\u0000')
      .replace('{?', '\u0000')
      .split('\u0000');
    const known = routes.get(graphRoute(path));
    routes.set(graphRoute(path), {
      verbs: [...new Set([...(known?.verbs ?? []), ...verbs])].sort(),
      query: [...new Set([...(known?.query ?? []), ...options.replace('}', '').split(',')])]
        .filter((o) => o.startsWith('$'))
        .sort(),
    });
  }
  return routes;
}
