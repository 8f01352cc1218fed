import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { networkOf } from '../../../domain/address.js';
import { QuellError } from '../../../domain/errors.js';
import { NetworkTable } from '../../../domain/network-table.js';
import type { Indicator, Verdict } from './intelligence.js';

/**
 * Indicator lists that the operator supplies. Text files, one indicator a line: an address, a CIDR, a domain (matches its subdomains too)
 * or a SHA-256, optionally followed by `,low|medium|high` and `,note`. `#` begins a comment; Tor's `ExitAddress <ip> …` lines are read too.
 * Errors: CONFIG with file and line.
 */
export class IndicatorLists {
  readonly #domains = new Map<string, Verdict>();
  readonly #hashes = new Map<string, Verdict>();
  readonly #networks = new NetworkTable<Verdict>();

  static read(files: readonly string[]): IndicatorLists {
    const lists = new IndicatorLists();
    for (const file of files) lists.add(basename(file), readFileSync(file, 'utf8'));
    return lists;
  }

  add(source: string, text: string): void {
    for (const [i, raw] of text.split(/\r?\n/).entries()) {
      const line = raw.replace(/#.*/, '').trim();
      const exit = /^ExitAddress (\S+)/.exec(line);
      if (line === '' || /^(ExitNode|Published|LastStatus) /.test(line)) continue;
      this.#addLine(source, exit?.[1] === undefined ? line : `${exit[1]},medium,Tor exit`, i + 1);
    }
  }

  *match({ type, value }: Indicator): Generator<Verdict> {
    if (type === 'sha256') yield* told(this.#hashes.get(value));
    else if (type === 'domain') {
      const labels = value.split('.');
      for (let i = 0; i < labels.length - 1; i++) yield* told(this.#domains.get(labels.slice(i).join('.')));
    } else yield* this.#networks.holding(value);
  }

  #addLine(source: string, line: string, number: number): void {
    const [value = '', confidence = '', ...note] = line.split(',').map((f) => f.trim());
    const level = confidence === '' ? 'medium' : confidence;
    const entry = {
      source,
      confidence: level as Verdict['confidence'],
      text: note.join(', ') || `listed in ${source}`,
    };
    const bad = new QuellError('CONFIG', `indicator list ${source}, line ${String(number)}`);
    if (level !== 'low' && level !== 'medium' && level !== 'high') throw bad;
    if (/^[0-9a-f]{64}$/i.test(value)) this.#hashes.set(value.toLowerCase(), entry);
    else if (networkOf(value) !== undefined) this.#networks.add(value, entry);
    else if (/^(?=.{4,253}$)(?:[a-z0-9_-]{1,63}\.)+[a-z0-9-]{2,63}$/i.test(value))
      this.#domains.set(value.toLowerCase(), entry);
    else throw bad;
  }
}

const told = (entry: Verdict | undefined): readonly Verdict[] => (entry === undefined ? [] : [entry]);
