import { QuellError } from '../domain/errors.js';
import type { Gap } from '../domain/evidence.js';
import { sightingsOf, type SeenRow, type Sighting, type TraceKind, type Traces } from '../domain/pivot.js';
import type { Platform, TenantRef } from '../domain/platform.js';
import { walkPages, type ListEnd } from './kit/pages.js';
import type { CallOptions } from './ports.js';
import type { Odd } from './kit/rows.js';
import { LEADS_TO_ITSELF } from './kit/steps.js';

/** What a log shows, without the tenant that it is of. */
export type Seen = Omit<SeenRow, 'platform' | 'tenant'>;

/** One list of the vendor that shows who has some traces; `next` is what the page before gave. */
export interface Search {
  /** The source's id, for gaps. */
  readonly source: string;
  page(next: string | undefined, options: CallOptions): Promise<SearchPage>;
}
export interface SearchPage {
  readonly rows: readonly Seen[];
  readonly next?: string | undefined;
  /** What of the answer could not be read; it costs itself alone, and is told. */
  readonly odd?: readonly Odd[];
}

export interface Sightings {
  readonly sightings: readonly Sighting[];
  readonly gaps: readonly Gap[];
}

export interface SearchOptions extends CallOptions {
  /** Pages of one list; the newest come first, what is older is a gap. */
  readonly maxPages?: number;
}

const MAX_PAGES = 20;
/** Attempts at one page. Being asked to slow down is no failure of the list and gets many more. */
const FAILURES = 3;
const BUSY_FAILURES = 60;
/** Longest wait for a vendor that asked for one; when it asks for more the list is given up. */
const LONGEST_WAIT_MS = 120_000;
const SHORT_WAIT_MS = 500;

/**
 * Walks the lists one after another and folds their rows. A list that can't be read, or not to its end, is a gap, and what was read
 * of it counts. Errors: the reason of the signal, and what is no error of the catalogue.
 */
export async function search(
  tenant: TenantRef,
  searches: readonly Search[],
  options: SearchOptions = {},
): Promise<Sightings> {
  const rows: SeenRow[] = [];
  const gaps: Gap[] = [];
  const here = { platform: tenant.platform, tenant: tenant.tenant };
  for (const list of searches) {
    const gap = await walk(list, options, (seen) => rows.push(...seen.map((row) => ({ ...row, ...here }))));
    if (gap) gaps.push({ ...here, source: list.source, ...gap });
  }
  return { sightings: sightingsOf(rows), gaps: distinct(gaps) };
}

async function walk(
  list: Search,
  options: SearchOptions,
  take: (rows: readonly Seen[]) => void,
): Promise<Pick<Gap, 'code' | 'text'> | undefined> {
  let odd = 0;
  const read = (): Pick<Gap, 'code' | 'text'> | undefined =>
    odd === 0 ? undefined : { code: 'ODD_ROWS', text: new QuellError('ODD_ROWS').message };
  try {
    const end = await walkPages(
      (next) => patiently(() => list.page(next, options), options.signal),
      ({ rows, odd: more }) => {
        take(rows);
        odd += more?.length ?? 0;
      },
      { pages: options.maxPages ?? MAX_PAGES, rows: Number.POSITIVE_INFINITY },
    );
    return end === 'end' ? read() : CUT[end];
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof QuellError)) throw error;
    // A person without a mailbox, an app that was never here: empty, and no failure.
    return error.code === 'VENDOR_NOT_FOUND' ? read() : { code: error.code, text: error.message };
  }
}

const CUT: Readonly<Record<Exclude<ListEnd, 'end'>, Pick<Gap, 'code' | 'text'>>> = {
  again: LEADS_TO_ITSELF,
  bound: {
    code: 'TOO_MUCH',
    text: 'There is more than is looked through for other people; the older part was not read.',
  },
};

/** Again where that may help, after as long as the vendor asks. */
async function patiently<T>(call: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  let failures = 0;
  let busy = 0;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof QuellError) || !error.retryable) throw error;
      const wait = error.retryAfterMs ?? SHORT_WAIT_MS;
      const tooOften = error.code === 'VENDOR_BUSY' ? ++busy >= BUSY_FAILURES : ++failures >= FAILURES;
      if (tooOften || wait > LONGEST_WAIT_MS) throw error;
      await pause(wait, signal);
    }
  }
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const ended = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', ended);
      resolve();
    }, ms);
    signal?.addEventListener('abort', ended, { once: true });
  });
}

/** One line for each list, however many traces it was asked about. */
const distinct = (gaps: readonly Gap[]): readonly Gap[] => [
  ...new Map(gaps.map((g) => [`${g.source} ${g.code}`, g])).values(),
];

const LISTS = {
  session: 'sessions',
  app: 'apps',
  device: 'devices',
  file: 'files',
} as const satisfies Partial<Record<TraceKind, keyof Traces>>;

/** Ids of a kind that this vendor gave. */
export const idsOf = (traces: Traces, kind: keyof typeof LISTS, platform: Platform): readonly string[] =>
  traces[LISTS[kind]].filter((t) => t.platform === platform).map((t) => t.id);

/** A gap for each kind of trace of the case that no log of this vendor can be searched by. */
export function unsearchable(
  { platform, tenant }: TenantRef,
  traces: Traces,
  why: Readonly<Partial<Record<TraceKind, string>>>,
): readonly Gap[] {
  const has = (kind: TraceKind): boolean =>
    kind === 'address'
      ? traces.addresses.length > 0
      : kind === 'forward'
        ? traces.forwards.length > 0
        : idsOf(traces, kind, platform).length > 0;
  return (Object.entries(why) as [TraceKind, string][])
    .filter(([kind]) => has(kind))
    .map(([kind, text]) => ({ platform, tenant, source: `${platform}.others.${kind}`, code: 'UNSUPPORTED', text }));
}
