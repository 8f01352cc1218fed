import type { Role } from '../../../store/role-keys.js';
import type { Kill, KillPlan } from './killing.js';
import type { Statement } from './wire.js';

/** Numbers of [0, 1) that follow from a seed: the generator mulberry32. */
export function chanceOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of a role's next so many statements is hit. Only what changes something counts: looks are most of what is asked. */
const AMONG = 24;
const CHANGES = /\b(INSERT|UPDATE|DELETE)\b|^COMMIT$/;

/** Kills by chance, so many at most: each role at the n-th statement from its last kill on, before or after it. */
export class ByChance implements KillPlan {
  readonly #wait = new Map<Role, number>();

  constructor(
    private readonly chance: () => number,
    private left: number,
  ) {}

  at(role: Role, { text, within }: Statement): Kill | undefined {
    if (this.left === 0 || !CHANGES.test(text)) return undefined;
    const wait = this.#wait.get(role) ?? this.#next();
    this.#wait.set(role, wait - 1);
    if (wait > 0) return undefined;
    this.#wait.set(role, this.#next());
    this.left -= 1;
    const what = text === 'COMMIT' ? `COMMIT of ${within.map((one) => one.text.slice(0, 40)).join('; ')}` : text;
    const when = this.chance() < 0.5 ? 'before' : 'after';
    return { name: `${role}: ${what.slice(0, 120)}, ${when}`, when };
  }

  giveBack(): void {
    this.left += 1;
  }

  #next(): number {
    return Math.floor(this.chance() * AMONG);
  }
}
