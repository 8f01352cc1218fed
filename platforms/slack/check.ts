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
import { createSlackClient } from './client.js';
import { OPERATIONS, type SlackOperation } from './methods.js';
import { isOptional, slackNeeds, type SlackNeed, type TokenKind } from './needs.js';
import { PROBES, type Probe, type Who } from './probes.js';
import { readSelf, type Self } from './self.js';
import type { SlackSettings } from './settings.js';
import { workspacesOf } from './workspaces.js';

/** What one token says of itself. */
interface Spoken {
  readonly kind: TokenKind;
  readonly finding: CredentialFinding;
  readonly self?: Who;
  readonly scopes?: ReadonlySet<string>;
}

/**
 * Which reads and acts the tokens of a role allow: `auth.test` tells the scopes of each, and every read that needs no
 * particular person is tried, in every workspace. Nothing is written.
 */
export async function checkSlack(
  settings: SlackSettings,
  role: VendorRole,
  { signal }: CallOptions = {},
): Promise<VendorCheck> {
  const plan = settings.plan ?? 'enterprise';
  const { tokens } = settings;
  const needs = slackNeeds(role, plan, tokens.scim !== undefined).filter(
    ({ of }) => !isOptional(of) || tokens[of] !== undefined,
  );
  const kinds = [...new Set(needs.map((n) => n.of))];
  const spoken = await Promise.all(kinds.map((kind) => speak(settings, kind, signal)));
  const given = new Map(spoken.flatMap(({ kind, scopes }) => (scopes ? [[kind, scopes] as const] : [])));
  const tried = await tryAll(settings, needs, spoken, signal);
  const facts: Facts = {
    role,
    needs,
    credentials: spoken.map((s) => s.finding),
    given,
    tried,
    rights: [...installs(settings, needs, spoken), ...owner(tried)],
  };
  return { platform: 'slack', tenant: settings.tenant, role, ...findingsOf(facts) };
}

async function speak(settings: SlackSettings, kind: TokenKind, signal: AbortSignal | undefined): Promise<Spoken> {
  const value = settings.tokens[kind];
  if (value === undefined) return { kind, finding: { credential: kind, status: 'absent' } };
  let answer: Self | undefined;
  const outcome = await outcomeOf(async () => {
    answer = await readSelf(clientOf(settings, kind), signal);
  });
  if (!answer) return { kind, finding: credentialFinding(kind, outcome) };
  if ((kind === 'bot') !== Boolean(answer.bot_id)) {
    const because = kind === 'bot' ? 'not the token of a bot' : 'the token of a bot, not of a person';
    return { kind, finding: { credential: kind, status: 'refused', because } };
  }
  const scopes = answer.response_metadata?.scopes;
  return {
    kind,
    finding: { credential: kind, status: 'good' },
    self: {
      userId: answer.user_id,
      enterpriseId: answer.enterprise_id,
      ofOrganisation: answer.is_enterprise_install === true,
    },
    ...(scopes ? { scopes: new Set(scopes.filter((s) => s !== '')) } : {}),
  };
}

/** The client picks the token by the operation; here each is asked in turn. */
const clientOf = (settings: SlackSettings, kind: TokenKind): ReturnType<typeof createSlackClient> => {
  const value = settings.tokens[kind];
  return createSlackClient({
    ...settings,
    tokens: value === undefined ? {} : { audit: value, admin: value, logs: value, bot: value },
  });
};

/** One after the other: a check is in no hurry. What a missing scope refuses anyway is not asked. */
async function tryAll(
  settings: SlackSettings,
  needs: readonly SlackNeed[],
  spoken: readonly Spoken[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, Outcome>> {
  const tried = new Map<string, Outcome>();
  for (const { operation, of, scopes } of needs) {
    const token = spoken.find((s) => s.kind === of);
    const probe = PROBES[operation.name];
    if (!probe || !token?.self || !scopes.every((s) => token.scopes?.has(s) ?? true)) continue;
    if (!token.self.ofOrganisation && wantsOrganisation(settings, operation)) continue;
    const who = token.self;
    const client = clientOf(settings, of);
    tried.set(operation.name, await everywhere(probe, { client, operation, who, settings, signal }));
  }
  return tried;
}

/** In every workspace where it is about one: an app may be taken out of one of them. What any of them refuses is refused. */
async function everywhere({ ofWorkspace, attempt }: Probe, asked: Parameters<Probe['attempt']>[0]): Promise<Outcome> {
  const { plan = 'enterprise', teamIds } = asked.settings;
  const workspaces = ofWorkspace ? workspacesOf({ plan, teamIds }) : [undefined];
  const refused: Outcome[] = [];
  for (const teamId of workspaces) {
    const outcome = await outcomeOf(() => attempt({ ...asked, teamId }));
    if (outcome.code === undefined) continue;
    const { because } = outcome;
    if (teamId === undefined || workspaces.length === 1 || because === undefined) refused.push(outcome);
    else refused.push({ ...outcome, because: `workspace ${teamId}: ${because}` });
  }
  const [first] = refused;
  return first ? { ...first, because: refused.flatMap((o) => o.because ?? []).join('; ') } : {};
}

/** On Enterprise the methods of the organisation, SCIM among them, take a token that was given for all of it. */
const wantsOrganisation = ({ plan = 'enterprise' }: SlackSettings, { plan: least, api }: SlackOperation): boolean =>
  plan === 'enterprise' && (least === 'enterprise' || api === 'scim');

function installs(settings: SlackSettings, needs: readonly SlackNeed[], spoken: readonly Spoken[]): Facts['rights'] {
  return spoken.flatMap(({ kind, self: who }) => {
    const operations = needs
      .filter((n) => n.of === kind && wantsOrganisation(settings, n.operation))
      .map((n) => n.operation.name);
    if (!who || operations.length === 0) return [];
    const right = `the app of the ${kind} token is installed on the organisation`;
    return [{ right, status: who.ofOrganisation ? 'given' : 'missing', operations } as const];
  });
}

/** Slack tells the audit log to owners alone, whatever the scopes. */
function owner(tried: ReadonlyMap<string, Outcome>): Facts['rights'] {
  const outcome = tried.get(OPERATIONS.auditLogs.name);
  if (!outcome) return [];
  const operations = [OPERATIONS.auditLogs.name];
  const right = 'the account of the audit token is an Organization Owner';
  if (outcome.code === undefined) return [{ right, status: 'given', operations }];
  return outcome.because?.endsWith(' user_not_authorized') ? [{ right, status: 'missing', operations }] : [];
}
