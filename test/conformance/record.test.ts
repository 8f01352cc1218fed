import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Platform } from '../../domain/platform.js';
import { METHODS } from '../../platforms/google/methods.js';
import { OPERATIONS as MICROSOFT } from '../../platforms/microsoft/operations.js';
import { VENDOR_ROLES, type VendorOperation } from '../../platforms/operation.js';
import { OPERATIONS as SLACK } from '../../platforms/slack/methods.js';
import { recordCalls, type RecordedCall } from '../../platforms/wire/record.js';
import type { Wire } from '../../platforms/wire.js';
import { microsoftCredentials } from '../../simulator/microsoft/auth.js';
import { startTenant as startGoogle } from '../platforms/google/fixture.js';
import { startTenant as startMicrosoft } from '../platforms/microsoft/fixture.js';
import { startTenant as startSlack } from '../platforms/slack/fixture.js';
import * as google from './google-drives.js';
import * as microsoft from './microsoft-drives.js';
import * as slack from './slack-drives.js';

const folder = mkdtempSync(join(tmpdir(), 'quell-record-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the product does with `QUELL_RECORD_CALLS`, put over a wire that is there already. */
function recording(wire: Wire, vendor: Platform): Wire {
  const record = recordCalls({ file: join(folder, vendor), role: 'evidence', vendor, tenant: 'main' });
  return {
    send: async (call, url, init) => {
      const response = await wire.send(call, url, init);
      record(call, new URL(url), init, new Date(), { status: response.status });
      return response;
    },
  };
}

interface Vendor {
  readonly platform: Platform;
  readonly table: Readonly<Record<string, VendorOperation>>;
  /** Hosts that the vendor answers at. */
  readonly hosts: RegExp;
  /** Drives everything; gives the secrets that were handed over. */
  drive(): Promise<readonly string[]>;
}

const VENDORS: readonly Vendor[] = [
  {
    platform: 'slack',
    table: SLACK,
    hosts: /^https:\/\/(api\.|hooks\.)?slack\.com\//,
    drive: async () => {
      const secrets: string[] = [];
      for (const drive of Object.values(slack.slackDrives)) {
        const tenant = await startSlack(slack.DRIVEN_ROWS);
        secrets.push(...Object.values(tenant.own.tokens), tenant.own.signingSecret);
        const settings: typeof tenant.settings = (tokens) => {
          const given = tenant.settings(tokens);
          return { ...given, wire: recording(given.wire, 'slack') };
        };
        await drive({ ...tenant, settings });
        await tenant.close();
      }
      return secrets;
    },
  },
  {
    platform: 'microsoft',
    table: MICROSOFT,
    hosts:
      /^https:\/\/(graph\.microsoft\.com|login\.microsoftonline\.com|manage\.office\.com|api\.securitycenter\.microsoft\.com|smba\.trafficmanager\.net)\//,
    drive: async () => {
      const secrets: string[] = [];
      for (const drive of Object.values(microsoft.microsoftDrives)) {
        const tenant = await startMicrosoft(microsoft.DRIVEN_ROWS);
        const own = microsoftCredentials(tenant.world);
        secrets.push(...VENDOR_ROLES.map((role) => own[role].clientSecret));
        const settings: typeof tenant.settings = (role, extra) => {
          const given = tenant.settings(role, extra);
          return { ...given, wire: recording(given.wire, 'microsoft') };
        };
        await drive({ ...tenant, settings });
        await tenant.close();
      }
      return secrets;
    },
  },
  {
    platform: 'google',
    table: METHODS,
    hosts: /^https:\/\/([a-z0-9]+\.)?googleapis\.com\//,
    drive: async () => {
      for (const drive of Object.values(google.googleDrives)) {
        const tenant = await startGoogle(google.DRIVEN_ROWS);
        const settings: typeof tenant.settings = (role, extra) => {
          const given = tenant.settings(role, extra);
          return { ...given, wire: recording(given.wire, 'google') };
        };
        await drive({ ...tenant, settings });
        await tenant.close();
      }
      return ['PRIVATE KEY'];
    },
  },
];

/** Tokens as the simulated tenants give them out. */
const TOKENS = /xox[bp]-|ya29\.|eyJ[\w-]+\.eyJ|Bearer/;

describe.each(VENDORS)('the record of calls at $platform', ({ platform, table, hosts, drive }) => {
  it('has a line of every operation, with its address and scopes, and nothing of what was sent', async () => {
    const secrets = await drive();
    const text = readFileSync(join(folder, platform), 'utf8');
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as RecordedCall);
    const operations = new Map<string, VendorOperation[]>();
    for (const o of Object.values(table)) operations.set(o.name, [...(operations.get(o.name) ?? []), o]);

    expect(Object.values(table).filter((o) => !lines.some((l) => l.operation === o.name))).toEqual([]);
    for (const line of lines) {
      expect(line.url).toMatch(hosts);
      expect(line.url).not.toContain('?');
      const known = operations.get(line.operation);
      if (!known) {
        expect(line.operation, 'beside the tables only tokens are asked for').toMatch(/token|sts|signJwt/i);
        continue;
      }
      const allowed = known.flatMap((o) => o.scopes);
      expect(line.scopes.filter((s) => !allowed.includes(s))).toEqual([]);
      expect(line.bodyFields.every((name) => /^[\w.@$-]+$/.test(name))).toBe(true);
    }
    for (const secret of secrets) expect(text).not.toContain(secret);
    expect(TOKENS.exec(text)?.[0]).toBeUndefined();
  });
});
