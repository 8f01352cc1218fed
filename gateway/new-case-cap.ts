const MINUTE_MS = 60_000;

/** New cases of each source in the last minute, against its bound. Cases that were let through stay let through. */
export class NewCaseCap {
  readonly #opened = new Map<string, { readonly caseId: string; readonly at: number }[]>();

  constructor(
    readonly perMinute: ReadonlyMap<string, number>,
    readonly now: () => number = Date.now,
  ) {}

  mayOpen(source: string, caseId: string): boolean {
    const recent = (this.#opened.get(source) ?? []).filter((o) => this.now() - o.at < MINUTE_MS);
    if (recent.some((o) => o.caseId === caseId)) return true;
    const may = recent.length < (this.perMinute.get(source) ?? 0);
    this.#opened.set(source, may ? [...recent, { caseId, at: this.now() }] : recent);
    return may;
  }
}
