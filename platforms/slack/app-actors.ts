import { mapRows } from '../kit/rows.js';
import { readInstall } from './installs.js';
import { OPERATIONS } from './methods.js';
import { nextOf } from './pages.js';
import { AUDIT_ACTIONS } from './sources/audit-actions.js';
import {
  actorOf,
  auditEntry,
  auditPage,
  isSlackItself,
  UNKNOWN_ACTION,
  type AuditEntry,
} from './sources/audit-entry.js';
import type { SourceContext } from './sources/source.js';
import { findMembers } from './user.js';
import { workspacesOf } from './workspaces.js';

/** Accounts that are followed up, and pages of entries about the app. */
const MAX_ACTORS = 10;
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
  const teams = workspacesOf(context);
  const bots = await findMembers({ client, workspaces: teams, signal }, (user) => user.profile?.api_app_id === appId);
  const install = hasLogs ? await readInstall(client, OPERATIONS.integrationLogs, appId, teams, signal) : undefined;
  const named = await namedWith(context, appId, signal, TELLING);
  const found = [...new Set([...bots.found.map((bot) => bot.id), ...(install?.usedBy ?? []), ...named.ids])];
  const actors = found.filter((id) => !isSlackItself(id)); // nobody, and Slack's own people
  return {
    actors: actors.slice(0, MAX_ACTORS),
    isCut: bots.isCut || install?.isCut === true || named.isCut || actors.length > MAX_ACTORS,
  };
}

interface Some {
  readonly ids: readonly string[];
  readonly isCut: boolean;
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
    ids.push(...mapRows(body.entries, auditEntry, idsOf).values);
    const { next } = nextOf(body.response_metadata);
    if (next === cursor) return { ids, isCut: next !== undefined };
    cursor = next;
    if (cursor === undefined) return { ids, isCut: false };
  }
  return { ids, isCut: true };
}

function idsOf(entry: AuditEntry): readonly string[] {
  const id = actorOf(entry);
  return id === undefined ? [] : [id];
}
