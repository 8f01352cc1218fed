import { QuellError } from '../../domain/errors.js';
import { mapRows } from '../kit/rows.js';
import type { SlackClient } from './client.js';
import type { SlackOperation } from './methods.js';
import { pageAfter } from './pages.js';
import { changedAt, GIVES_ACCESS, integrationLog, integrationLogPage } from './sources/integration-logs.js';
import { ofWorkspaces } from './workspaces.js';

/** What the integration log of the workspaces says of an app. */
export interface Install {
  /** By the newest entry of a workspace it is there and in use. */
  readonly installed: boolean;
  /** By the newest entry of each workspace that has one it was taken away, and every entry could be read. What is disabled is still there. */
  readonly removed: boolean;
  readonly name?: string;
  /** Who added it first, as far back as the log goes. */
  readonly addedBy?: string;
  /** Everybody who gave it access, as far back as the log goes. */
  readonly usedBy: readonly string[];
  /** A workspace did not let us look: what is there nobody knows. */
  readonly isCut: boolean;
}

const GONE = new Set(['removed', 'disabled']);
const COUNT = 1000;

/**
 * `operation` is the role's own for that log. Undefined when no workspace has ever logged the app. Slack has no list of installed apps; the
 * newest entry of each workspace decides. Errors: VENDOR_REPLY when the log is of another app.
 */
export async function readInstall(
  client: SlackClient,
  operation: SlackOperation,
  appId: string,
  teamIds: readonly (string | undefined)[],
  signal?: AbortSignal,
): Promise<Install | undefined> {
  const rows: Change[] = [];
  let [installed, removed] = [false, true];
  let isCut = false;
  const logs = ofWorkspaces(
    teamIds,
    async function* (team_id) {
      yield await changesOf(client, operation, { app_id: appId, team_id }, signal);
    },
    () => (isCut = true),
  );
  for await (const { changes, hasOdd } of logs) {
    if (changes.some((row) => row.app_id !== appId))
      throw new QuellError('VENDOR_REPLY', `${operation.name}: another app`);
    const [newest] = changes;
    if (newest && !GONE.has(newest.change_type)) installed = true;
    if (hasOdd || (newest && newest.change_type !== 'removed')) removed = false;
    rows.push(...changes);
  }
  if (rows.length === 0) return undefined; // also where it is in the workspace that did not let us look
  const first = rows.filter((r) => r.change_type === 'added' && r.user_id).at(-1)?.user_id;
  const name = rows.find((r) => r.app_type)?.app_type;
  const users = rows.flatMap((r) => (GIVES_ACCESS.has(r.change_type) ? (r.user_id ?? []) : []));
  return {
    ...{ installed, removed: removed && !isCut, isCut, usedBy: [...new Set(users)] },
    ...(name ? { name } : {}),
    ...(first ? { addedBy: first } : {}),
  };
}

interface Change {
  readonly at: number;
  readonly app_id: string | undefined;
  readonly user_id: string | undefined;
  readonly app_type: string | undefined;
  readonly change_type: string;
}

/** All of one workspace, newest first. */
async function changesOf(
  client: SlackClient,
  operation: SlackOperation,
  about: { readonly app_id: string; readonly team_id: string | undefined },
  signal: AbortSignal | undefined,
): Promise<{ readonly changes: readonly Change[]; readonly hasOdd: boolean }> {
  const changes: Change[] = [];
  let hasOdd = false;
  for (let page = 1; ;) {
    const body = await client.call(operation, { ...about, count: COUNT, page }, integrationLogPage, { signal });
    const { values, odd } = mapRows(body.logs, integrationLog, (row) => [
      {
        at: changedAt(row),
        ...{ app_id: row.app_id, user_id: row.user_id, app_type: row.app_type, change_type: row.change_type },
      },
    ]);
    changes.push(...values);
    hasOdd ||= odd.length > 0;
    const { next } = pageAfter(page, body.paging, body.logs.length, COUNT);
    if (next === undefined) return { changes: changes.sort((a, b) => b.at - a.at), hasOdd };
    page = Number(next);
    if (page > MAX_PAGES) throw new QuellError('TOO_MUCH', operation.name);
  }
}
/** Of a thousand rows each: no app has so many changes. */
const MAX_PAGES = 100;
