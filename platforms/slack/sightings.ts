import type { EventKind } from '../../domain/evidence.js';
import type { TraceKind, Traces } from '../../domain/pivot.js';
import type { Instant } from '../../domain/platform.js';
import { QuellError } from '../../domain/errors.js';
import { instantOf } from '../../domain/instants.js';
import type { EvidencePort } from '../ports.js';
import { mapRows, needed, type Mapped, type Notes } from '../kit/rows.js';
import { idsOf, search, unsearchable, type Search, type Seen } from '../sightings.js';
import { OPERATIONS } from './methods.js';
import { nextOf, pageAfter } from './pages.js';
import { accessPage, login, loginId, spanOf } from './sources/access-logs.js';
import { AUDIT_ACTIONS, kindOf } from './sources/audit-actions.js';
import { actorOf, auditEntry, auditPage, type AuditEntry } from './sources/audit-entry.js';
import { changedAt, changeId, GIVES_ACCESS, integrationLog, integrationLogPage } from './sources/integration-logs.js';
import { atUnix, seconds, within, type SourceContext } from './sources/source.js';

interface Window {
  readonly from: Instant;
  readonly to: Instant;
}

const DEVICES = 'Slack’s logs name no device.';
const FILES = 'Without the Audit Logs API (Enterprise) nobody is told who opened a file.';
/** What shows that somebody got in or tried to. */
const AT_THE_DOOR = ['user_login', 'user_login_failed', 'anomaly'];
const FAILED = ['user_login_failed', 'ip_allowlist_access_denied'];

/**
 * Who else of a Slack organisation has an attacker's traces. The audit log takes no address and no session as filter: everybody's
 * sign-ins of the window are read and looked through. Below Enterprise there are the access logs, where their token was given.
 */
export function findSightings(context: SourceContext): NonNullable<EvidencePort['findSightings']> {
  const tenant = { platform: 'slack', tenant: context.tenant } as const;
  const enterprise = context.plan === 'enterprise';
  return async (traces, from, to, options) => {
    const window = { from, to };
    const [apps, files, sessions] = (['app', 'file', 'session'] as const).map((kind) => idsOf(traces, kind, 'slack'));
    const atTheDoor = traces.addresses.length > 0 || (sessions ?? []).length > 0;
    const each = context.hasLogs ? context.teamIds : [];
    const found = await search(
      tenant,
      [
        ...(enterprise && atTheDoor ? [signedIn(context, traces, window)] : []),
        ...(enterprise ? (apps ?? []) : []).map((id) => entriesAbout(context, window, 'app', id, 'app_grant')),
        ...(enterprise ? (files ?? []) : []).map((id) => entriesAbout(context, window, 'file', id, 'file_download')),
        ...(traces.addresses.length > 0 ? each : []).map((teamId) => called(context, traces, window, teamId)),
        ...(apps ?? []).flatMap((id) => each.map((teamId) => installed(context, window, teamId, id))),
      ],
      options,
    );
    const not: Partial<Record<TraceKind, string>> = {
      device: DEVICES,
      ...(enterprise ? {} : { file: FILES, session: 'Below Enterprise no log of Slack names sessions.' }),
      ...(enterprise || context.hasLogs
        ? {}
        : { address: 'Without the token of the access logs nobody is told who came from an address.' }),
    };
    return { ...found, gaps: [...found.gaps, ...unsearchable(tenant, traces, not)] };
  };
}

/** What a search reads of an entry; nothing of what our own apps did. */
type Read = (entry: AuditEntry, notes: Notes) => readonly Seen[];

/** The same window goes with every page: the cursor carries a position alone. */
function audited(
  context: SourceContext,
  { from, to }: Window,
  query: Readonly<Record<string, string>>,
  read: Read,
): Search {
  const span = { oldest: String(seconds(from)), latest: String(seconds(to, 'up')), limit: '1000' };
  return {
    source: 'slack.audit_logs',
    page: async (cursor, { signal }) => {
      const call = { method: 'GET', path: 'logs', query: { ...query, ...span, cursor }, signal } as const;
      const body = await context.client.rest(OPERATIONS.auditLogs, call, auditPage);
      const { values: rows, odd } = seenInEntries(context, body.entries, read);
      return { rows, odd, ...nextOf(body.response_metadata) };
    },
  };
}

export const seenInEntries = ({ ownAppIds }: SourceContext, rows: readonly unknown[], read: Read): Mapped<Seen> =>
  mapRows(rows, auditEntry, (entry, notes) =>
    ownAppIds.includes(entry.context?.app?.id ?? '') ? [] : read(entry, notes),
  );

/** An anomaly is Slack's word that the account was at work from there, not that it should. */
function signedIn(context: SourceContext, traces: Traces, window: Window): Search {
  return audited(context, window, { action: AT_THE_DOOR.join(',') }, atTheDoorBy(traces));
}

