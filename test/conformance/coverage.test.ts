import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { METHODS, type GoogleMethod } from '../../platforms/google/methods.js';
import { startTenant, type Tenant } from '../platforms/google/fixture.js';
import { coverage, reasonOf, suitesOf } from './coverage.js';
import { coveragePage } from './coverage-page.js';
import { DRIVEN_ROWS, googleDrives } from './google-drives.js';
import { observed } from './subject.js';

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
  it('says of every operation that evidence is read with which fields are read, and of no other', () => {
    const reading = operations.filter(([, o]) => suitesOf(o).includes('reads')).map(([, o]) => o.name);
    expect(reading.filter((name) => !(name in of.fields))).toEqual([]);
    expect(Object.keys(of.fields).filter((name) => !named.has(name))).toEqual([]);
  });
  it('has a reason for every operation that needs no scope', () => {
    const without = operations.filter(([, o]) => o.scopes.length === 0).map(([, o]) => o.name);
    expect([...new Set(without)].sort()).toEqual(Object.keys(of.noScope).sort());
  });
});

it('docs/coverage.md is what `npm run coverage-matrix` writes', () => {
  expect(readFileSync(new URL('../../docs/coverage.md', import.meta.url), 'utf8')).toBe(coveragePage());
});

/** Those of Slack and Microsoft are watched on their way in by `slack-drives.test.ts` and `microsoft-drives.test.ts`. */
describe('a drive of Google', () => {
  let tenant: Tenant | undefined;
  afterEach(async () => {
    await tenant?.close();
  });

  it.each(Object.entries(googleDrives))('%s reaches its route', async (key, drive) => {
    const started = await startTenant(DRIVEN_ROWS);
    tenant = started;
    const { calls } = await observed(started.world, () => drive(started));
    expect([...calls.keys()]).toContain((METHODS as Readonly<Record<string, GoogleMethod>>)[key]?.name);
  });
});
