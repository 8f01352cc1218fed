import type { FastifyInstance } from 'fastify';
import { PLATFORMS } from '../../../platforms/registry.js';
import { createMicrosoftContainment } from '../../../platforms/microsoft/containment.js';
import { createMicrosoftEvidence } from '../../../platforms/microsoft/evidence.js';
import {
  microsoftBases,
  type MicrosoftLicences,
  type MicrosoftSettings,
} from '../../../platforms/microsoft/settings.js';
import { createMicrosoftTalk } from '../../../platforms/microsoft/talk.js';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import type { EvidencePort, SourceQuery } from '../../../platforms/ports.js';
import { createWire, type Wire } from '../../../platforms/wire.js';
import { parseScenario } from '../../../simulator/core/scenario.js';
import { serveVendor } from '../../../simulator/core/server.js';
import { World, type Fault } from '../../../simulator/core/world.js';
import { microsoftCredentials } from '../../../simulator/microsoft/auth.js';
import { createMicrosoftTenant, type MicrosoftTenant } from '../../../simulator/microsoft/tenant.js';

/** A second administrator, beside whom the first is not the last one. */
export const ANOTHER_ADMIN = {
  name: 'Bo Boss',
  email: 'bo@example.com',
  accounts: ['microsoft'],
  authority: 'microsoft',
  mail: 'microsoft',
  admin: true,
};

const PEOPLE = {
  dana: {
    name: 'Dana Subject',
    email: 'dana@example.com',
    accounts: ['microsoft'],
    authority: 'microsoft',
    mail: 'microsoft',
    manager: 'max',
    department: 'Sales',
  },
  max: {
    name: 'Max Manager',
    email: 'max@example.com',
    accounts: ['microsoft'],
    authority: 'microsoft',
    mail: 'microsoft',
  },
  ada: {
    name: 'Ada Admin',
    email: 'ada@example.com',
    accounts: ['microsoft'],
    authority: 'microsoft',
    mail: 'microsoft',
    admin: true,
  },
  otto: { name: 'Otto Onprem', email: 'otto@example.com', accounts: ['microsoft'], authority: 'other', mail: 'google' },
  gina: {
    name: 'Gina Guest',
    email: 'gina@example.org',
    accounts: ['microsoft'],
    authority: 'other',
    mail: 'google',
    kind: 'guest',
  },
};

/** The people whom all scenarios share, kept out of this tenant so that each test counts its own. */
const ELSEWHERE = Object.fromEntries(
  ['ann', 'ben', 'ivy', 'root'].map((key) => [
    key,
    { name: key, email: `${key}@example.org`, accounts: ['slack'], authority: 'slack', mail: 'google' },
  ]),
);

/** The rows a scenario would have, relative to now. */
export type RowInput = Readonly<Record<string, unknown>> & { readonly type: string; readonly at: string };

export interface Tenant {
  readonly world: World;
  readonly simulator: MicrosoftTenant;
  readonly app: FastifyInstance;
  readonly url: string;
  settings(role: 'evidence' | 'containment' | 'people', extra?: Partial<MicrosoftSettings>): MicrosoftSettings;
  id(key: string): string;
  query(key: string, extra?: Partial<SourceQuery>): SourceQuery;
  fault(operation: string, kind: Fault['kind'], times?: number, extra?: Partial<Fault>): void;
  close(): Promise<void>;
}

