import type { Binding, ContainmentMemory, Turn } from '../../../activities/containment/ports.js';
import type { Lease } from '../../../domain/budget.js';
import type { Stop } from '../../../domain/decision.js';
import { QuellError } from '../../../domain/errors.js';
import { recordOf, type NotedStep, type StepId, type StepNote, type StepRecord } from '../../../domain/step-record.js';
import type { SwitchState } from '../../../domain/switch.js';

const keyOf = ({ planDigest, step }: StepId): string => `${planDigest}:${String(step)}`;

/** The memory of one containment worker, in this process alone: for what needs no database. */
export class ProcessMemory implements ContainmentMemory {
  readonly turnMs = 60_000;
  readonly #turns = new Map<string, string>();
  readonly #notes = new Map<string, readonly StepNote[]>();
  readonly #used = new Map<string, string>();
  readonly #burnt = new Set<string>();
  readonly #leases = new Map<string, Lease>();
  #standing: SwitchState = { used: [] };

  async takeTurn({ key, holder }: Turn): Promise<boolean> {
    if (this.#turns.has(key)) return false;
    this.#turns.set(key, holder);
    return true;
  }
  async keepTurn(): Promise<void> {}
  async endTurn({ key }: Turn): Promise<void> {
    this.#turns.delete(key);
  }

  async step(id: StepId): Promise<StepRecord> {
    return recordOf(this.#notes.get(keyOf(id)) ?? []);
  }
  async note(_turn: Turn, id: NotedStep, note: StepNote): Promise<void> {
    this.#notes.set(keyOf(id), [...(this.#notes.get(keyOf(id)) ?? []), note]);
  }

  async bind({ planDigest, tokens, lease }: Binding, refuse: Parameters<ContainmentMemory['bind']>[1]): Promise<void> {
    const refusal = refuse([...this.#leases.values()]);
    if (refusal !== undefined) throw new QuellError('BUDGET', refusal);
    await this.use(tokens, planDigest);
    this.#leases.set(lease.owner, lease);
  }
  async use(tokens: readonly string[], planDigest: string): Promise<void> {
    if (tokens.some((t) => (this.#used.get(t) ?? planDigest) !== planDigest)) throw new QuellError('DECISION_REPLAYED');
    for (const token of tokens) this.#used.set(token, planDigest);
  }
  async endLease(owner: string): Promise<void> {
    this.#leases.delete(owner);
  }
  async burntOf(tokens: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set(tokens.filter((t) => this.#burnt.has(t)));
  }
  async burn(tokens: readonly string[]): Promise<void> {
    for (const token of tokens) this.#burnt.add(token);
  }

  async stopped(): Promise<Stop | undefined> {
    return this.#standing.stopped;
  }
  async standing(): Promise<SwitchState> {
    return this.#standing;
  }
  async obey(
    { used }: SwitchState,
    ...[signed, stopped]: [Parameters<ContainmentMemory['obey']>[1], Stop | undefined]
  ) {
    this.#standing = { used: [...used, signed.body.nonce], ...(stopped ? { stopped } : {}) };
    return true;
  }
}
