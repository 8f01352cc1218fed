import { QuellError } from '../../domain/errors.js';
import type { SlackClient } from './client.js';
import type { SlackOperation } from './methods.js';
import { GIVES_ACCESS, integrationLog, integrationLogPage } from './sources/integration-logs.js';
import { lenient } from './sources/source.js';

/** What the integration log of the workspaces says of an app. */
export interface Install {
  readonly installed: boolean;
  readonly name?: string;
  /** Who added it first, as far back as the log goes. */
  readonly addedBy?: string;
  /** Everybody who gave it access, as far back as the log goes. */
  readonly usedBy: readonly string[];
}

const GONE = new Set(['removed', 'disabled']);

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
  const rows = [];
  let installed = false;
  for (const team_id of teamIds) {
    const logs = [];
    let pages = 1;
    for (let page = 1; page <= pages; page++) {
      const args = { app_id: appId, count: 1000, page, team_id };
      const body = await client.call(operation, args, integrationLogPage, { signal });
      logs.push(...lenient(body.logs, integrationLog));
      ({ pages } = body.paging);
    }
    if (logs.some((row) => row.app_id !== appId))
      throw new QuellError('VENDOR_REPLY', `${operation.name}: another app`);
    logs.sort((a, b) => b.date - a.date);
    if (logs[0] && !GONE.has(logs[0].change_type)) installed = true;
    rows.push(...logs);
  }
  if (rows.length === 0) return undefined;
  const first = rows.filter((r) => r.change_type === 'added' && r.user_id).at(-1)?.user_id;
  const name = rows.find((r) => r.app_type)?.app_type;
  const users = rows.flatMap((r) => (GIVES_ACCESS.has(r.change_type) ? (r.user_id ?? []) : []));
  return { installed, ...(name ? { name } : {}), ...(first ? { addedBy: first } : {}), usedBy: [...new Set(users)] };
}