export async function startTenant(
  rows: readonly RowInput[] = [],
  options: {
    readonly pageSize?: number;
    readonly auditSearch?: 'v1.0' | 'beta';
    readonly licences?: MicrosoftLicences;
    readonly now?: () => Date;
    /** Holds the vendor's rate limits, so many times as wide. */
    readonly rates?: number;
    readonly people?: Readonly<Record<string, object>>;
  } = {},
): Promise<Tenant> {
  const scenario = parseScenario(
    JSON.stringify({
      name: 'microsoft-test',
      shows: 'a tenant for tests',
      people: { ...ELSEWHERE, ...PEOPLE, ...options.people },
      apps: {
        thief: { name: 'Chat Backup Helper', platform: 'microsoft', scopes: ['Chat.Read', 'offline_access'] },
        notes: { name: 'Meeting Notes', platform: 'microsoft', scopes: ['User.Read'] },
        planner: { name: 'Planner', platform: 'microsoft', scopes: ['Tasks.Read'] },
      },
      ips: { attacker: '203.0.113.66', office: '198.51.100.7' },
      subject: 'dana',
      rows: rows.map((r) => ({ tenant: 'microsoft', ...r })),
      alerts: [],
      plays: { subject: { answer: 'silent' } },
      promise: { verdict: 'compromised' },
    }),
  );
  const world = new World(scenario, {
    ...(options.now ? { now: options.now } : {}),
    ...(options.rates === undefined ? {} : { rates: options.rates }),
  });
  const simulator = createMicrosoftTenant(world, {
    ...(options.pageSize === undefined ? {} : { pageSize: options.pageSize }),
    ...(options.auditSearch === undefined ? {} : { auditSearch: options.auditSearch }),
    ...(options.licences === undefined ? {} : { licences: options.licences }),
  });
  const { app, url } = await serveVendor(world, simulator);
  const credentials = microsoftCredentials(world);
  return {
    world,
    simulator,
    app,
    url,
    settings: (role, extra = {}) => ({
      tenant: 'main',
      tenantId: credentials.tenantId,
      wire: createWire({ bases: microsoftBases({ graph: url, login: url, manage: url }) }),
      credential: credentials[role],
      timeoutMs: 2000,
      notices: PLATFORMS.notices,
      ...extra,
    }),
    id: (key) => world.nativeId('microsoft', key),
    query: (key, extra = {}) => ({
      nativeId: world.nativeId('microsoft', key),
      emails: [scenario.people[key]?.email ?? ''],
      from: new Date(world.startedAt.getTime() - 72 * 3_600_000).toISOString(),
      to: new Date(world.startedAt.getTime() + 60_000).toISOString(),
      readContent: false,
      ...extra,
    }),
    fault: (operation, kind, times = 1, extra = {}) => {
      world.faults.push({ platform: 'microsoft', operation, kind, times, ...extra });
    },
    close: async () => {
      app.server.closeAllConnections();
      await app.close();
    },
  };
}

export function evidenceOf(
  tenant: Tenant,
  extra: Partial<Parameters<typeof createMicrosoftEvidence>[0]> = {},
): EvidencePort {
  return createMicrosoftEvidence({ ...tenant.settings('evidence'), auditSearch: { pollMs: 1 }, ...extra });
}
export const containmentOf = (
  tenant: Tenant,
  licences: MicrosoftLicences = {},
): ReturnType<typeof createMicrosoftContainment> =>
  createMicrosoftContainment({ ...tenant.settings('containment'), licences });
export function talkOf(tenant: Tenant): ReturnType<typeof createMicrosoftTalk> {
  const { mailFrom, teamsAppId } = microsoftCredentials(tenant.world);
  return createMicrosoftTalk({ ...tenant.settings('people'), mailFrom, teamsAppId });
}

export interface SeenCall {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}
/** A wire to the tenant that writes down what goes over it. */
export function spied({ url }: Tenant): { readonly wire: Wire; readonly calls: SeenCall[] } {
  const calls: SeenCall[] = [];
  const spy: typeof fetch = (input, init) => {
    const body = init?.body;
    calls.push({
      method: init?.method ?? 'GET',
      path: new URL(input instanceof Request ? input.url : input).pathname,
      body: typeof body === 'string' ? body : '',
    });
    return fetch(input, init);
  };
  return { wire: createWire({ bases: microsoftBases({ graph: url, login: url, manage: url }), fetch: spy }), calls };
}

/** Walks a source to its end; each page starts from nothing but the cursor's text. */
export async function readAll(
  port: EvidencePort,
  sourceId: string,
  query: SourceQuery,
): Promise<{ readonly events: readonly EvidenceEvent[]; readonly pages: number }> {
  const source = port.sources.find((s) => s.id === sourceId);
  if (!source) throw new Error(`no source ${sourceId}`);
  const events: EvidenceEvent[] = [];
  let cursor: string | undefined;
  for (let pages = 1; ; pages++) {
    const page = await source.read(query, cursor);
    events.push(...page.events);
    cursor = page.next;
    if (cursor === undefined) return { events, pages };
    if (pages > 500) throw new Error('paging does not end');
  }
}
