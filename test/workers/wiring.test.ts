import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEMO_RATES, writeOrganisation } from '../../cli/demo/organisation.js';
import { QuellError } from '../../domain/errors.js';
import { PLATFORMS } from '../../simulator/core/platforms.js';
import { resolveTarget } from '../../platforms/resolve.js';
import type { RecordedCall } from '../../platforms/wire/record.js';
import { loadScenario } from '../../simulator/core/scenario.js';
import { serveVendor } from '../../simulator/core/server.js';
import { World } from '../../simulator/core/world.js';
import { createGoogleTenant } from '../../simulator/google/index.js';
import { createMicrosoftTenant } from '../../simulator/microsoft/index.js';
import { createSlackTenant } from '../../simulator/slack/index.js';
import type { Role } from '../../store/role-keys.js';
import { query } from '../../store/postgres/connection.js';
import { useDatabase } from '../support/database.js';
import { readContext, type RoleContext } from '../../workers/context.js';
import { forwardProxy } from '../support/proxy.js';
import { containmentPorts, evidencePorts, talkPorts } from '../../workers/platforms.js';

const database = useDatabase();
/** Each test has what the vendors let through for itself. */
beforeEach(() => query(database.pool, 'TRUNCATE rate_buckets, rate_leases'));

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NOWHERE = 'http://127.0.0.1:9';
const OWN_HOSTS = {
  slack: /^https:\/\/(api\.)?slack\.com\//,
  microsoft: /^https:\/\/(graph|login)\.microsoft(online)?\.com\//,
  google: /^https:\/\/[a-z0-9]+\.googleapis\.com\//,
} as const;

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** The simulated tenants, and the settings of a role as its own process reads them. */
async function house(rates?: number, host = '127.0.0.1') {
  const world = new World(loadScenario('slack-takeover'), rates === undefined ? {} : { rates });
  const served = await Promise.all(
    [createSlackTenant(world), createMicrosoftTenant(world), createGoogleTenant(world)].map((v) =>
      serveVendor(world, v),
    ),
  );
  const state = mkdtempSync(join(tmpdir(), 'quell-wiring-'));
  ends.push(async () => {
    for (const { app } of served) {
      app.server.closeAllConnections();
      await app.close();
    }
    rmSync(state, { recursive: true, force: true });
  });
  const [slack = '', microsoft = '', google = ''] = served.map((s) => s.url.replace('127.0.0.1', host));
  const files = writeOrganisation(
    state,
    ROOT,
    world,
    {
      ...{ slack, microsoft, google, intake: NOWHERE, console: NOWHERE, temporalUi: NOWHERE },
      temporal: { address: '127.0.0.1:9', namespace: 'default' },
    },
    { lag: 1, people: 1 },
  );
  const record = join(state, 'calls.jsonl');
  const context = (role: Role, env: Record<string, string> = { QUELL_RECORD_CALLS: record }): RoleContext =>
    readContext(role, {
      QUELL_CONFIG: files.config,
      QUELL_STATE: state,
      QUELL_KEYS: join(files.roleFolder(role), 'keys'),
      QUELL_CREDENTIALS: join(files.roleFolder(role), 'credentials'),
      ...(role === 'playbook' ? {} : database.env(role)),
      ...env,
    });
  const recorded = (): RecordedCall[] =>
    readFileSync(record, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as RecordedCall);
  return { world, context, record, recorded };
}

describe('the wiring of roles to tenants', () => {
  it('keeps what the vendors say about their limits, through each SDK: nothing comes too early', async () => {
    // So narrow that each operation may be called once; the budget, sixty times as wide as the vendor's, does not know.
    const { world, context } = await house(1 / 1_000_000);
    for (const port of await evidencePorts(context('evidence'))) {
      const email = world.scenario.people[world.scenario.subject]?.email ?? '';
      const outcomes: unknown[] = [];
      for (let n = 0; n < 6; n++)
        outcomes.push(await port.directory.lookup({ email }).catch((error: unknown) => error));
      const busy = outcomes.filter((outcome) => outcome instanceof QuellError);
      expect(busy.length, port.platform).toBeGreaterThanOrEqual(4);
      for (const error of busy) {
        expect(error.code, port.platform).toBe('VENDOR_BUSY');
        expect(error.retryAfterMs, port.platform).toBeGreaterThan(0);
      }
      const throttled = world.throttled.filter((t) => t.platform === port.platform);
      expect(throttled.length, port.platform).toBeGreaterThan(0);
      expect(throttled.length, port.platform).toBeLessThan(busy.length);
      expect(throttled.filter((t) => t.early)).toEqual([]);
    }
  });

  it('has the budget know limits as wide as those of the demo’s tenants', async () => {
    const { world, context } = await house(DEMO_RATES);
    for (const port of await evidencePorts(context('evidence'))) {
      const email = world.scenario.people[world.scenario.subject]?.email ?? '';
      for (let n = 0; n < 10; n++) await port.directory.lookup({ email });
    }
    expect(world.throttled).toEqual([]);
  });

  it('records the calls of each role, at the vendors’ own addresses', async () => {
    const { world, context, recorded } = await house();
    const { subject } = world.scenario;
    const email = world.scenario.people[subject]?.email ?? '';
    for (const port of await evidencePorts(context('evidence'))) await port.directory.lookup({ email });
    // Where the subject has no account, the target is nothing; it was read all the same.
    for (const port of await containmentPorts(context('containment')))
      await resolveTarget<'account'>(port, {
        type: 'account',
        accountId: world.nativeId(port.platform, subject),
      }).catch((error: unknown) => expect(error).toMatchObject({ code: 'UNRESOLVED' }));
    const lines = recorded();
    for (const platform of PLATFORMS)
      for (const role of ['evidence', 'containment'])
        expect(
          lines.filter((l) => l.vendor === platform && l.role === role).length,
          `${platform} ${role}`,
        ).toBeGreaterThan(0);
    for (const line of lines) {
      expect(line.url).toMatch(OWN_HOSTS[line.vendor as keyof typeof OWN_HOSTS]);
      expect(line).toMatchObject({ tenant: 'main', status: expect.any(Number), operation: expect.stringMatching(/./) });
    }
  });

  it('records nothing unless it is asked to', async () => {
    const { context, record } = await house();
    for (const port of await evidencePorts(context('evidence', {})))
      await port.directory.lookup({ email: 'x@example.com' });
    await talkPorts(context('people', { QUELL_RECORD_CALLS: '' }));
    expect(existsSync(record)).toBe(false);
  });

  it('takes every request of every SDK through the proxy', async () => {
    const proxy = await forwardProxy();
    ends.push(proxy.close, async () => {
      vi.unstubAllEnvs();
    });
    for (const name of ['https_proxy', 'http_proxy', 'no_proxy', 'NO_PROXY']) vi.stubEnv(name, undefined);
    for (const name of ['HTTPS_PROXY', 'HTTP_PROXY']) vi.stubEnv(name, proxy.url());
    // An address that counts as no loopback, where no name has to be looked up.
    const { world, context, recorded } = await house(undefined, '0.0.0.0');
    const people = Object.values(world.scenario.people);
    for (const port of await evidencePorts(context('evidence'))) {
      proxy.tunnels.length = 0;
      const email = people.find((person) => person.accounts.some((p) => p === port.platform))?.email ?? '';
      expect(await port.directory.lookup({ email }), port.platform).toMatchObject({ emails: [email] });
      expect(proxy.tunnels.length, port.platform).toBeGreaterThan(0);
    }
    expect(recorded().every((line) => line.status !== null)).toBe(true);
  });
});
