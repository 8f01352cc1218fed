import { QuellError } from '../../domain/errors.js';
import type { EvidencePort, EvidenceSource, SourceQuery } from '../../platforms/ports.js';
import type { Fault } from '../../simulator/core/world.js';
import { inARow, type Mishap } from './faults.js';
import { secretsIn } from './secrets.js';
import { observed, type Subject } from './subject.js';

/** One thing that the evidence role reads, walked to its end: a source, or the directory. */
export interface Read {
  readonly name: string;
  /** One page: what was read, by id, and where to go on. */
  page(cursor: string | undefined): Promise<{ readonly ids: readonly string[]; readonly next?: string | undefined }>;
}

/** What is read otherwise where the subject is an app: a read of its own beside that of a person. */
export interface OfApp {
  readonly sources: readonly string[];
  /** Those of them that a person has nothing in. */
  readonly alone?: readonly string[];
  readonly query: SourceQuery;
}
const OF_APP = ' of an app';
/** The source or directory that a read is of. */
export const sourceOf = (name: string): string => name.replace(OF_APP, '');

/** Everything that a port reads, about one subject, and about an app. */
export function readsOf(port: EvidencePort, query: SourceQuery, app?: OfApp): readonly Read[] {
  const { directory } = port;
  const lookup = (by: Parameters<typeof directory.lookup>[0]) => async () => ({
    ids: [JSON.stringify(await directory.lookup(by))],
  });
  return [
    ...port.sources
      .filter(({ id }) => app?.alone?.includes(id) !== true)
      .map((source) => read(source, source.id, query)),
    ...port.sources
      .filter(({ id }) => app?.sources.includes(id) === true)
      .map((source) => read(source, `${source.id}${OF_APP}`, app?.query ?? query)),
    {
      name: 'directory list',
      page: async (cursor) => {
        const { entries, next } = await directory.list(cursor);
        return { ids: entries.map((e) => e.nativeId), next };
      },
    },
    { name: 'directory by id', page: lookup({ nativeId: query.nativeId }) },
    { name: 'directory by mail', page: lookup({ email: query.emails[0] ?? '' }) },
  ];
}

const read = (source: EvidenceSource, name: string, query: SourceQuery): Read => ({
  name,
  page: async (cursor) => {
    const { events, next } = await source.read(query, cursor);
    return { ids: events.map((e) => e.id), next };
  },
});

export interface Outcome {
  /** Of everything that was read, sorted; an id that came twice is there twice. */
  readonly ids: readonly string[];
  readonly pages: number;
  readonly errors: readonly QuellError[];
}

/** More in a row than any of the faults here makes: then the collection would have a gap. */
const FAILURES = 4;
const MAX_PAGES = 500;

/**
 * Walks a read as a collection does: what may be tried again is tried again from the last cursor, which is text and all
 * that is kept between two pages; a cursor that is refused is thrown away, once, and known rows stay single.
 */
export async function readWhole(read: Read): Promise<Outcome> {
  const errors: QuellError[] = [];
  let ids: string[] = [];
  let cursor: string | undefined;
  let [pages, failures, again] = [0, 0, false];
  for (;;) {
    try {
      const { ids: more, next } = await read.page(cursor);
      pages++;
      failures = 0;
      ids.push(...more);
      if (next === undefined) return { ids: ids.sort(), pages, errors };
      if (next === cursor || pages > MAX_PAGES) throw new Error(`${read.name}: paging does not end`);
      cursor = next;
    } catch (error) {
      if (!(error instanceof QuellError)) throw error;
      errors.push(error);
      if (cursor !== undefined && !again && (error.code === 'VENDOR_REFUSED' || error.code === 'VENDOR_NOT_FOUND'))
        [again, cursor, ids] = [true, undefined, []];
      else if (!error.retryable || ++failures >= FAILURES) throw error;
    }
  }
}

