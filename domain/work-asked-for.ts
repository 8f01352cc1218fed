import {
  citing,
  day,
  earliest,
  isBefore,
  isOf,
  MESSAGES,
  readable,
  USUAL_MESSAGES,
  type Speaker,
} from './announced.js';
import type { EvidenceEvent } from './evidence.js';
import { asksForWork, fold, forbids, namesIn, wordsOf } from './message-words.js';
import { namesThings, numbersIn, refsIn, refsOfRow } from './named-things.js';

/** Names of more than this share of what the person ever touched name nothing. */
const USUAL_NAMES = 0.2;
/** What a number of things may be off by, and from where it says something. */
const OFF = 0.1;
const FEW = 10;

export interface WorkAskedFor {
  /** `exact`: it speaks to the person, or names how many things there are. */
  readonly strength: 'named' | 'exact';
  readonly events: readonly string[];
  readonly text: string;
}

/**
 * Whether somebody else of the organisation asked for, or announced, what was taken, changed or exported.
 *
 * @param taken rows of the collection, whosever they are
 * @param messages rows of any kind; those that say nothing are passed over
 * @param past the person's rows of before: words that a fifth of the things there carry name nothing by themselves
 */
export function workAskedFor(
  taken: readonly EvidenceEvent[],
  messages: readonly EvidenceEvent[],
  speaker: Speaker,
  past: readonly EvidenceEvent[] = [],
): WorkAskedFor | undefined {
  if (taken.length === 0) return undefined;
  const first = earliest(taken);
  const said = readable(messages).filter((e) => Date.parse(e.at) < first);
  const things = namesThings(taken);
  const usual = usualWords(said, past);
  const half = (names: ReadonlyMap<string, number>, word: string): boolean =>
    (names.get(word) ?? 0) * 2 >= things.count && things.count > 0;
  const refs = refsOfRow(taken);
  const asked = said.flatMap((e) => {
    const text = e.text ?? '';
    const folded = fold(text);
    if (isOf(e, speaker) || !isBefore(e, first) || forbids(folded)) return [];
    const ref = refsIn(text).find((r) => half(refs, r));
    const shared = asksForWork(folded)
      ? [...new Set(namesIn(text))].filter((w) => half(things.words, w) && !asksForWork(w))
      : [];
    const counted = shared.length > 0 && numbersIn(text).some((n) => isNumberOf(n, [things.count, taken.length]));
    const word = ref ?? shared.find((w) => !usual.has(w)) ?? (counted ? shared[0] : undefined);
    return word === undefined ? [] : [{ e, word, isExact: counted || isAddressed(text, speaker) }];
  });
  const exact = asked.filter((a) => a.isExact);
  const shown = exact.length > 0 ? exact : asked;
  const [best] = shown;
  if (!best) return undefined;
  return {
    strength: exact.length > 0 ? 'exact' : 'named',
    events: citing(shown.map(({ e }) => e)),
    text: `${best.e.actor ?? ''} wrote of it on ${day(best.e)}, before it was done: “${asWritten(best.e.text ?? '', best.word)}”`,
  };
}

/** A stem is no word for people. */
const asWritten = (text: string, word: string): string =>
  text.match(/[\p{L}\p{M}]+/gu)?.find((w) => namesIn(w).includes(word)) ?? word;

const isNumberOf = (n: number, counts: readonly number[]): boolean =>
  n >= FEW && counts.some((count) => Math.abs(n - count) <= OFF * count);

/** Spoken to by id, as the vendors write mentions, or by name. */
function isAddressed(text: string, { accounts, names = [] }: Speaker): boolean {
  const spoken = new Set(wordsOf(text));
  return (
    accounts.some((id) => text.includes(`<@${id}>`) || text.includes(`<users/${id}>`)) ||
    names.some((name) => wordsOf(name).some((w) => w.length > 2 && spoken.has(w)))
  );
}

/** Words of everyday talk, and of what the person always has in hand. */
function usualWords(said: readonly EvidenceEvent[], past: readonly EvidenceEvent[]): ReadonlySet<string> {
  const spoken = new Map<string, number>();
  for (const e of said) for (const w of new Set(namesIn(e.text ?? ''))) spoken.set(w, (spoken.get(w) ?? 0) + 1);
  const before = namesThings(past.filter((e) => !MESSAGES.includes(e.kind)));
  return new Set([
    ...[...spoken].filter(([, n]) => n > USUAL_MESSAGES).map(([w]) => w),
    ...[...before.words].filter(([, n]) => n > USUAL_NAMES * before.count).map(([w]) => w),
  ]);
}
