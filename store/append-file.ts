import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { QuellError } from '../domain/errors.js';
import { ensureDir, FILE_MODE, io, syncDir } from './files.js';

interface Waiting {
  readonly data: Buffer;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * A file that one process appends to. What is asked for while a write is under way goes out together with one fsync (group commit).
 * A write that fails leaves nothing behind, at the latest when the next one begins; a file that has grown by another hand is refused.
 */
export class AppendFile {
  private waiting: Waiting[] = [];
  private running: Promise<void> | undefined;
  /** A write that failed left something behind that could not be cut off yet. */
  private torn = false;

  private constructor(
    private readonly file: FileHandle,
    private end: number,
  ) {}

  /** Opens or makes it, cut to `size` when given (what lies beyond is a torn line). Errors: STORE. */
  static async open(path: string, size?: number): Promise<AppendFile> {
    return io('append', async () => {
      await ensureDir(dirname(path));
      const file = await open(path, 'a+', FILE_MODE);
      try {
        if (size !== undefined) await file.truncate(size);
        await file.sync();
        await syncDir(dirname(path));
        return new AppendFile(file, (await file.stat()).size);
      } catch (error) {
        await file.close();
        throw error;
      }
    });
  }

  get size(): number {
    return this.end;
  }

  /** On disk when it resolves; in the order of the calls. Errors: STORE. */
  append(data: string | Buffer): Promise<void> {
    return new Promise((done, failed) => {
      this.waiting.push({ data: typeof data === 'string' ? Buffer.from(data) : data, done, failed });
      this.running ??= this.run();
    });
  }

  async close(): Promise<void> {
    while (this.running !== undefined) await this.running;
    await this.file.close();
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      try {
        await io('append', () => this.write(Buffer.concat(batch.map(({ data }) => data))));
        for (const { done } of batch) done();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    this.running = undefined;
  }

  private async write(data: Buffer): Promise<void> {
    if (this.torn) await this.cut();
    const { size } = await this.file.stat();
    if (size !== this.end) throw new QuellError('STORE', 'the file was changed by another process');
    try {
      let at = 0;
      while (at < data.length) at += (await this.file.write(data, at)).bytesWritten;
      await this.file.datasync();
      this.end += data.length;
    } catch (error) {
      this.torn = true;
      await this.cut().catch(() => undefined);
      throw error;
    }
  }

  private async cut(): Promise<void> {
    await this.file.truncate(this.end);
    this.torn = false;
  }
}
