import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { readContext } from '../../workers/context.js';
import { evidencePorts } from '../../workers/platforms.js';
import { runRole } from '../../workers/run-role.js';

/**
 * Runs a role as its own process does, until it cannot reach Temporal or has said that it is ready, and writes which CommonJS
 * packages it has loaded (the vendors' SDKs are such): `loaded-packages-child.ts <role> <file>`. In place of a role
 * `first-call` makes one call to each tenant.
 */
const [role, file = ''] = process.argv.slice(2);
process.on('exit', () => {
  const paths = Object.keys(createRequire(import.meta.url).cache);
  const packages = paths.flatMap((path) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
  writeFileSync(
    file,
    JSON.stringify({
      packages: [...new Set(packages)].sort(),
      modules: paths.length,
      milliseconds: Math.round(performance.now()),
      megabytes: Math.round(process.memoryUsage().rss / 1e6),
    }),
  );
});
switch (role) {
  case 'first-call': {
    const context = readContext('evidence', process.env);
    for (const { directory } of await evidencePorts(context)) await directory.list(undefined).catch(() => undefined);
    await context.database.end();
    break;
  }
  case 'records':
  case 'console':
    // They wait long for Temporal before they do anything else; what they build after that is in their modules.
    await import(`../../workers/roles/${role}.js`);
    break;
  default:
    await runRole(role);
}
