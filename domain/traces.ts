import { placeOf } from './address.js';
import { succeeded, type EvidenceEvent } from './evidence.js';
import type { Traces, TraceId } from './pivot.js';

/** What belongs to the organisation: it would lead to everybody. */
export interface OwnThings {
  /** Own egress, trusted, private, shared and vendor addresses. */
  readonly isProtectedAddress: (ip: string) => boolean;
  /** Ids of the organisation's own apps. */
  readonly apps: readonly string[];
}

export interface TracesInput {
  /** Rows of somebody else than the subject. */
  readonly foreign: readonly EvidenceEvent[];
  /** Rows in which an app that is not trusted was given access; also where the subject pressed the button. */
  readonly grants: readonly EvidenceEvent[];
  readonly own: OwnThings;
  /** Places from which the subject gets in as well: not the attacker's alone. */
  readonly quiet: ReadonlySet<string>;
}

/** Of each kind. The newest stay: an attacker who changes addresses is found by those of today. */
const KEPT = 20;

/** What an attacker's rows can be followed by. Rows that failed give their address alone: nobody got a session by them. */
export function tracesIn({ foreign, grants, own, quiet }: TracesInput): Traces {
  const newest = [...foreign].sort((a, b) => (a.at > b.at ? -1 : a.at < b.at ? 1 : 0));
  const happened = newest.filter(succeeded);
  const follow = (ip: string): boolean => !quiet.has(placeOf(ip)) && !own.isProtectedAddress(ip);
  const first = newest.at(-1)?.at;
  return {
    addresses: kept(newest.flatMap((e) => (e.ip !== undefined && follow(e.ip) ? [e.ip] : []))),
    sessions: ids(happened, (e) => e.sessionId),
    apps: ids(grants.filter(succeeded), (e) =>
      e.kind === 'app_grant' && e.app !== undefined && !own.apps.includes(e.app.id) ? e.app.id : undefined,
    ),
    // A device that the organisation knows is the victim's, whoever sat at it.
    devices: ids(happened, (e) => (e.deviceKnown === true ? undefined : e.deviceId)),
    files: ids(happened, (e) => (e.kind === 'file_upload' || e.kind === 'share' ? e.target?.id : undefined)),
    forwards: kept(happened.flatMap(forwardedTo)),
    ...(first === undefined ? {} : { since: first }),
  };
}

/** Whom mail goes to outside: by a rule, or as a delegate or forwarding address of the mailbox. */
function forwardedTo({ kind, externalRecipients, labels, target }: EvidenceEvent): readonly string[] {
  if (kind === 'mail_rule') return externalRecipients ?? [];
  return kind === 'mail_access' && (labels ?? []).includes('outside') && target?.name ? [target.name] : [];
}

function ids(rows: readonly EvidenceEvent[], pick: (e: EvidenceEvent) => string | undefined): readonly TraceId[] {
  const found = new Map<string, TraceId>();
  for (const row of rows) {
    const id = pick(row);
    if (id !== undefined) found.set(`${row.platform} ${id}`, { platform: row.platform, id });
  }
  return [...found.values()].slice(0, KEPT);
}

const kept = (values: readonly string[]): readonly string[] => [...new Set(values)].slice(0, KEPT);
