import type { FastifyInstance } from 'fastify';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import { createSlackContainment } from '../../../platforms/slack/containment.js';
import { asksToSlowDown } from '../../../platforms/slack/errors.js';
import { createSlackEvidence, type SlackEvidenceSettings } from '../../../platforms/slack/evidence.js';
import { slackBases, type SlackPlan, type SlackSettings, type SlackTokens } from '../../../platforms/slack/settings.js';
import { createSlackTalk } from '../../../platforms/slack/talk.js';
import type { ContainmentPort, EvidencePort, SourceQuery, TalkPort } from '../../../platforms/ports.js';
import { createWire, type Wire } from '../../../platforms/wire.js';
import { parseScenario } from '../../../simulator/core/scenario.js';
import { serveVendor } from '../../../simulator/core/server.js';
import { World, type Fault } from '../../../simulator/core/world.js';
import {
  createSlackTenant,
  slackCredentials,
  type SlackCredentials,
  type SlackTenant,
  type SlackTenantOptions,
} from '../../../simulator/slack/index.js';

const PEOPLE = {
  dana: {
    name: 'Dana Subject',
    email: 'dana@example.com',
    accounts: ['slack'],
    authority: 'slack',
    mail: 'google',
    department: 'Finance',
  },
  eve: { name: 'Eve Colleague', email: 'eve@example.com', accounts: ['slack'], authority: 'microsoft', mail: 'google' },
  ada: {
    name: 'Ada Admin',
    email: 'ada@example.com',
    accounts: ['slack'],
    authority: 'slack',
    mail: 'google',
    admin: true,
  },
  olga: {
    name: 'Olga Owner',
    email: 'olga@example.com',
    accounts: ['slack'],
    authority: 'slack',
    mail: 'google',
    admin: true,
  },
  gus: {
    name: 'Gus Guest',
    email: 'gus@example.org',
    accounts: ['slack'],
    authority: 'other',
    mail: 'google',
    kind: 'guest',
  },
};

/** The rows a scenario would have, relative to now. */
export type RowInput = Readonly<Record<string, unknown>> & { readonly type: string; readonly at: string };

export function worldOf(rows: readonly RowInput[], now?: () => Date): World {
  const scenario = parseScenario(
    JSON.stringify({
      name: 'slack-test',
      shows: 'an organisation for tests',
      people: PEOPLE,
      apps: { thief: { name: 'Chat Backup', platform: 'slack', scopes: ['channels:history', 'files:read'] } },
      ips: { attacker: '203.0.113.66', office: '198.51.100.7' },
      subject: 'dana',
      rows: rows.map((r) => ({ tenant: 'slack', ...r })),
      alerts: [],
      plays: { subject: { answer: 'silent' } },
      promise: { verdict: 'compromised' },
    }),
  );
  return new World(scenario, { pace: { lag: 1 }, ...(now ? { now } : {}) });
}

export interface Tenant {
  readonly world: World;
  readonly simulator: SlackTenant;
  readonly app: FastifyInstance;
  readonly url: string;
  readonly own: SlackCredentials;
  settings(tokens: SlackTokens): SlackSettings;
  id(key: string): string;
  query(key: string, extra?: Partial<SourceQuery>): SourceQuery;
  fault(operation: string, kind: Fault['kind'], times?: number, extra?: Partial<Fault>): void;
  /** The next call of a Web API method is refused with that code, before or after its effect. */
  refuse(operation: string, code: string, when?: 'before' | 'after'): void;
  /** From now on what an operation answers is changed on its way. */
  alter(operation: string, change: (answer: string) => string): void;
  /** Removes a scope from every token. */
  take(scope: string): void;
  close(): Promise<void>;
}

export async function startTenant(
  rows: readonly RowInput[] = [],
  options: SlackTenantOptions & { readonly now?: () => Date } = {},
): Promise<Tenant> {
  const world = worldOf(rows, options.now);
  const simulator = createSlackTenant(world, { scimDelayMs: 0, ...options });
  const { app, url } = await serveVendor(world, simulator);
  const own = slackCredentials(world);
  const plan = options.plan === 'free' ? 'pro' : (options.plan ?? 'enterprise');
  const alterations = new Map<string, (answer: string) => string>();
  const altering = ({ send }: Wire): Wire => ({
    send: async (call, url, init) => {
      const response = await send(call, url, init);
      const change = alterations.get(call.operation);
      return change ? new Response(change(await response.text()), { status: response.status }) : response;
    },
  });
  return {
    world,
    simulator,
    app,
    url,
    own,
    settings: (tokens) => ({
      tenant: 'main',
      plan: plan satisfies SlackPlan,
      teamIds: own.teamIds,
      wire: altering(
        createWire({
          asksToSlowDown,
          bases: slackBases({
            api: `${url}/api/`,
            audit: `${url}/audit/v1/`,
            scim: `${url}/scim/`,
            hooks: `${url}/hooks/`,
          }),
        }),
      ),
      tokens,
      timeoutMs: 1000,
    }),
    id: (key) => world.nativeId('slack', key),
    query: (key, extra = {}) => ({
      nativeId: world.nativeId('slack', key),
      emails: [],
      from: new Date(world.startedAt.getTime() - 72 * 3_600_000).toISOString(),
      to: new Date(world.startedAt.getTime() + 60_000).toISOString(),
      readContent: false,
      ...extra,
    }),
    fault: (operation, kind, times = 1, extra = {}) => {
      world.faults.push({ platform: 'slack', operation, kind, times, ...extra });
    },
    refuse: (operation, code, when = 'before') => {
      simulator.refusals.push({ operation, code, when });
    },
    alter: (operation, change) => void alterations.set(operation, change),
    take: (scope) => {
      for (const token of simulator.tokens.values()) token.scopes.delete(scope);
    },
    close: async () => {
      app.server.closeAllConnections();
      await app.close();
    },
  };
}

/** What each role is handed. */
export function tokensOf({ own }: Tenant): Readonly<Record<'evidence' | 'containment' | 'people', SlackTokens>> {
  const { audit, evidenceAdmin, evidenceLogs, containmentAdmin, bot } = own.tokens;
  return {
    evidence: { audit, admin: evidenceAdmin, logs: evidenceLogs },
    containment: { admin: containmentAdmin },
    people: { bot },
  };
}

export const evidenceOf = (tenant: Tenant, extra: Partial<SlackEvidenceSettings> = {}): EvidencePort =>
  createSlackEvidence({ ...tenant.settings(tokensOf(tenant).evidence), ...extra });
export const containmentOf = (tenant: Tenant): ContainmentPort =>
  createSlackContainment({ ...tenant.settings(tokensOf(tenant).containment), ownAppIds: [tenant.own.appId] });
export const talkOf = (tenant: Tenant): TalkPort => createSlackTalk(tenant.settings(tokensOf(tenant).people));

/** Walks a source to its end; each page starts from nothing but the cursor's text, as after a restart. */
export async function readAll(
  tenant: Tenant,
  sourceId: string,
  query: SourceQuery,
  extra: Partial<SlackEvidenceSettings> = {},
): Promise<{ readonly events: readonly EvidenceEvent[]; readonly pages: number }> {
  const events: EvidenceEvent[] = [];
  let cursor: string | undefined;
  for (let pages = 1; ; pages++) {
    const source = evidenceOf(tenant, extra).sources.find((s) => s.id === sourceId);
    if (!source) throw new Error(`no source ${sourceId}`);
    const page = await source.read(query, cursor);
    events.push(...page.events);
    cursor = page.next;
    if (cursor === undefined) return { events, pages };
    if (pages > 300) throw new Error('paging does not end');
  }
}
