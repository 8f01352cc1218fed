const MINUTE_MS = 60_000;

/** New cases of each source in the last minute, against its bound. Cases that were let through stay let through for that minute. */
export class NewCaseCap {
  readonly #opened = new Map<string, { readonly caseId: string; readonly at: number }[]>();

  constructor(
    readonly perMinute: ReadonlyMap<string, number>,
    readonly now: () => number = Date.now,
  ) {}

  mayOpen(source: string, caseId: string): boolean {
    const recent = this.#recent(source);
    if (recent.some((o) => o.caseId === caseId)) return true;
    if (this.room(source) === 0) return false;
    this.#opened.set(source, [...recent, { caseId, at: this.now() }]);
    return true;
  }

  /** How many more the source may open now. */
  room(source: string): number {
    return Math.max(0, (this.perMinute.get(source) ?? 0) - this.#recent(source).length);
  }

  #recent(source: string): { readonly caseId: string; readonly at: number }[] {
    return (this.#opened.get(source) ?? []).filter((o) => this.now() - o.at < MINUTE_MS);
  }
}
