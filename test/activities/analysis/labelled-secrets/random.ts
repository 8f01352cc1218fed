/** Numbers that look random and are the same in every run: the set is written once, by its seed. */
export interface Random {
  /** A whole number from 0 up to, but without, `n`. */
  below(n: number): number;
  pick<T>(from: readonly T[]): T;
  /** So many characters of an alphabet. */
  chars(alphabet: string, n: number): string;
}

export const LOWER = 'abcdefghijklmnopqrstuvwxyz';
export const UPPER = LOWER.toUpperCase();
export const DIGITS = '0123456789';
export const HEX = '0123456789abcdef';
export const WORDLIKE = LOWER + UPPER + DIGITS;

/** mulberry32: small, and good enough for test data. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return {
    below,
    pick: (from) => {
      const one = from[below(from.length)];
      if (one === undefined) throw new Error('nothing to pick from');
      return one;
    },
    chars: (alphabet, n) => Array.from({ length: n }, () => alphabet.charAt(below(alphabet.length))).join(''),
  };
}
