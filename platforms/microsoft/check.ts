import { decodeJwt } from 'jose';
import { z } from 'zod';
import {
  credentialFinding,
  findingsOf,
  outcomeOf,
  type CredentialFinding,
  type Facts,
  type Outcome,
  type VendorCheck,
} from '../check.js';
import type { VendorRole } from '../operation.js';
import type { CallOptions } from '../ports.js';
import { createMicrosoftClient, quoted, type MicrosoftClient } from './client.js';
import { microsoftNeeds, type GivenBy, type MicrosoftNeed } from './needs.js';
import { OPERATIONS, type MicrosoftApi } from './operations.js';
import { PROBES } from './probes.js';
import type { MicrosoftLicences, MicrosoftSettings } from './settings.js';
import { createTokens } from './token.js';

export interface MicrosoftCheckSettings extends MicrosoftSettings {
  readonly licences?: MicrosoftLicences;
  /** As for the people role's port: without them there is no mail, or no Teams. */
  readonly mailFrom?: string;
  readonly teamsAppId?: string;
  /** Object ids of people with whom the Teams app may be installed: it shows there what the installation gives it. */
  readonly teamsPeople?: readonly string[];
}

/** Claims of an app-only access token; read for what it gives, and trusted for nothing else. */
const claims = z.looseObject({ roles: z.array(z.string()).default([]), oid: z.string().optional() });

/** What the token of one API says. */
interface Spoken {
  readonly api: MicrosoftApi;
  readonly finding: CredentialFinding;
  readonly roles?: ReadonlySet<string>;
  /** Object id of the app's service principal. */
  readonly principalId?: string;
}

/**
 * Which reads and acts the app registration of a role allows: the `roles` of its access tokens, a trial of every read
 * that needs no particular person, and the directory roles of its service principal. Nothing is written.
 */
export async function checkMicrosoft(
  settings: MicrosoftCheckSettings,
  role: VendorRole,
  { signal }: CallOptions = {},
): Promise<VendorCheck> {
  const { licences, mailFrom, teamsAppId } = settings;
  const use = { licences, mail: mailFrom !== undefined, teams: teamsAppId !== undefined };
  const client = createMicrosoftClient(settings);
  const spoken = await speakAll(settings, signal);
  const given = new Map<GivenBy, ReadonlySet<string>>(
    spoken.flatMap(({ api, roles }) => (roles ? [[api, roles] as const] : [])),
  );
  if (role === 'people' && use.teams) {
    const consented = await consentedTo(client, settings, given, signal);
    if (consented) given.set('teams-app', consented);
  }
  const needs = microsoftNeeds(role, use, given);
  const tried = await tryAll(client, settings, needs, given, signal);
  const graph = spoken.find((s) => s.api === 'graph');
  const facts: Facts = {
    role,
    needs,
    credentials: spoken.filter((s) => needs.some((n) => n.of === s.api)).map((s) => s.finding),
    given,
    tried,
    rights: await directoryRoles(client, needs, graph, signal),
  };
  return { platform: 'microsoft', tenant: settings.tenant, role, ...findingsOf(facts) };
}

/** One token for each API, also where the role needs nothing there: what it gives would be beyond need. */
async function speakAll(settings: MicrosoftSettings, signal: AbortSignal | undefined): Promise<readonly Spoken[]> {
  const tokens = createTokens(settings);
  const apis = ['graph', 'manage', 'defender', 'connector'] as const satisfies readonly MicrosoftApi[];
  return Promise.all(
    apis.map(async (api): Promise<Spoken> => {
      let token = '';
      const outcome = await outcomeOf(async () => {
        token = await tokens.get(api, signal);
      });
      const finding = credentialFinding(api, outcome);
      const said = outcome.code === undefined ? claimsOf(token) : undefined;
      if (!said) return { api, finding };
      return { api, finding, roles: new Set(said.roles), ...(said.oid === undefined ? {} : { principalId: said.oid }) };
    }),
  );
}

function claimsOf(token: string): z.infer<typeof claims> | undefined {
  try {
    return claims.parse(decodeJwt(token));
  } catch {
    return undefined; // a token that only the vendor can read
  }
}

const installed = z.looseObject({
  consentedPermissionSet: z
    .looseObject({ resourceSpecificPermissions: z.array(z.looseObject({ permissionValue: z.string() })).nullish() })
    .nullish(),
});

