import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Collection, EvidenceEvent, Gap } from '../../domain/evidence.js';
import { QuellError, type ErrorCode } from '../../domain/errors.js';
import type { EvidenceReader, EvidenceWriter } from '../../store/evidence-store.js';
import { countOdd, MAX_KEPT, type OddCount, type OddRow } from './odd-rows.js';

/** How far one source of a collection has come. */
export interface SourceProgress {
  /** Cursor to go on from; undefined before the first page. */
  cursor?: string;
  pages: number;
  rows: number;
  /** Rows of other accounts, which the vendor gave by mistake and which were not kept. */
  strangers: number;
  /** What could not be read of the vendor's answers. */
  odd: OddCount;
  /** Failed attempts since the last page, however many processes made them. */
  failures: number;
  done: boolean;
  again: boolean;
  /** Why something is missing, each once: of parts of the source, and of what ended it. */
  gaps: readonly Gap[];
}

type SpoolRecord =
  | {
      readonly type: 'page';
      readonly source: string;
      readonly events: readonly EvidenceEvent[];
      readonly next?: string;
      readonly strangers?: number;
      readonly odd?: readonly OddRow[];
      readonly gap?: Gap;
    }
  | { readonly type: 'done'; readonly source: string; readonly gap?: Gap }
  | { readonly type: 'failed'; readonly source: string; readonly code: ErrorCode }
  | { readonly type: 'again'; readonly source: string }
  | { readonly type: 'written'; readonly collection: Collection };

/** One file of the spool. */
interface Noted {
  readonly record: SpoolRecord;
  /** Key of the record before it. */
  readonly after?: string;
}

/** The compartment of what is collected: the evidence role alone reads it. */
export interface SpoolStore {
  readonly writer: EvidenceWriter;
  readonly reader: EvidenceReader;
}

/**
 * What a collection has read so far, so that the next attempt goes on where the last one died, in whatever process: page and cursor are one file, therefore no
 * row is lost or doubled. Each file names the one before it: of attempts that did not know of each other one line of files counts, from its beginning.
 * All but the result goes once the evidence file is written. It is under the key of its case, as that file is.
 */
export class CollectionSpool {
  readonly #events = new Map<string, EvidenceEvent>();
  /** What rows were before the vendor changed them. */
  readonly #earlier: EvidenceEvent[] = [];
  readonly #sources = new Map<string, SourceProgress>();
  readonly #odd = new Map<string, OddRow[]>();
  #written: Collection | undefined;
  /** Key of the newest record. */
  #last: string | undefined;

  private constructor(
    private readonly store: SpoolStore,
    private readonly caseId: string,
    private readonly name: string,
  ) {}

