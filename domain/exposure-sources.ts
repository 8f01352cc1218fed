import type { Collection, LogSource, ReadingClass, SourceResult } from './evidence.js';
import type { ActingContext } from './exposure-contexts.js';
import type { Confidence } from './finding.js';
import type { Instant, TenantRef } from './platform.js';

/** A collection without its files: what was read of which sources, and what the platform cannot show at all. */
export type ReadSources = Pick<Collection, 'platform' | 'tenant' | 'from' | 'to' | 'sources' | 'limits'>;

/** One source, with what it can show and what not, for the people who judge the ledger. No personal data. */
export interface SourceShows extends TenantRef {
  readonly source: string;
  readonly status: SourceResult['status'] | 'never';
  readonly rows: number;
  /** The window that it was read for. */
  readonly from?: Instant;
  readonly to?: Instant;
  readonly shows: string;
  readonly cannot: string;
}

/** What the rows of the playbook's log sources can show of an exposure, wherever they come from. */
const SHOWS: Readonly<Record<LogSource, string>> = {
  chat_history: 'conversations that were read, messages that were sent, as far as the platform logs it',
  file_transfer: 'files that were viewed, downloaded, uploaded and shared; exports',
  user_access: 'sign-ins, sessions, addresses and devices; not what was read in them',
  integration: 'apps that were let in, and their calls; not what the answers held',
  iam: 'changes of accounts, roles and credentials; no reading',
  platform_alerts: "the platform's own detections; their silence shows nothing",
  notification_mail: 'security mails and rules that hide them; no reading',
};
/** Listings as adapters name them, `<platform>.messages` and `.files`: what there is to read, never that it was read. */
const LISTING: Readonly<Record<ReadingClass, RegExp>> = { messages: /^[^.]+\.messages$/, files: /^[^.]+\.files$/ };
const LISTS: Readonly<Record<ReadingClass, string>> = {
  messages: 'which messages there are, and their authors: what could be read, not what was',
  files: 'which files there are, and their links: what could be taken, not what was',
};
const READING: Readonly<Record<ReadingClass, LogSource>> = { messages: 'chat_history', files: 'file_transfer' };

/** What limits hid that were kept before they said so themselves (`Gap.hides`), by name. Nothing is added here. */
const HID_BEFORE: Readonly<Record<string, ReadingClass>> = {
  'messages read': 'messages',
  'messages read in the Teams client': 'messages',
  'messages read through Microsoft Graph': 'messages',
  'slack.audit_logs': 'files',
  'google.drive': 'files',
};

/** Each source once, as it was read in the widest window, and then what no source shows. */
export function sourcesOf(collections: readonly ReadSources[]): readonly SourceShows[] {
  const widest = [...collections].sort((a, b) => (a.from < b.from ? 1 : -1));
  const read = new Map(
    widest.flatMap((c) => c.sources.map((s) => [`${s.platform}/${s.tenant}/${s.source}`, rowOf(c, s)] as const)),
  );
  const limits = new Map(
    widest.flatMap((c) =>
      (c.limits ?? []).map(({ platform, tenant, source, text }) => {
        const row: SourceShows = { platform, tenant, source, status: 'never', rows: 0, shows: 'nothing', cannot: text };
        return [`${platform}/${tenant}/${source}`, row] as const;
      }),
    ),
  );
  return [...read.values(), ...limits.values()];
}

function rowOf({ from, to }: ReadSources, s: SourceResult): SourceShows {
  const listing = classes.find((c) => LISTING[c].test(s.source));
  const lag = `rows of the last ${String(Math.ceil(s.lagSeconds / 60))} min may still be missing`;
  return {
    platform: s.platform,
    tenant: s.tenant,
    source: s.source,
    status: s.status,
    rows: s.rows,
    from,
    to,
    shows: listing ? LISTS[listing] : SHOWS[s.logSource],
    cannot: [...(s.gap ? [s.gap.text] : []), lag].join(' '),
  };
}

const classes: readonly ReadingClass[] = ['messages', 'files'];

/** How far the reading of a class can be seen in a context's window: in a log, bounded by what there was to read, or not at all. */
interface Sight {
  readonly level: 'shown' | 'bounded' | 'unknown';
  readonly late: boolean;
  readonly because: string;
}

