import type { SlackClient } from './client.js';
import type { SlackOperation } from './methods.js';
import { integrationLog, integrationLogPage } from './sources/integration-logs.js';
import { lenient } from './sources/source.js';

/** What the integration log of the workspaces says of an app. */
export interface Install {
  readonly installed: boolean;
  readonly name?: string;
  /** Who added it first, as far back as the log goes. */
  readonly addedBy?: string;
}

const GONE = new Set(['removed', 'disabled']);

/** `operation` is the role's own for that log. Undefined when no workspace has ever logged the app. Slack has no list of installed apps; the newest entry of each workspace decides. */
export async function readInstall(
  client: SlackClient,
  operation: SlackOperation,
  appId: string,
  teamIds: readonly (string | undefined)[],
  signal?: AbortSignal,
): Promise<Install | undefined> {
  const rows = [];
  let installed = false;
  for (const team_id of teamIds) {
    const body = await client.call(operation, { app_id: appId, count: 1000, page: 1, team_id }, integrationLogPage, {
      signal,
    });
    const logs = [...lenient(body.logs, integrationLog)].sort((a, b) => b.date - a.date);
    if (logs[0] && !GONE.has(logs[0].change_type)) installed = true;
    rows.push(...logs);
  }
  if (rows.length === 0) return undefined;
  const first = rows.filter((r) => r.change_type === 'added' && r.user_id).at(-1)?.user_id;
  const name = rows.find((r) => r.app_type)?.app_type;
  return { installed, ...(name ? { name } : {}), ...(first ? { addedBy: first } : {}) };
}
