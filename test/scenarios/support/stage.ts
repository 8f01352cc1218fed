import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fillAlert } from '../../../cli/demo/alerts.js';
import { SOURCES, writeOrganisation } from '../../../cli/demo/organisation.js';
import { createEvidenceActivities, openGeo } from '../../../activities/evidence/index.js';
import type { AlertRef } from '../../../domain/alert.js';
import type { Collection, Depth, EvidenceEvent } from '../../../domain/evidence.js';
import type { Capability } from '../../../domain/capability.js';
import type { Platform, TenantRef } from '../../../domain/platform.js';
import type { Policy } from '../../../domain/policy.js';
import type { SubjectFacts } from '../../../domain/subject.js';
import { parseAlerts } from '../../../gateway/alerts/index.js';
import { loadScenario, type Scenario } from '../../../simulator/core/scenario.js';
import { serveVendor } from '../../../simulator/core/server.js';
import { World } from '../../../simulator/core/world.js';
import { createGoogleTenant } from '../../../simulator/google/index.js';
import { createMicrosoftTenant } from '../../../simulator/microsoft/index.js';
import { createSlackTenant } from '../../../simulator/slack/index.js';
import { AuditLog } from '../../../store/audit/log.js';
import { PolicyStore } from '../../../store/policy-file.js';
import type { VerifyKey } from '../../../store/key-ring.js';
import type { Role } from '../../../store/role-keys.js';
import { SubjectRegistry } from '../../../store/subjects/registry.js';
import { SubjectKeys } from '../../../store/subjects/subject-keys.js';
import { readContext, type RoleContext } from '../../../workers/context.js';
import { decidersWithSubjects } from '../../../workers/people.js';
import { capabilities, evidencePorts } from '../../../workers/platforms.js';
import { openDatabase } from '../../support/database.js';
import { perform } from '../../activities/support/house.js';

const ROOT = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const HOUR_MS = 3_600_000;
const NOWHERE = 'http://127.0.0.1:9';

export interface StageOptions {
  readonly change?: (scenario: Scenario) => Scenario;
  readonly withoutDecisive?: boolean;
  /** Hours since the scenario's start, so that the hour of the day differs. */
  readonly hoursAgo?: number;
  /** Late rows have not come yet. */
  readonly early?: boolean;
}

/** What the tenants of a scenario held and what the product read of it, as a case would: every tenant of the subject, both depths. */
export interface Read {
  readonly scenario: Scenario;
  readonly world: World;
  readonly caseId: string;
  readonly subject: SubjectFacts;
  readonly alerts: readonly AlertRef[];
  readonly collections: readonly Collection[];
  /** Rows of each collection's file, by its key. */
  readonly rows: ReadonlyMap<string, readonly EvidenceEvent[]>;
  readonly policy: Policy;
  readonly policyDigest: string;
  readonly capabilities: Readonly<Record<Platform, Capability>>;
  readonly neverBlock: readonly string[];
  readonly ownEgress: readonly string[];
  readonly manifestKeys: readonly VerifyKey[];
}

/**
 * Serves the simulated tenants of a scenario and reads them with the roles' own wiring: configuration, credentials, vendor SDKs,
 * evidence store. Nothing is left running or on disk.
 */
export async function readScenario(name: string, options: StageOptions = {}): Promise<Read> {
  const loaded = loadScenario(name);
  const scenario = { ...(options.change?.(loaded) ?? loaded), folder: loaded.folder };
  const world = new World(scenario, {
    startedAt: new Date(Date.now() - (options.hoursAgo ?? 0) * HOUR_MS),
    withoutDecisive: options.withoutDecisive ?? false,
    // Waits are no part of these tests: late rows have come, or are far away.
    pace: { lag: options.early === true ? 0.01 : 1_000_000 },
  });
  const served = await Promise.all(
    [createSlackTenant(world), createMicrosoftTenant(world), createGoogleTenant(world)].map((v) =>
      serveVendor(world, v),
    ),
  );
  const state = mkdtempSync(join(tmpdir(), 'quell-scenario-'));
  const database = await openDatabase();
  try {
    const [slack = '', microsoft = '', google = ''] = served.map((s) => s.url);
    const files = writeOrganisation(
      state,
      ROOT,
      world,
      {
        ...{ slack, microsoft, google, intake: NOWHERE, console: NOWHERE, temporalUi: NOWHERE },
        temporal: { address: '127.0.0.1:9', namespace: 'default' },
      },
      scenario.pace,
    );
    const context = (role: Role): RoleContext =>
      readContext(role, {
        QUELL_CONFIG: files.config,
        QUELL_STATE: state,
        QUELL_KEYS: join(files.roleFolder(role), 'keys'),
        QUELL_CREDENTIALS: join(files.roleFolder(role), 'credentials'),
        ...database.env(role),
      });
    const [evidence, analysis] = [context('evidence'), context('analysis')];
    try {
      return await read(world, scenario, evidence, analysis);
    } finally {
      await evidence.database.end();
    }
  } finally {
    await database.drop();
    await Promise.all(
      served.map(async ({ app }) => {
        app.server.closeAllConnections();
        await app.close();
      }),
    );
    rmSync(state, { recursive: true, force: true });
  }
}