/** What the installation of our Teams app gives it, as the first person shows who has it; undefined when nobody does. */
async function consentedTo(
  client: MicrosoftClient,
  { mailFrom, teamsAppId = '', teamsPeople = [] }: MicrosoftCheckSettings,
  given: ReadonlyMap<GivenBy, ReadonlySet<string>>,
  signal: AbortSignal | undefined,
): Promise<ReadonlySet<string> | undefined> {
  if (!OPERATIONS.installedApps.scopes.some((s) => given.get('graph')?.has(s))) return undefined;
  const query = { $expand: 'teamsApp', $filter: `teamsApp/id eq ${quoted(teamsAppId)}` };
  for (const id of [...teamsPeople, ...(mailFrom === undefined ? [] : [mailFrom])]) {
    let row: z.infer<typeof installed> | undefined;
    await outcomeOf(async () => {
      [row] = await client.first(OPERATIONS.installedApps, { path: { id }, query, signal }, installed);
    });
    const consented = row?.consentedPermissionSet?.resourceSpecificPermissions;
    if (consented) return new Set(consented.map((p) => p.permissionValue));
  }
  return undefined;
}

/** One after the other: a check is in no hurry. What a missing permission refuses anyway is not asked. */
async function tryAll(
  client: MicrosoftClient,
  settings: MicrosoftSettings,
  needs: readonly MicrosoftNeed[],
  given: ReadonlyMap<GivenBy, ReadonlySet<string>>,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, Outcome>> {
  const tried = new Map<string, Outcome>();
  for (const { operation, of, scopes, plan } of needs) {
    const probe = PROBES[operation.name];
    if (!probe || !scopes.every((s) => given.get(of)?.has(s))) continue;
    const outcome = await outcomeOf(() => probe({ client, operation, settings, signal }));
    tried.set(operation.name, plan === undefined ? outcome : orUnlicensed(outcome));
  }
  return tried;
}

/**
 * The token holds the permission and Microsoft refuses all the same: what is left is the licence. Only the sign-in log
 * has a code of its own for that.
 */
const orUnlicensed = (outcome: Outcome): Outcome =>
  outcome.code === 'VENDOR_SCOPE' || outcome.code === 'VENDOR_REFUSED' ? { ...outcome, code: 'VENDOR_PLAN' } : outcome;

/** Template ids, the same in every tenant (learn.microsoft.com/entra, built-in roles). */
const USER_ADMINISTRATOR = 'fe930be7-5e62-47db-91af-98c3a49a38b1';
const STRONGER: Readonly<Record<string, string>> = {
  '62e90394-69f5-4237-9190-012177145e10': 'Global Administrator',
  '7be44c8a-adaf-4e2a-84d6-ab2649e08a13': 'Privileged Authentication Administrator',
};
const assignment = z.looseObject({ roleDefinitionId: z.string() });

/** A password is reset with the permission and, beside it, a directory role; every other role is beyond need. */
async function directoryRoles(
  client: MicrosoftClient,
  needs: readonly MicrosoftNeed[],
  graph: Spoken | undefined,
  signal: AbortSignal | undefined,
): Promise<Facts['rights']> {
  const reset = needs.filter((n) => n.operation.name === OPERATIONS.setPassword.name).map((n) => n.operation.name);
  const right = 'directory role User Administrator';
  const unknown = reset.length === 0 ? [] : [{ right, status: 'unknown' as const, operations: reset }];
  const readable = OPERATIONS.roleAssignments.scopes.some((s) => graph?.roles?.has(s));
  if (graph?.principalId === undefined || !readable) return unknown;
  let held: readonly string[] | undefined;
  const query = { $filter: `principalId eq ${quoted(graph.principalId)}` };
  await outcomeOf(async () => {
    const rows = await client.all(OPERATIONS.roleAssignments, { query, signal }, assignment);
    held = rows.map((r) => r.roleDefinitionId);
  });
  if (!held) return unknown;
  const enough = held.some((id) => id === USER_ADMINISTRATOR || id in STRONGER);
  const needed =
    reset.length === 0
      ? []
      : [{ right, status: enough ? ('given' as const) : ('missing' as const), operations: reset }];
  const beyond = held
    .filter((id) => id !== USER_ADMINISTRATOR || reset.length === 0)
    .map((id) => ({ right: `directory role ${STRONGER[id] ?? id}`, status: 'beyond' as const, operations: [] }));
  return [...needed, ...beyond];
}
