import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeOrganisation } from '../../cli/demo/organisation.js';
import type { Platform } from '../../domain/platform.js';
import type { EvidencePort, SourceQuery } from '../../platforms/ports.js';
import { loadScenario } from '../../simulator/core/scenario.js';
import { serveVendor } from '../../simulator/core/server.js';
import { World } from '../../simulator/core/world.js';
import { createSlackTenant } from '../../simulator/slack/index.js';
import { checkCredentials } from '../../workers/checks.js';
import { useDatabase } from '../support/database.js';
import { readContext, type RoleContext } from '../../workers/context.js';
import { evidencePorts } from '../../workers/platforms.js';

const database = useDatabase();

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NOWHERE = 'http://127.0.0.1:9';
const world = new World(loadScenario('slack-takeover'));
const QUERY: SourceQuery = {
  ...{ nativeId: 'U1', emails: ['dana@example.com'], readContent: false },
  ...{ from: '2026-11-01T00:00:00Z', to: '2026-11-02T00:00:00Z' },
};

let state = '';
let credentials = '';
let read: () => RoleContext;
let close: () => Promise<void>;
beforeEach(async () => {
  const { app, url } = await serveVendor(world, createSlackTenant(world));
  state = mkdtempSync(join(tmpdir(), 'quell-missing-'));
  close = async () => {
    app.server.closeAllConnections();
    await app.close();
    rmSync(state, { recursive: true, force: true });
  };
  const urls = { slack: url, microsoft: NOWHERE, google: NOWHERE, intake: NOWHERE, console: NOWHERE };
  const temporal = { address: '127.0.0.1:9', namespace: 'default' };
  const files = writeOrganisation(
    state,
    ROOT,
    world,
    { ...urls, temporalUi: NOWHERE, temporal },
    { lag: 1, people: 1 },
  );
  credentials = join(files.roleFolder('evidence'), 'credentials');
  read = () =>
    readContext('evidence', {
      QUELL_CONFIG: files.config,
      QUELL_STATE: state,
      QUELL_KEYS: join(files.roleFolder('evidence'), 'keys'),
      QUELL_CREDENTIALS: credentials,
      ...database.env('evidence'),
    });
});
afterEach(() => close());

const drop = (...names: readonly string[]): void => {
  for (const name of names) unlinkSync(join(credentials, name));
};
const SLACK = ['slack.main.audit', 'slack.main.admin', 'slack.main.logs'];
const of = (ports: readonly EvidencePort[], platform: Platform): EvidencePort => {
  const port = ports.find((p) => p.platform === platform);
  if (!port) throw new Error(`no port of ${platform}`);
  return port;
};

describe('a credential of one tenant that the evidence role lacks', () => {
  it.each<[Platform, readonly string[], RegExp]>([
    ['google', ['google.main.key'], /google/],
    ['microsoft', ['microsoft.main.secret'], /microsoft/],
    ['slack', SLACK, /slack/],
  ])('leaves %s with sources that each say so, and the others as they are', async (platform, names, said) => {
    const whole = await evidencePorts(read());
    drop(...names);
    const told: [string, string | undefined][] = [];
    const ports = await evidencePorts(read(), (tenant, error) => told.push([tenant.platform, error.detail]));
    expect(told).toEqual([[platform, expect.stringMatching(said)]]);
    const port = of(ports, platform);
    expect(port.sources.map((s) => s.id)).toEqual(of(whole, platform).sources.map((s) => s.id));
    for (const source of port.sources)
      await expect(source.read(QUERY, undefined), source.id).rejects.toMatchObject({
        code: 'CONFIG',
        retryable: false,
      });
    await expect(port.directory.lookup({ nativeId: 'U1' })).rejects.toMatchObject({ code: 'CONFIG' });
    expect(port.limitations[0]?.what).toBe(`everything of ${platform} main`);
    expect(port.findSightings).toBeUndefined();
    const { email = '' } = world.scenario.people[world.scenario.subject] ?? {};
    if (platform !== 'slack')
      expect(await of(ports, 'slack').directory.lookup({ email })).toMatchObject({ active: true });
    for (const other of ports.filter((p) => p.platform !== platform))
      expect(other.limitations.map((l) => l.what)).toEqual(of(whole, other.platform).limitations.map((l) => l.what));
  });

  it('is told as the same where a key file is another account’s', async () => {
    const key = { type: 'service_account', client_email: 'other@example.net', private_key: 'x' };
    writeFileSync(join(credentials, 'google.main.key'), JSON.stringify(key), { mode: 0o600 });
    const told: string[] = [];
    await evidencePorts(read(), ({ platform }) => told.push(platform));
    expect(told).toEqual(['google']);
  });

  it('is a finding of the check, while a machine that holds none of the role is not', async () => {
    drop('google.main.key');
    const check = () =>
      checkCredentials({ config: read().config, credentials: () => credentials, role: 'evidence', platform: 'google' });
    const { checks, without } = await check();
    expect(checks).toMatchObject([{ platform: 'google', credentials: [{ status: 'unreadable' }] }]);
    expect(without).toEqual([]);
    drop(...SLACK, 'microsoft.main.secret');
    expect(await check()).toMatchObject({ checks: [], without: [{ platform: 'google', role: 'evidence' }] });
  });
});

it('a role without any credential refuses', async () => {
  drop(...SLACK, 'microsoft.main.secret', 'google.main.key');
  await expect(evidencePorts(read())).rejects.toMatchObject({ code: 'CONFIG' });
});
