/** Takes parts of exact length from a stream of parts of any length. */
export class ByteReader {
  private readonly parts: AsyncIterator<Uint8Array>;
  private held: Uint8Array[] = [];
  private bytes = 0;

  constructor(parts: AsyncIterable<Uint8Array>) {
    this.parts = parts[Symbol.asyncIterator]();
  }

  /** `length` bytes, fewer at the end. */
  async take(length: number): Promise<Buffer> {
    await this.fill(length);
    const all = this.held.length === 1 && this.held[0] ? this.held[0] : Buffer.concat(this.held);
    const taken = all.subarray(0, length);
    const rest = all.subarray(length);
    this.held = rest.length === 0 ? [] : [rest];
    this.bytes = rest.length;
    return Buffer.from(taken.buffer, taken.byteOffset, taken.length);
  }

  async isAtEnd(): Promise<boolean> {
    await this.fill(1);
    return this.bytes === 0;
  }

  /** Ends the stream, wherever it is. */
  async close(): Promise<void> {
    await this.parts.return?.();
  }

  private async fill(length: number): Promise<void> {
    while (this.bytes < length) {
      const next = await this.parts.next();
      if (next.done === true) return;
      this.held.push(next.value);
      this.bytes += next.value.length;
    }
  }
}
