import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Collection, EvidenceEvent, Gap } from '../../domain/evidence.js';
import type { ErrorCode } from '../../domain/errors.js';
import { AppendFile } from '../../store/append-file.js';
import { writeWhole } from '../../store/files.js';
import type { SigningKey } from '../../store/key-ring.js';
import { readLog } from '../../store/lines.js';
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

/**
 * What a collection has read so far, on the evidence worker's own disk, so that a new attempt goes on where the last one died: page and
 * cursor are one line, therefore no row is lost or doubled. Lines are encrypted with a key that only this role can derive; the file is
 * emptied once the evidence file is written. A torn last line is read again from the vendor.
 */
export class CollectionSpool {
  readonly #events = new Map<string, EvidenceEvent>();
  /** What rows were before the vendor changed them. */
  readonly #earlier: EvidenceEvent[] = [];
  readonly #sources = new Map<string, SourceProgress>();
  readonly #odd = new Map<string, OddRow[]>();
  #written: Collection | undefined;

  private constructor(
    private readonly path: string,
    private readonly key: Buffer,
    private file: AppendFile,
  ) {}

  /** `identity` names the collection: the same identity finds the same spool. */
  static async open(folder: string, identity: object, owner: SigningKey): Promise<CollectionSpool> {
    const name = createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 40);
    const secret = Buffer.from(owner.privateKey.export({ format: 'jwk' }).d ?? '', 'base64url');
    const key = Buffer.from(hkdfSync('sha256', secret, name, 'quell collection spool', 32));
    const path = join(folder, `${name}.spool`);
    // From a line of another key on, as from a torn one, the vendor is asked again.
    const { entries, end } = await readLog(path, (text) => opened(text, key));
    const spool = new CollectionSpool(path, key, await AppendFile.open(path, end));
    for (const record of entries) spool.#take(record);
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
    await this.file.close();
    await writeWhole(this.path, sealed({ type: 'written', collection }, this.key));
    this.file = await AppendFile.open(this.path);
    this.#take({ type: 'written', collection });
  }

  close(): Promise<void> {
    return this.file.close();
  }

  async #note(record: SpoolRecord): Promise<void> {
    await this.file.append(sealed(record, this.key));
    this.#take(record);
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

  #take(record: SpoolRecord): void {
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

function sealed(record: SpoolRecord, key: Buffer): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const body = Buffer.concat([cipher.update(JSON.stringify(record), 'utf8'), cipher.final()]);
  return `${Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64')}\n`;
}

function opened(line: string, key: Buffer): SpoolRecord | undefined {
  const bytes = Buffer.from(line, 'base64');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
    decipher.setAuthTag(bytes.subarray(12, 28));
    return JSON.parse(
      Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8'),
    ) as SpoolRecord;
  } catch {
    return undefined;
  }
}