export function atTheDoorBy(traces: Traces): Read {
  const addresses = new Set(traces.addresses);
  const sessions = new Set(idsOf(traces, 'session', 'slack'));
  return (entry, notes) => {
    const ip = notes.address('context.ip_address', entry.context?.ip_address);
    const session = entry.context?.session_id;
    return [
      ...(ip !== undefined && addresses.has(ip) ? seenIn(entry, 'address', ip) : []),
      ...(session !== undefined && sessions.has(session) ? seenIn(entry, 'session', session) : []),
    ];
  };
}

/** Whoever gave an app access, or took a file. */
function entriesAbout(context: SourceContext, window: Window, by: TraceKind, id: string, kind: EventKind): Search {
  return audited(context, window, { entity: id }, (entry) =>
    AUDIT_ACTIONS.some(({ actions }) => kindOf(actions, entry.action) === kind) ? seenIn(entry, by, id) : [],
  );
}

/** An entry of nobody shows nobody. */
function seenIn(entry: AuditEntry, by: TraceKind, value: string): readonly Seen[] {
  const { id, date_create, action } = entry;
  const nativeId = actorOf(entry);
  if (nativeId === undefined) return [];
  const at = needed(instantOf(date_create), 'date_create');
  return [{ id, by, value, nativeId, at, succeeded: !FAILED.includes(action) && !/_blocked(_by_type)?$/.test(action) }];
}

/** API calls from the addresses, newest last use first; a row has the first and the last. */
function called({ client, plan }: SourceContext, traces: Traces, window: Window, teamId: string): Search {
  const addresses = new Set(traces.addresses);
  const [oldest, latest] = [seconds(window.from), seconds(window.to, 'up')];
  return {
    source: 'slack.access_logs',
    page: async (cursor, { signal }) => {
      const team_id = plan === 'enterprise' ? teamId : undefined;
      const args = { limit: 1000, before: latest + 1, cursor, team_id };
      const body = await ofWorkspace(teamId, () => client.call(OPERATIONS.accessLogs, args, accessPage, { signal }));
      const spans = mapRows(body.logins, login, (row) => [spanOf(row).last]).values;
      const isOlder = spans.length > 0 && spans.every((last) => last < oldest);
      const { values: seen, odd } = callsFrom(addresses, window, teamId, body.logins);
      return { rows: seen, odd, ...(isOlder ? {} : nextOf(body.response_metadata)) };
    },
  };
}

export const callsFrom = (
  addresses: ReadonlySet<string>,
  { from, to }: Window,
  teamId: string,
  rows: readonly unknown[],
): Mapped<Seen> =>
  mapRows(rows, login, (row, notes) => {
    const { first, last } = spanOf(row);
    const ip = notes.address('ip', row.ip);
    const [oldest, latest] = [seconds(from), seconds(to, 'up')];
    if (ip === undefined || !addresses.has(ip) || last < oldest || first > latest) return [];
    const one = { by: 'address', value: ip, nativeId: row.user_id, succeeded: true } as const;
    const times = new Set([Math.max(first, oldest), Math.min(last, latest)].map(atUnix));
    return [...times].map((at) => ({ ...one, id: `${loginId(teamId, row)}:${at}`, at }));
  });

function installed({ client, plan }: SourceContext, window: Window, teamId: string, appId: string): Search {
  return {
    source: 'slack.integration_logs',
    page: async (next, { signal }) => {
      const page = Number(next ?? '1');
      const team_id = plan === 'enterprise' ? teamId : undefined;
      const args = { app_id: appId, count: COUNT, page, team_id };
      const body = await ofWorkspace(teamId, () =>
        client.call(OPERATIONS.integrationLogs, args, integrationLogPage, { signal }),
      );
      const { values, odd } = installsOf(window, teamId, appId, body.logs);
      return { rows: values, odd, ...pageAfter(page, body.paging, body.logs.length, COUNT) };
    },
  };
}
const COUNT = 200;

export const installsOf = (window: Window, teamId: string, appId: string, rows: readonly unknown[]): Mapped<Seen> =>
  mapRows(rows, integrationLog, (row) => {
    const date = changedAt(row);
    const { user_id, change_type } = row;
    if (!GIVES_ACCESS.has(change_type) || !within(window, date) || user_id === undefined) return [];
    const id = changeId([teamId, user_id, date, change_type]);
    return [{ id, nativeId: user_id, by: 'app', value: appId, at: atUnix(date), succeeded: true }];
  });

/** A workspace that refuses is named in the gap; the other workspaces are searches of their own. */
async function ofWorkspace<T>(teamId: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof QuellError) || error.retryable || error.code === 'VENDOR_NOT_FOUND') throw error;
    throw new QuellError(error.code, `workspace ${teamId}, ${error.detail ?? ''}`, { cause: error });
  }
}
