import { addressOf, isSamePlace, placeOf } from './address.js';
import { citing, day, earliest, isBefore, isOf, readable, USUAL_MESSAGES, type Speaker } from './announced.js';
import type { ContextRows } from './episodes.js';
import type { EvidenceEvent } from './evidence.js';
import { fold, isComing, lettersIn, told, warns } from './message-words.js';
import { cityNames, countryNames, isNamed, networkNames } from './place-names.js';

/** Who is in an account announces the next place at once; a traveller did so the day before. */
const OWN_LEAD_MS = 6 * 3_600_000;

export interface PlaceAnnounced {
  /** Others' word is worth more than the account's own. */
  readonly by: 'others' | 'person';
  /** What was named, from the surest. */
  readonly names: 'address' | 'city' | 'network' | 'country';
  /** Ids of the messages. */
  readonly events: readonly string[];
  readonly text: string;
}

/**
 * What may speak for the person, and where the person surely is: the acts of the contexts that are the person's. A message that its log
 * gives neither address nor session for may come from any context, so it speaks only if it was written before the first doubtful one.
 */
export function surelyOwn(
  own: readonly Pick<ContextRows, 'acts'>[],
  doubtful: readonly Pick<ContextRows, 'acts'>[],
  messages: readonly EvidenceEvent[],
): readonly EvidenceEvent[] {
  const since = earliest(doubtful.flatMap((c) => c.acts));
  const isBare = (e: EvidenceEvent): boolean => e.kind === 'message' && e.ip === undefined && e.sessionId === undefined;
  const bare = messages.filter((e) => isBare(e) && Date.parse(e.at) < since);
  return [...own.flatMap((c) => c.acts).filter((e) => !isBare(e)), ...bare];
}

/**
 * Whether the place of a context was named before the context first did anything.
 *
 * @param messages rows of any kind; those that say nothing are passed over
 * @param speaker the person, and `own` as `surelyOwn` gives it: of the account's own messages only those among them count. A place where the
 *   person had been before the message is no news, and a city, network or country where the person surely is at another address after it
 *   explains that one, and nobody else's who is there too.
 */
export function placeAnnounced(
  context: Pick<ContextRows, 'acts' | 'attempts'>,
  messages: readonly EvidenceEvent[],
  speaker: Speaker & { readonly own: readonly EvidenceEvent[] },
): PlaceAnnounced | undefined {
  const { acts, attempts } = context;
  const first = earliest([...acts, ...attempts]);
  if (acts.length === 0) return undefined;
  const own = new Set(speaker.own.map((e) => e.id));
  const said = readable(messages)
    .filter((e) => isBefore(e, first))
    .map((e) => ({ e, at: Date.parse(e.at), folded: fold(e.text ?? '') }));
  const speaks = (e: EvidenceEvent): boolean =>
    !isOf(e, speaker) || (own.has(e.id) && e.kind === 'message' && isBefore(e, first, OWN_LEAD_MS));
  const acting = new Set(acts.map((e) => e.id));
  const here = new Set(acts.flatMap((e) => (e.ip === undefined ? [] : placeOf(e.ip))));
  const before = speaker.own.filter((e) => !acting.has(e.id));
  for (const { names, field, finder } of KINDS_OF_PLACE) {
    const been = seenAt(before, field);
    const values = said.length === 0 ? [] : [...new Set(acts.flatMap((e) => e[field] ?? []))].sort().slice(0, PLACES);
    for (const value of values) {
      const isIn = finder(value);
      // An address is written only where it is meant; a name of a place stands in many sentences.
      const isAddress = names === 'address';
      const isChannel = (e: EvidenceEvent): boolean => names === 'city' && isIn(fold(e.channel?.name ?? ''));
      const isNews = ({ e, at, folded }: (typeof said)[number]): boolean =>
        speaks(e) &&
        (been.get(value) ?? []).every((o) => at < o.at && here.has(o.place)) &&
        (isAddress || isComing(folded)) &&
        !warns(folded) &&
        (isChannel(e) || told(e.text ?? '').some(isIn));
      const called = said.filter(({ e, folded }) => isIn(folded) || isChannel(e));
      if (!isAddress && called.length > USUAL_MESSAGES) continue;
      const naming = called.filter(isNews).map(({ e }) => e);
      const others = naming.filter((e) => !isOf(e, speaker));
      const shown = others.length > 0 ? others : naming;
      if (shown.length === 0) continue;
      const by = others.length > 0 ? 'others' : 'person';
      const who = by === 'others' ? `${shown[0]?.actor ?? ''} wrote` : 'the person wrote';
      const text = `${who} on ${day(shown[0])}, before anything was done there, of ${value}`;
      return { by, names, events: citing(shown), text };
    }
  }
  return undefined;
}

/** So many addresses or names of one context are looked for: it has one or two, an app's may have hundreds. */
const PLACES = 20;

type Finder = (value: string) => (folded: string) => boolean;
const byNames =
  (namesOf: (value: string) => readonly (readonly string[])[]): Finder =>
  (value) => {
    const names = namesOf(value);
    return (folded) => {
      const words = lettersIn(folded);
      return names.some((name) => isNamed(words, name));
    };
  };

/** What the place of a context can be called, the surest first. */
const KINDS_OF_PLACE = [
  {
    names: 'address',
    field: 'ip',
    finder: (value) => (folded) => addressesIn(folded).some((a) => isSamePlace(a, value)),
  },
  { names: 'city', field: 'city', finder: byNames(cityNames) },
  { names: 'network', field: 'asName', finder: byNames(networkNames) },
  { names: 'country', field: 'country', finder: byNames(countryNames) },
] as const satisfies readonly {
  readonly names: PlaceAnnounced['names'];
  readonly field: 'ip' | 'city' | 'asName' | 'country';
  readonly finder: Finder;
}[];

/** When the person first was at each address of a city, network or country. */
function seenAt(
  rows: readonly EvidenceEvent[],
  field: 'ip' | 'city' | 'asName' | 'country',
): ReadonlyMap<string, readonly { readonly place: string; readonly at: number }[]> {
  const seen = new Map<string, Map<string, number>>();
  for (const e of rows) {
    const value = e[field];
    if (value === undefined) continue;
    const at = seen.get(value) ?? new Map<string, number>();
    const place = e.ip === undefined ? 'unknown' : placeOf(e.ip);
    seen.set(value, at.set(place, Math.min(at.get(place) ?? Infinity, Date.parse(e.at))));
  }
  return new Map([...seen].map(([value, at]) => [value, [...at].map(([place, first]) => ({ place, at: first }))]));
}

const addressesIn = (folded: string): readonly string[] =>
  (folded.match(/[0-9a-f.:]{3,45}/g) ?? []).flatMap((a) => addressOf(a.replace(/\.+$|(?<!:):$/, '')) ?? []);
