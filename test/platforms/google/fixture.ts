import type { FastifyInstance } from 'fastify';
import { PLATFORMS } from '../../../platforms/registry.js';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import { createGoogleContainment } from '../../../platforms/google/containment.js';
import { createGoogleEvidence } from '../../../platforms/google/evidence.js';
import { googleBases, type GoogleSettings } from '../../../platforms/google/settings.js';
import { createGoogleTalk } from '../../../platforms/google/talk.js';
import type { ContainmentPort, EvidencePort, SourceQuery, TalkPort } from '../../../platforms/ports.js';
import { createWire } from '../../../platforms/wire.js';
import { parseScenario } from '../../../simulator/core/scenario.js';
import { serveVendor } from '../../../simulator/core/server.js';
import { World, type Fault } from '../../../simulator/core/world.js';
import { googleCredentials } from '../../../simulator/google/authority.js';
import type { TenantOptions } from '../../../simulator/google/state.js';
import { createGoogleTenant, type GoogleTenant } from '../../../simulator/google/tenant.js';

const person = (name: string, key: string, more: object = {}): object => ({
  name,
  email: `${key}@example.com`,
  accounts: ['google'],
  authority: 'google',
  mail: 'google',
  ...more,
});
const PEOPLE = {
  dana: person('Dana Subject', 'dana', { manager: 'max', phone: '+49 30 123456' }),
  max: person('Max Manager', 'max'),
  ada: person('Ada Admin', 'ada', { admin: true }),
  olaf: person('Olaf Outlook', 'olaf', { mail: 'microsoft' }),
};

/** The rows a scenario would have, relative to now. */
export type RowInput = Readonly<Record<string, unknown>> & { readonly type: string; readonly at: string };

export interface Tenant {
  readonly world: World;
  readonly simulator: GoogleTenant;
  readonly app: FastifyInstance;
  readonly url: string;
  settings(role: 'evidence' | 'containment' | 'people', extra?: Partial<GoogleSettings>): GoogleSettings;
  id(key: string): string;
  query(key: string, extra?: Partial<SourceQuery>): SourceQuery;
  fault(operation: string, kind: Fault['kind'], times?: number, extra?: Partial<Fault>): void;
  close(): Promise<void>;
}

export async function startTenant(
  rows: readonly RowInput[] = [],
  options: TenantOptions & {
    readonly pageSize?: number;
    readonly now?: () => Date;
    readonly people?: Readonly<Record<string, object>>;
  } = {},
): Promise<Tenant> {
  const scenario = parseScenario(
    JSON.stringify({
      name: 'google-test',
      shows: 'a tenant for tests',
      people: { ...PEOPLE, ...options.people },
      apps: {
        thief: {
          name: 'Chat Backup Helper',
          platform: 'google',
          scopes: ['https://www.googleapis.com/auth/chat.messages.readonly'],
        },
        notes: { name: 'Meeting Notes', platform: 'google', scopes: ['openid'] },
      },
      ips: { attacker: '203.0.113.66', office: '198.51.100.7' },
      ownEgress: ['office'],
      subject: 'dana',
      rows: rows.map((r) => ({ tenant: 'google', ...r })),
      alerts: [],
      plays: { subject: { answer: 'silent' } },
      promise: { verdict: 'compromised' },
    }),
  );
  const world = new World(scenario, options.now ? { now: options.now } : {});
  const simulator = createGoogleTenant(world, options);
  const { app, url } = await serveVendor(world, simulator);
  const credentials = googleCredentials(world);
  return {
    world,
    simulator,
    app,
    url,
    settings: (role, extra = {}) => ({
      tenant: 'main',
      customerId: credentials.customerId,
      adminSubject: credentials.adminSubject,
      serviceAccount: credentials[role],
      timeoutMs: 2000,
      wire: createWire({ bases: googleBases(url) }),
      notices: PLATFORMS.notices,
      ...extra,
    }),
    id: (key) => world.nativeId('google', key),
    query: (key, extra = {}) => ({
      nativeId: world.nativeId('google', key),
      emails: [scenario.people[key]?.email ?? ''],
      from: new Date(world.startedAt.getTime() - 72 * 3_600_000).toISOString(),
      to: new Date(world.startedAt.getTime() + 60_000).toISOString(),
      readContent: false,
      ...extra,
    }),
    fault: (operation, kind, times = 1, extra = {}) => {
      world.faults.push({ platform: 'google', operation, kind, times, ...extra });
    },
    close: async () => {
      app.server.closeAllConnections();
      await app.close();
    },
  };
}

export const evidenceOf = (tenant: Tenant): EvidencePort => createGoogleEvidence(tenant.settings('evidence'));
export const containmentOf = (tenant: Tenant): ContainmentPort =>
  createGoogleContainment({
    ...tenant.settings('containment'),
    blockLevel: googleCredentials(tenant.world).blockLevel,
  });
export const talkOf = (tenant: Tenant): TalkPort =>
  createGoogleTalk({ ...tenant.settings('people'), sender: googleCredentials(tenant.world).sender });

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
