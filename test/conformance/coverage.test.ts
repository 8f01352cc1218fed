import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { METHODS } from '../../platforms/google/methods.js';
import { OPERATIONS as MICROSOFT } from '../../platforms/microsoft/operations.js';
import { OPERATIONS as SLACK } from '../../platforms/slack/methods.js';
import type { VendorOperation } from '../../platforms/operation.js';
import type { World } from '../../simulator/core/world.js';
import { startTenant as startGoogle } from '../platforms/google/fixture.js';
import { startTenant as startMicrosoft } from '../platforms/microsoft/fixture.js';
import { startTenant as startSlack } from '../platforms/slack/fixture.js';
import { coverage, reasonOf, suitesOf } from './coverage.js';
import { coveragePage } from './coverage-page.js';
import type { Drive } from './drives.js';
import { DRIVEN_ROWS as GOOGLE_ROWS, googleDrives } from './google-drives.js';
import { DRIVEN_ROWS as MICROSOFT_ROWS, microsoftDrives } from './microsoft-drives.js';
import { DRIVEN_ROWS as SLACK_ROWS, slackDrives } from './slack-drives.js';
import { observed } from './subject.js';

interface Served {
  readonly world: World;
  close(): Promise<void>;
}

describe.each(coverage())('$title', (of) => {
  const operations = Object.entries(of.table);
  const named = new Set(operations.map(([, o]) => o.name));

  it('has a route for every operation', () => {
    const missing = operations.filter(([, o]) => !of.routes.some((r) => r.operation === o.name)).map(([key]) => key);
    expect(missing).toEqual([]);
  });
  it('has an operation for every route, or a reason', () => {
    const others = of.routes.filter((r) => !named.has(r.operation));
    expect(others.filter((r) => reasonOf(of, r.operation) === undefined)).toEqual([]);
    const unused = Object.keys(of.otherRoutes).filter(
      (name) => !others.some((r) => reasonOf({ ...of, otherRoutes: { [name]: 'this one' } }, r.operation)),
    );
    expect(unused).toEqual([]);
  });
  it('has a drive for every operation, and for nothing else', () => {
    expect([...of.drives].sort()).toEqual(Object.keys(of.table).sort());
  });
  it('has no operation that no suite lets anything happen to', () => {
    expect(operations.filter(([, o]) => suitesOf(o).length === 0).map(([key]) => key)).toEqual([]);
  });
  it('has a reason for every operation that needs no scope', () => {
    const without = operations.filter(([, o]) => o.scopes.length === 0).map(([, o]) => o.name);
    expect([...new Set(without)].sort()).toEqual(Object.keys(of.noScope).sort());
  });
});

it('docs/coverage.md is what `npm run coverage-matrix` writes', () => {
  expect(readFileSync(new URL('../../docs/coverage.md', import.meta.url), 'utf8')).toBe(coveragePage());
});

let tenant: Served | undefined;
afterEach(async () => {
  await tenant?.close();
  tenant = undefined;
});

/** Each drive in a tenant of its own, with the real SDK: the simulated route of its operation must be reached. */
function reaching<Tenant extends Served>(
  title: string,
  table: Readonly<Record<string, VendorOperation>>,
  drives: Readonly<Record<string, Drive<Tenant>>>,
  start: () => Promise<Tenant>,
): void {
  describe(`a drive of ${title}`, () => {
    it.each(Object.entries(drives))('%s reaches its route', async (key, drive) => {
      const started = await start();
      tenant = started;
      const { calls } = await observed(started.world, () => drive(started));
      expect([...calls.keys()]).toContain(table[key]?.name);
    });
  });
}
reaching('Slack', SLACK, slackDrives, () => startSlack(SLACK_ROWS));
reaching('Microsoft', MICROSOFT, microsoftDrives, () => startMicrosoft(MICROSOFT_ROWS));
reaching('Google', METHODS, googleDrives, () => startGoogle(GOOGLE_ROWS));