function sightOf(collections: readonly ReadSources[], context: ActingContext, what: ReadingClass): Sight {
  const here = collections.filter((c) => c.platform === context.platform && c.tenant === context.tenant);
  const covering = here.filter((c) => c.from <= context.from && c.to >= context.to);
  const where = `${context.platform}/${context.tenant}, ${what}`;
  const names = new Set(
    here
      .flatMap((c) => c.sources)
      .filter((s) => s.logSource === READING[what])
      .map((s) => s.source),
  );
  const completely = (source: string): readonly ReadSources[] =>
    covering.filter((c) => c.sources.some((s) => s.source === source && s.status === 'complete'));
  const logs = [...names].filter((n) => !classes.some((c) => LISTING[c].test(n)));
  const listing = [...names].find((n) => LISTING[what].test(n));
  const limit = here.flatMap((c) => c.limits ?? []).find((l) => (l.hides ?? HID_BEFORE[l.source]) === what);
  const unread = logs.filter((n) => completely(n).length === 0);
  const late = logs.filter(
    (n) =>
      !unread.includes(n) &&
      completely(n).every((c) =>
        c.sources.some((s) => s.source === n && Date.parse(c.to) - Date.parse(context.to) < s.lagSeconds * 1000),
      ),
  );
  if (!limit && logs.length > 0 && unread.length === 0)
    return {
      level: 'shown',
      late: late.length > 0,
      because:
        late.length > 0
          ? `${where}: ${late.join(', ')} was read, but so soon that rows of the last acts may still appear.`
          : `${where}: ${logs.join(', ')} shows it and was read completely for ${context.from} to ${context.to}.`,
    };
  const why = limit
    ? limit.text
    : logs.length === 0
      ? 'no source that was read logs it.'
      : `${unread.join(', ')} was not read completely for ${context.from} to ${context.to}.`;
  const bounded = listing !== undefined && completely(listing).length > 0;
  return {
    level: bounded ? 'bounded' : 'unknown',
    late: false,
    because: `${where}: ${why} ${bounded ? `What was in reach is listed (${listing}) and counted as possible.` : 'What was in reach is not known either.'}`,
  };
}

/** Whether a log shows every reading of the class in the window of the context. */
export const showsReading = (
  collections: readonly ReadSources[],
  context: ActingContext,
  what: ReadingClass,
): boolean => sightOf(collections, context, what).level === 'shown';

/**
 * How sure the ledger is, earned by what was read where something acted: high when logs of messages and of files both were read completely
 * for the window, medium when one was and the other is bounded by what there was, or its last rows may still come; low otherwise. The
 * weakest tenant decides. Where nothing acted, the sources are judged over the window that they were read for.
 */
export function confidenceOf(
  collections: readonly ReadSources[],
  contexts: readonly ActingContext[],
): { readonly confidence: Confidence; readonly because: readonly string[] } {
  const judged = contexts.length > 0 ? contexts : windowsOf(collections);
  if (judged.length === 0) return { confidence: 'low', because: ['Nothing was read.'] };
  const sights = judged.map((context) => classes.map((what) => sightOf(collections, context, what)));
  const levels = sights.map((of): Confidence => {
    const shown = of.filter((s) => s.level === 'shown').length;
    if (shown === of.length) return of.some((s) => s.late) ? 'medium' : 'high';
    return shown > 0 && of.every((s) => s.level !== 'unknown') ? 'medium' : 'low';
  });
  return {
    confidence: levels.includes('low') ? 'low' : levels.includes('medium') ? 'medium' : 'high',
    because: [...new Set(sights.flat().map((s) => s.because))],
  };
}

/** The widest reading of each tenant, as a window without an act in it. */
function windowsOf(collections: readonly ReadSources[]): readonly ActingContext[] {
  const widest = new Map(
    [...collections].sort((a, b) => (a.from < b.from ? 1 : -1)).map((c) => [`${c.platform}/${c.tenant}`, c]),
  );
  return [...widest.values()].map(({ platform, tenant, from }) => ({
    ...{ platform, tenant, from, to: from },
    foreign: false,
    events: [],
  }));
}
