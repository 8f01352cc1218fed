/** What the registry means, one call after the other: subjects and aliases are words. */
export class Model {
  private readonly holders = new Map<string, { subject: string; verified: boolean }>();
  private readonly joined = new Map<string, string>();
  private given = 0;

  resolve(aliases: readonly string[]): string {
    const known = aliases.map((alias) => this.find(alias)).find((subject) => subject !== undefined);
    if (known !== undefined) return known;
    const subject = `subject ${++this.given}`;
    for (const alias of aliases) this.holders.set(alias, { subject, verified: false });
    return subject;
  }

  /** Answers the aliases that stay with others. */
  bind(subject: string, aliases: readonly string[]): readonly string[] {
    const losers = new Set<string>();
    for (const alias of aliases) {
      const held = this.holders.get(alias);
      if (held?.verified) continue;
      if (held) losers.add(this.canonical(held.subject));
      this.holders.set(alias, { subject, verified: true });
    }
    const kept = new Set([...this.holders.values()].map((held) => this.canonical(held.subject)));
    for (const loser of losers) if (!kept.has(loser)) this.merge(loser, subject);
    return aliases.filter((alias) => this.find(alias) !== this.canonical(subject));
  }

  merge(from: string, into: string): void {
    const [old, stays] = [this.canonical(from), this.canonical(into)];
    if (old !== stays) this.joined.set(old, stays);
  }

  canonical(subject: string): string {
    const next = this.joined.get(subject);
    return next === undefined ? subject : this.canonical(next);
  }

  find(alias: string): string | undefined {
    const held = this.holders.get(alias);
    return held && this.canonical(held.subject);
  }

  isVerified(alias: string): boolean {
    return this.holders.get(alias)?.verified ?? false;
  }
}
