import type { EventKind, EvidenceEvent, LogSource } from '../../../domain/evidence.js';
import type { Platform } from '../../../domain/platform.js';
import type { DirectoryEntry, EvidencePort, EvidenceSource, SourceQuery } from '../../../platforms/ports.js';

export function event(id: string, change: Partial<EvidenceEvent> = {}): EvidenceEvent {
  return {
    id: `slack:slack.audit_logs:${id}`,
    kind: 'sign_in',
    platform: 'slack',
    tenant: 'main',
    source: 'slack.audit_logs',
    logSource: 'user_access',
    at: '2026-03-02T09:00:00.000Z',
    operation: 'user_login',
    actor: 'U1',
    ...change,
  };
}

/** A log in pages; `fail` throws before a page is given. */
export class PagedSource implements EvidenceSource {
  readonly kinds: readonly EventKind[] = ['sign_in'];
  readonly queries: SourceQuery[] = [];
  readonly cursors: (string | undefined)[] = [];
  fail: (page: number) => Error | undefined = () => undefined;
  next: (page: number) => string | undefined;

  constructor(
    readonly id: string,
    readonly pages: readonly (readonly EvidenceEvent[])[],
    readonly depth: 'narrow' | 'wide' = 'narrow',
    readonly logSource: LogSource = 'user_access',
    readonly lagSeconds = 60,
  ) {
    this.next = (page) => (page + 1 < pages.length ? `c${String(page + 1)}` : undefined);
  }

  read(query: SourceQuery, cursor: string | undefined): ReturnType<EvidenceSource['read']> {
    this.queries.push(query);
    this.cursors.push(cursor);
    const page = cursor === undefined ? 0 : Number(cursor.slice(1));
    const error = this.fail(page);
    if (error) return Promise.reject(error);
    const next = this.next(page);
    return Promise.resolve({ events: this.pages[page] ?? [], ...(next === undefined ? {} : { next }) });
  }
}

export function port(
  sources: readonly EvidenceSource[],
  entries: readonly DirectoryEntry[] = [],
  platform: Platform = 'slack',
  tenant = 'main',
): EvidencePort {
  return {
    platform,
    tenant,
    sources,
    limitations: [{ what: 'reads in the client', why: 'They are not logged.', instead: 'A person asks.' }],
    directory: {
      lookup: (by) =>
        Promise.resolve(
          entries.find((e) => ('email' in by ? e.emails.includes(by.email) : e.nativeId === by.nativeId)),
        ),
      list: () => Promise.resolve({ entries }),
    },
  };
}

export function entry(nativeId: string, change: Partial<DirectoryEntry> = {}): DirectoryEntry {
  return {
    platform: 'slack',
    tenant: 'main',
    nativeId,
    kind: 'person',
    emails: [],
    displayName: '',
    active: true,
    admin: false,
    lastAdmin: false,
    ...change,
  };
}