export interface Undisturbed extends Outcome {
  /** The operations that were called, each with how often. */
  readonly calls: ReadonlyMap<string, number>;
}

/** A read without any fault; on a busy machine a call may be given up too soon, then once more. */
export async function undisturbed(subject: Subject, open: () => Read): Promise<Undisturbed> {
  for (let n = 0; ; n++) {
    const { value, calls } = await observed(subject.world, () => readWhole(open()));
    if (value.errors.length === 0) return { ...value, calls };
    if (n === 5) throw value.errors[0] as Error;
  }
}

/**
 * What is wrong with a read that runs into mishaps, one after another, after so many calls of one of its operations; empty
 * when nothing is lost, nothing doubled and nothing told that must not be.
 */
export async function wrongAfter(
  subject: Subject,
  open: () => Read,
  expected: Undisturbed,
  { operation, skip, kinds }: { readonly operation: string; readonly skip: number; readonly kinds: readonly Mishap[] },
): Promise<readonly string[]> {
  const { world, platform } = subject;
  const faults = inARow(kinds, { platform, operation, skip });
  const where = `call ${String(skip + 1)}: ${kinds.join(', ')}`;
  world.faults.push(...faults);
  try {
    const got = await readWhole(open());
    return [
      ...(JSON.stringify(got.ids) === JSON.stringify(expected.ids)
        ? []
        : [`${where}: read ${String(got.ids.length)} rows, not the same ${String(expected.ids.length)}`]),
      ...faults.filter((f) => f.times > 0).map((f) => `${f.kind}: was never met`),
      ...wrongWith(got.errors, faults).map((text) => `${where}: ${text}`),
      ...got.errors.flatMap((error) => secretsIn(error, subject.secrets()).map((s) => `${where}: an error tells ${s}`)),
    ];
  } catch (error) {
    return [`${where}: ${String(error)}`];
  } finally {
    world.faults.length = 0;
  }
}

/** Each fault is told as what it is. A busy machine may lose a call or two more; that is an outage like any other. */
function wrongWith(errors: readonly QuellError[], faults: readonly Fault[]): readonly string[] {
  const busy = errors.filter((e) => e.code === 'VENDOR_BUSY');
  const asked = faults.filter((f) => f.kind === 'throttle').length;
  const throttled = asked + faults.filter((f) => f.kind === 'throttle_without_header').length;
  const others = errors.filter((e) => !['VENDOR_BUSY', 'VENDOR_DOWN', 'VENDOR_REPLY'].includes(e.code));
  return [
    ...(errors.length >= faults.length ? [] : [`${String(errors.length)} of ${String(faults.length)} were told`]),
    ...(busy.length === throttled ? [] : [`${String(busy.length)} of ${String(throttled)} throttled calls were told`]),
    ...(busy.filter((e) => e.retryAfterMs === 1000).length === asked
      ? []
      : ['does not wait as long as it was asked to']),
    ...others.map((e) => `ended as ${e.message}`),
  ];
}

/** What is wrong with a read that lacks the scope of one of its operations: it must say so at once, and name the operation. */
export async function wrongWithoutScope(
  subject: Subject,
  open: () => Read,
  operation: string,
): Promise<readonly string[]> {
  const { world, platform } = subject;
  world.faults.push({ platform, operation, kind: 'missing_scope', times: Number.MAX_SAFE_INTEGER });
  try {
    await readWhole(open());
    return ['missing_scope: went on as if nothing were missing'];
  } catch (error) {
    if (!(error instanceof QuellError)) throw error;
    return [
      ...(error.code === 'VENDOR_SCOPE' ? [] : [`missing_scope: ended as ${error.code}`]),
      ...(error.detail?.includes(operation) ? [] : [`missing_scope: ${error.message} does not name ${operation}`]),
      ...secretsIn(error, subject.secrets()).map((s) => `missing_scope: the error tells ${s}`),
    ];
  } finally {
    world.faults.length = 0;
  }
}