  /** `identity` names the collection: the same identity finds the same spool. Errors: STORE. */
  static async open(store: SpoolStore, identity: { readonly caseId: string }): Promise<CollectionSpool> {
    const name = createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 40);
    const spool = new CollectionSpool(store, identity.caseId, name);
    await spool.#load();
    return spool;
  }

  get rows(): number {
    return this.#events.size;
  }
  get written(): Collection | undefined {
    return this.#written;
  }
  /** Each row once, as it was read last, but after what it was before: a message that was edited while it was read is kept in both versions. */
  *versions(): Generator<EvidenceEvent> {
    yield* this.#earlier;
    yield* this.#events.values();
  }
  events(): IterableIterator<EvidenceEvent> {
    return this.#events.values();
  }
  /** What could not be read, as it came; of each source the first thousand. */
  *oddRows(): Generator<OddRow> {
    for (const odd of this.#odd.values()) yield* odd;
  }
  source(id: string): Readonly<SourceProgress> {
    return this.#source(id);
  }

  page(
    source: string,
    page: {
      readonly events: readonly EvidenceEvent[];
      readonly next?: string | undefined;
      /** Rows of other accounts that were left out. */
      readonly strangers?: number;
      readonly odd?: readonly OddRow[];
      /** Of a part of the source, which goes on. */
      readonly gap?: Gap | undefined;
    },
  ): Promise<void> {
    const { events, next, strangers = 0, odd = [], gap } = page;
    return this.#note({
      ...{ type: 'page', source, events },
      ...(next === undefined ? {} : { next }),
      ...(strangers === 0 ? {} : { strangers }),
      ...(odd.length === 0 ? {} : { odd }),
      ...(gap ? { gap } : {}),
    });
  }
  failed(source: string, code: ErrorCode): Promise<void> {
    return this.#note({ type: 'failed', source, code });
  }
  /** The vendor no longer takes the cursor: read from the start; rows that are known stay single. */
  again(source: string): Promise<void> {
    return this.#note({ type: 'again', source });
  }
  done(source: string, gap?: Gap): Promise<void> {
    return this.#note({ type: 'done', source, ...(gap ? { gap } : {}) });
  }

  /** The collection is in the evidence store: only its references stay here, for an attempt that lost the answer. */
  async finish(collection: Collection): Promise<void> {
    // Looked up before: of two attempts that finish at once neither takes the other's result away.
    const read = await this.store.reader.list(this.caseId, this.name);
    await this.#note({ type: 'written', collection });
    for (const key of read) await this.store.writer.remove(this.caseId, key);
  }

  async #load(): Promise<void> {
    const following = new Map<string | undefined, { readonly key: string; readonly record: SpoolRecord }>();
    const keys = await this.store.reader.list(this.caseId, this.name);
    for (const key of keys) {
      const noted = await this.#read(key);
      if (noted === undefined) continue;
      const { record, after } = noted;
      if (record.type === 'written') {
        this.#take(key, record);
        // An attempt that died after it noted the result left them.
        for (const other of keys.filter((one) => one !== key)) await this.store.writer.remove(this.caseId, other);
        return;
      }
      if (!following.has(after)) following.set(after, { key, record });
    }
    for (let next = following.get(undefined); next; next = following.get(next.key)) this.#take(next.key, next.record);
  }

  /** From a file on that does not open (its key was changed, its writer finished meanwhile) the vendor is asked again. */
  async #read(key: string): Promise<Noted | undefined> {
    try {
      return await this.store.reader.readJson<Noted>(this.caseId, { key });
    } catch (error) {
      if (error instanceof QuellError && (error.code === 'STORE_GONE' || error.code === 'STORE_TAMPERED'))
        return undefined;
      throw error;
    }
  }

  async #note(record: SpoolRecord): Promise<void> {
    const noted: Noted = { record, ...(this.#last === undefined ? {} : { after: this.#last }) };
    const { key } = await this.store.writer.writeJson(this.caseId, this.name, noted);
    this.#take(key, record);
  }

  #source(id: string): SourceProgress {
    let source = this.#sources.get(id);
    if (!source)
      this.#sources.set(
        id,
        (source = {
          pages: 0,
          rows: 0,
          strangers: 0,
          odd: { rows: 0 },
          failures: 0,
          done: false,
          again: false,
          gaps: [],
        }),
      );
    return source;
  }

  #take(key: string, record: SpoolRecord): void {
    this.#last = key;
    if (record.type === 'written') {
      this.#written = record.collection;
      this.#events.clear();
      this.#earlier.length = 0;
      this.#odd.clear();
      return;
    }
    const source = this.#source(record.source);
    if (record.type === 'failed') source.failures++;
    if (record.type === 'again') {
      source.again = true;
      source.odd = { rows: 0 };
      source.strangers = 0;
      source.gaps = [];
      this.#odd.delete(record.source);
      delete source.cursor;
    }
    if (record.type === 'done') {
      source.done = true;
      source.gaps = withGap(source.gaps, record.gap);
    }
    if (record.type === 'page') {
      source.pages++;
      source.strangers += record.strangers ?? 0;
      source.odd = countOdd(source.odd, record.odd ?? []);
      if (record.odd)
        this.#odd.set(record.source, [...(this.#odd.get(record.source) ?? []), ...record.odd].slice(0, MAX_KEPT));
      source.gaps = withGap(source.gaps, record.gap);
      source.failures = 0; // it goes on: only a source that stands still is given up
      if (record.next === undefined) source.done = true;
      else source.cursor = record.next;
      for (const event of record.events) {
        if (!this.#events.has(event.id)) source.rows++;
        const known = this.#events.get(event.id);
        if (known?.source === event.source && !isDeepStrictEqual(known, event)) this.#earlier.push(known);
        this.#events.set(event.id, event);
      }
    }
  }
}

const withGap = (gaps: readonly Gap[], gap: Gap | undefined): readonly Gap[] =>
  gap === undefined || gaps.some((known) => isDeepStrictEqual(known, gap)) ? gaps : [...gaps, gap];
