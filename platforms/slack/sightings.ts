import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { EventKind } from '../../domain/evidence.js';
import type { TraceKind, Traces } from '../../domain/pivot.js';
import type { Instant } from '../../domain/platform.js';
import type { EvidencePort } from '../ports.js';
import { idsOf, readable, search, unsearchable, type Search, type Seen } from '../sightings.js';
import { OPERATIONS } from './methods.js';
import { login } from './sources/access-logs.js';
import { AUDIT_ACTIONS, kindOf } from './sources/audit-actions.js';
import { auditEntry, type AuditEntry } from './sources/audit-entry.js';
import { GIVES_ACCESS, integrationLog, integrationLogPage } from './sources/integration-logs.js';
import { addressOf, instantOf, metadata, nextOf, seconds, type SourceContext } from './sources/source.js';

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

const page = z.looseObject({ entries: z.array(z.unknown()), response_metadata: metadata });

/** The same window goes with every page: the cursor carries a position alone. */
function audited(
  { client }: SourceContext,
  { from, to }: Window,
  query: Readonly<Record<string, string>>,
  read: (entry: AuditEntry) => readonly Seen[],
): Search {
  const span = { oldest: String(seconds(from)), latest: String(seconds(to, 'up')), limit: '1000' };
  return {
    source: 'slack.audit_logs',
    page: async (cursor, { signal }) => {
      const call = { method: 'GET', path: 'logs', query: { ...query, ...span, cursor }, signal } as const;
      const body = await client.rest(OPERATIONS.auditLogs, call, page);
      return { rows: readable(body.entries, auditEntry).flatMap(read), ...nextOf(body.response_metadata) };
    },
  };
}

/** An anomaly is Slack's word that the account was at work from there, not that it should. */
function signedIn(context: SourceContext, traces: Traces, window: Window): Search {
  const addresses = new Set(traces.addresses);
  const sessions = new Set(idsOf(traces, 'session', 'slack'));
  return audited(context, window, { action: AT_THE_DOOR.join(',') }, (entry) => {
    const ip = addressOf(entry.context?.ip_address);
    const session = entry.context?.session_id;
    return [
      ...(ip !== undefined && addresses.has(ip) ? [seenIn(entry, 'address', ip)] : []),
      ...(session !== undefined && session !== null && sessions.has(String(session))
        ? [seenIn(entry, 'session', String(session))]
        : []),
    ];
  });
}

/** Whoever gave an app access, or took a file. */
function entriesAbout(context: SourceContext, window: Window, by: TraceKind, id: string, kind: EventKind): Search {
  return audited(context, window, { entity: id }, (entry) =>
    AUDIT_ACTIONS.some(({ actions }) => kindOf(actions, entry.action) === kind) ? [seenIn(entry, by, id)] : [],
  );
}

const seenIn = ({ id, actor, date_create, action }: AuditEntry, by: TraceKind, value: string): Seen => ({
  ...{ id, by, value, nativeId: actor.user.id, at: instantOf(date_create) },
  succeeded: !FAILED.includes(action) && !action.endsWith('_blocked'),
});

const logins = z.looseObject({ logins: z.array(z.unknown()), response_metadata: metadata });

/** API calls from the addresses, newest last use first; a row has the first and the last. */
function called({ client, plan }: SourceContext, traces: Traces, { from, to }: Window, teamId: string): Search {
  const addresses = new Set(traces.addresses);
  const [oldest, latest] = [seconds(from), seconds(to, 'up')];
  return {
    source: 'slack.access_logs',
    page: async (cursor, { signal }) => {
      const team_id = plan === 'enterprise' ? teamId : undefined;
      const args = { limit: 1000, before: latest + 1, cursor, team_id };
      const body = await client.call(OPERATIONS.accessLogs, args, logins, { signal });
      const rows = readable(body.logins, login);
      const seen = rows
        .filter((row) => row.date_last >= oldest && row.date_first <= latest)
        .flatMap((row): readonly Seen[] => {
          const ip = addressOf(row.ip);
          if (ip === undefined || !addresses.has(ip)) return [];
          const id = hash([teamId, row.user_id, ip, row.user_agent]);
          const one = { by: 'address', value: ip, nativeId: row.user_id, succeeded: true } as const;
          const times = new Set([Math.max(row.date_first, oldest), Math.min(row.date_last, latest)].map(instantOf));
          return [...times].map((at) => ({ ...one, id: `${id}:${at}`, at }));
        });
      const older = rows.length > 0 && rows.every((row) => row.date_last < oldest);
      return { rows: seen, ...(older ? {} : nextOf(body.response_metadata)) };
    },
  };
}

function installed({ client, plan }: SourceContext, { from, to }: Window, teamId: string, appId: string): Search {
  return {
    source: 'slack.integration_logs',
    page: async (next, { signal }) => {
      const team_id = plan === 'enterprise' ? teamId : undefined;
      const args = { app_id: appId, count: 200, page: Number(next ?? '1'), team_id };
      const body = await client.call(OPERATIONS.integrationLogs, args, integrationLogPage, { signal });
      const rows = readable(body.logs, integrationLog)
        .filter((r) => GIVES_ACCESS.has(r.change_type) && r.date >= seconds(from) && r.date <= seconds(to, 'up'))
        .flatMap((r): readonly Seen[] => {
          if (!r.user_id) return [];
          const id = hash([teamId, r.user_id, r.date, r.change_type]);
          return [{ id, nativeId: r.user_id, by: 'app', value: appId, at: instantOf(r.date), succeeded: true }];
        });
      const more = body.paging.page < body.paging.pages;
      return more ? { rows, next: String(body.paging.page + 1) } : { rows };
    },
  };
}

const hash = (parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
