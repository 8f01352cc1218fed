import { bitsOf, type Address } from './address.js';

/** What is said of networks, looked up by address: a look-up takes as many steps as there are lengths of networks, not as there are networks. */
export class NetworkTable<T> {
  readonly #said = new Map<string, T[]>();
  readonly #lengths = new Set<number>();

  /** `network` may be an address. False, and nothing is kept, when it is neither. */
  add(network: string, value: T): boolean {
    const bits = bitsOf(network);
    if (bits === undefined) return false;
    this.#lengths.add(bits.length);
    const said = this.#said.get(bits);
    if (said) said.push(value);
    else this.#said.set(bits, [value]);
    return true;
  }

  /** What is said of the networks that hold the address, the smallest network first. */
  holding(address: Address): readonly T[] {
    const bits = bitsOf(address);
    if (bits === undefined) return [];
    const lengths = [...this.#lengths].filter((length) => length <= bits.length).sort((a, b) => b - a);
    return lengths.flatMap((length) => this.#said.get(bits.slice(0, length)) ?? []);
  }
}
