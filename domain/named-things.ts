import type { EvidenceEvent } from './evidence.js';
import { fold, namesIn } from './message-words.js';

/** What rows are about, each thing once, and in how many of them each word of their names stands. */
export interface NamedThings {
  readonly count: number;
  readonly words: ReadonlyMap<string, number>;
}

/** Vendors name searches and settings by their id. */
const nameOf = ({ target, channel }: EvidenceEvent): string =>
  [target?.name, NAMED_BY_ID.includes(target?.type ?? '') ? target?.id : undefined, channel?.name]
    .filter((n) => n !== undefined)
    .join(' ');
const NAMED_BY_ID = ['export', 'setting'];
const thingOf = (e: EvidenceEvent): string => `${e.platform} ${e.target?.id ?? e.channel?.id ?? e.id}`;

/** Things that no name is known of count, and carry no word. */
export function namesThings(rows: readonly EvidenceEvent[]): NamedThings {
  const names = byThing(rows, (e) => namesIn(nameOf(e)));
  return { count: names.size, words: counted(names) };
}

/** In how many of the things each number of a change, a ticket or a matter stands: in the name, the operation or the reasons. */
export const refsOfRow = (rows: readonly EvidenceEvent[]): ReadonlyMap<string, number> =>
  counted(byThing(rows, (e) => numberedIn([nameOf(e), e.operation, ...(e.reasons ?? [])].join(' '))));

function byThing(
  rows: readonly EvidenceEvent[],
  wordsIn: (row: EvidenceEvent) => readonly string[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const things = new Map<string, Set<string>>();
  for (const e of rows) {
    const thing = things.get(thingOf(e)) ?? new Set();
    for (const word of wordsIn(e)) thing.add(word);
    things.set(thingOf(e), thing);
  }
  return things;
}

function counted(things: ReadonlyMap<string, ReadonlySet<string>>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const words of things.values()) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** `CHG-1234`, `CH-408`, `INC0012345`: letters and a hyphen, or so many digits that it is no model or norm. */
const TICKET = /(?<![\p{L}\p{N}])(\p{Lu}{2,8})(?:-(\d{2,8})|(\d{5,9}))(?![\p{L}\p{N}])/gu;
const tickets = (text: string): readonly string[] =>
  [...text.matchAll(TICKET)].map(([, letters = '', long, short]) => `${fold(letters)}-${long ?? short ?? ''}`);

/** A number that its word makes one: `matter 26-041`, `ticket #87102`, `Vorgang 5512`. A bare year is none. */
const WORDED =
  /(?<!\p{L})(?:matter|case|ticket|change|request|incident|vorgang|auftrag|aktenzeichen|affaire|demande|asunto|caso|expediente|solicitud|pratica|richiesta|zaak|verzoek|wijziging|sprawa|sprawy|sprawie|zgloszenie|zgloszenia|processo|pedido)(?:nummer)?[ :]{1,3}(?:nr\.? |no\.? |n° |#)?(\d[\d-]{1,12}\d)(?![\p{L}\p{N}])/gu;
const isYear = (ref: string): boolean => /^(?:19|20)\d\d$/.test(ref);

/** Numbers of changes, tickets and matters that a message names. */
export const refsIn = (text: string): readonly string[] => [
  ...tickets(text),
  ...[...fold(text).matchAll(WORDED)].map(([, ref = '']) => ref).filter((ref) => ref.length > 2 && !isYear(ref)),
];

/** All that a message's number could be found as. */
const numberedIn = (text: string): readonly string[] => [
  ...tickets(text),
  ...(text.match(/(?<![\p{L}\p{N}-])\d[\d-]{1,12}\d(?![\p{L}\p{N}-])/gu) ?? []),
];

/** Numbers that can say how many: no part of an hour, a date, an address, an amount or a ticket. `1,340` and `1.340` are one thousand three hundred and forty. */
export const numbersIn = (text: string): readonly number[] =>
  (
    text.match(
      /(?<![\p{L}\p{N}.,:/#-]|[€$£] ?)\d{1,3}(?:[.,' ]\d{3})+(?!\d)|(?<![\p{L}\p{N}.,:/#-])\d{2,6}(?![\p{L}\p{N}:/-]|[.,]\d| ?[%€$£]| ?(?:uhr|h|o.clock|eur|kg|km)(?!\p{L}))/giu,
    ) ?? []
  ).map((n) => Number(n.replace(/\D/g, '')));
