import { readInstall } from './installs.js';
import { OPERATIONS } from './methods.js';
import { AUDIT_ACTIONS } from './sources/audit-actions.js';
import { auditEntry, auditPage, UNKNOWN_ACTION } from './sources/audit-entry.js';
import { lenient, nextOf, type SourceContext } from './sources/source.js';
import { slackUser, userList } from './user.js';

/** Accounts that are followed up, pages of members among which the bot is looked for, pages of entries about the app. */
const MAX_ACTORS = 10;
const MAX_MEMBER_PAGES = 50;
const MAX_ENTRY_PAGES = 5;
/** Entries about an app that name whose token it uses: who let it in, and whose access was strange. */
const TELLING = [
  ...AUDIT_ACTIONS.flatMap(({ actions }) => actions.app_grant ?? []).filter((name) => !name.endsWith('*')),
  'anomaly',
];

export interface AppActors {
  /** Native ids: the app's own bots first, then who let it in, then who is named with it. */
  readonly actors: readonly string[];
  /** There may be more. */
  readonly isCut: boolean;
}

/**
 * The accounts that an app acts as: its bot users (`users.list`, `profile.api_app_id`), those who added it (`team.integrationLogs`, where
 * that may be read) and the actors of the audit entries about it, all as far back as Slack keeps them: a token lives until it is revoked.
 */
export async function actorsOfApp(context: SourceContext, appId: string, signal?: AbortSignal): Promise<AppActors> {
  const { client, hasLogs } = context;
  const teams = context.plan === 'enterprise' ? context.teamIds : [undefined];
  const bots = await botsOf(context, teams, appId, signal);
  const install = hasLogs ? await readInstall(client, OPERATIONS.integrationLogs, appId, teams, signal) : undefined;
  const named = await namedWith(context, appId, signal, TELLING);
  const found = [...new Set([...bots.ids, ...(install?.usedBy ?? []), ...named.ids])];
  const actors = found.filter((id) => !id.startsWith('USLACK')); // nobody, and Slack's own people
  return {
    actors: actors.slice(0, MAX_ACTORS),
    isCut: bots.isCut || named.isCut || actors.length > MAX_ACTORS,
  };
}

interface Some {
  readonly ids: readonly string[];
  readonly isCut: boolean;
}

async function botsOf(
  { client }: SourceContext,
  teams: readonly (string | undefined)[],
  appId: string,
  signal: AbortSignal | undefined,
): Promise<Some> {
  const ids: string[] = [];
  let pages = 0;
  for (const team_id of teams) {
    let cursor: string | undefined;
    do {
      if (++pages > MAX_MEMBER_PAGES) return { ids, isCut: true };
      const page = await client.call(OPERATIONS.usersList, { limit: 200, cursor, team_id }, userList, { signal });
      const bots = lenient(page.members, slackUser).filter((user) => user.profile?.api_app_id === appId);
      ids.push(...bots.map((user) => user.id));
      cursor = nextOf(page.response_metadata).next;
    } while (cursor !== undefined);
  }
  return { ids, isCut: false };
}

/** Without a list of actions, where Slack does not know one of ours, all entries are looked at. */
async function namedWith(
  context: SourceContext,
  appId: string,
  signal: AbortSignal | undefined,
  names?: readonly string[],
): Promise<Some> {
  const ids: string[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < MAX_ENTRY_PAGES; pages++) {
    const query = { entity: appId, action: names?.join(','), limit: '1000', cursor };
    const answers = names === undefined ? {} : { invalid_action: UNKNOWN_ACTION };
    const call = { method: 'GET', path: 'logs', query, signal, answers } as const;
    const body = await context.client.rest(OPERATIONS.auditLogs, call, auditPage);
    if (body['invalid_action'] === true) return namedWith(context, appId, signal);
    ids.push(...lenient(body.entries, auditEntry).map((entry) => entry.actor.user.id));
    cursor = nextOf(body.response_metadata).next;
    if (cursor === undefined) return { ids, isCut: false };
  }
  return { ids, isCut: true };
}