async function read(
  world: World,
  scenario: Scenario & { readonly folder: string },
  evidence: RoleContext,
  analysis: RoleContext,
): Promise<Read> {
  const { config, paths, keys } = evidence;
  const registry = await SubjectRegistry.open(
    evidence.database.pool,
    new SubjectKeys(evidence.vault.storage.keys, keys.secret('registry')),
  );
  const policies = new PolicyStore(paths.policies, join(config.folder, config.policy));
  const activities = createEvidenceActivities({
    ports: await evidencePorts(evidence),
    registry,
    evidence: evidence.vault.writer('evidence'),
    grounds: evidence.vault.writer('grounds'),
    policies,
    manifestKey: keys.signing('manifest'),
    audit: new AuditLog(evidence.database.pool),
    spool: { writer: evidence.vault.writer('spool'), reader: evidence.vault.reader('spool') },
    geo: openGeo({ rangesFile: join(config.folder, config.network.ranges ?? '') }),
    deciders: () => decidersWithSubjects(config, registry),
    mailDomains: config.mailDomains,
  });
  const { policy, digest } = await policies.current();
  const { alerts, subjectId } = await raised(world, scenario, registry);
  const caseId = `case-${subjectId}`;
  const subject = await perform(activities, 'identifySubject', { caseId, subjectId });

  const now = new Date();
  const first = Math.min(...alerts.map((a) => Date.parse(a.occurredAt)));
  const collect = (tenant: TenantRef, depth: Depth, readContent: boolean): Promise<Collection> =>
    perform(activities, 'collectEvidence', {
      ...{ caseId, subjectId, tenant, depth, readContent, to: now.toISOString() },
      from: new Date(
        depth === 'narrow'
          ? first - policy.windows.narrowHours * HOUR_MS
          : now.getTime() - policy.windows.wideDays * 24 * HOUR_MS,
      ).toISOString(),
    });
  const collections = await Promise.all(
    subject.accounts.flatMap(({ platform, tenant }) => [
      collect({ platform, tenant }, 'narrow', false),
      collect({ platform, tenant }, 'wide', true),
    ]),
  );
  const reader = analysis.vault.reader('evidence');
  const rows = new Map<string, readonly EvidenceEvent[]>();
  for (const { file } of collections)
    rows.set(file.key, file.rows === 0 ? [] : await all(reader.readRows<EvidenceEvent>(caseId, file)));
  return {
    ...{ scenario, world, caseId, subject, alerts, collections, rows, policy, policyDigest: digest },
    capabilities: await capabilities(config),
    neverBlock: [...config.network.ownEgress, ...config.network.trusted, ...config.network.shared],
    ownEgress: [...config.network.ownEgress, ...config.network.trusted],
    manifestKeys: [keys.verifying('manifest')],
  };
}

async function all<T>(rows: AsyncIterable<T>): Promise<readonly T[]> {
  const read: T[] = [];
  for await (const row of rows) read.push(row);
  return read;
}

/** The scenario's alerts as the intake understands them, and whose case they make. One of many equal alerts is enough. */
async function raised(
  world: World,
  scenario: Scenario & { readonly folder: string },
  registry: SubjectRegistry,
): Promise<{ readonly alerts: readonly AlertRef[]; readonly subjectId: string }> {
  const parsed = scenario.alerts.flatMap(({ source, platform, file }) => {
    const sender = SOURCES.find((s) => s.name === source);
    if (!sender) throw new Error(`no alert source ${source}`);
    const body = fillAlert(world, join(scenario.folder, file), platform, scenario.subject, 0);
    const receivedAt = new Date().toISOString();
    return parseAlerts(JSON.parse(body), { source, format: sender.format, receivedAt }).map((alert) => ({
      alert,
      receivedAt,
    }));
  });
  const aliases = parsed.flatMap(({ alert }) =>
    alert.subjects.flatMap(({ email, nativeId, platform = alert.platform }) => [
      ...(nativeId === undefined || platform === undefined ? [] : [{ platform, tenant: 'main', nativeId }]),
      ...(email === undefined ? [] : [{ mail: email }]),
    ]),
  );
  const { subjectId } = await registry.resolve(aliases);
  return {
    subjectId,
    alerts: parsed.map(({ alert, receivedAt }) => ({
      ...{ alertId: alert.alertId, source: alert.source, severity: alert.severity },
      ...(alert.platform === undefined ? {} : { platform: alert.platform }),
      ...{ occurredAt: alert.occurredAt, receivedAt },
    })),
  };
}
