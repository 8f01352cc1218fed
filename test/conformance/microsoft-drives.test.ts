import { afterEach, describe, expect, it } from 'vitest';
import { OPERATIONS, type MicrosoftOperation } from '../../platforms/microsoft/operations.js';
import { startTenant, type Tenant } from '../platforms/microsoft/fixture.js';
import { DRIVEN_ROWS, microsoftDrives } from './microsoft-drives.js';

let tenant: Tenant;
afterEach(() => tenant.close());

/** Requests as they arrive at the tenant: verb and path. */
function watched({ app }: Tenant): readonly string[] {
  const seen: string[] = [];
  app.server.on('request', ({ method, url }: { method: string; url: string }) => {
    seen.push(`${method} ${decodeURIComponent(new URL(url, 'http://localhost').pathname)}`);
  });
  return seen;
}

/** What the request of an operation looks like: its verb, its version and its path, whatever is in the placeholders. */
function requestOf({ api, method, path, version }: MicrosoftOperation): RegExp {
  const route = `${api === 'graph' ? `/${version}` : ''}${path}`.replace(/\{\w+\}/g, '[^/]+');
  return new RegExp(`^${method} ${route}$`);
}

describe('a drive of', () => {
  it.each(Object.entries(OPERATIONS) as [keyof typeof OPERATIONS, MicrosoftOperation][])(
    '%s calls it',
    async (key, operation) => {
      tenant = await startTenant(DRIVEN_ROWS);
      const seen = watched(tenant);
      await microsoftDrives[key](tenant);
      expect(seen.filter((s) => requestOf(operation).test(s))).not.toEqual([]);
    },
  );
});
