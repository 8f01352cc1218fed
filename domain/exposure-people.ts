import type { EvidenceEvent } from './evidence.js';
import { groupsOf, isContribution, isMessage, KNOWN, placeKey, type Known, type LedgerItem } from './exposure-items.js';

/** Whose data it is, by how it is known; each person once, at the best. Personal data: evidence store only. */
export interface PeopleAffected extends Readonly<Record<Known, readonly string[]>> {
  /** Who acted: never affected by acting. */
  readonly actors: readonly string[];
  /** Who was given something, outside: they received data, it is not theirs. */
  readonly recipients: readonly string[];
}

const MAIL = /[\p{L}\p{N}._%+-]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}/giu;
const EXTENSION = /\.(pdf|docx?|odt|xlsx?|ods|csv|pptx?|txt|md|rtf|zip|png|jpe?g|eml|msg|vcf|json)$/i;
/** People as Slack writes them in text. */
const MENTION = /<@([UW][A-Z0-9]{2,})(?:\|[^<>]*)?>/g;
/** Files about one person carry the name beside such a word: `Payslip_Jane_Doe.pdf`. The languages in which the words of the policy are. */
const ABOUT_ONE =
  /(?:^|[\s_.-])(?:cv|resume|résumé|payslip|salary|contract|review|appraisal|dismissal|warning|sick[ _-]?note|lebenslauf|gehalt(?:sabrechnung)?|lohn(?:abrechnung|zettel)?|arbeitsvertrag|zeugnis|kündigung|abmahnung|nómina|fiche[ _-]de[ _-]paie)(?=[\s_.-]|$)/iu;
const FULL_NAME = /(?<!\p{L})(\p{Lu}\p{Ll}+)[\s_-](\p{Lu}[\p{Ll}'’]+(?:-\p{Lu}\p{Ll}+)?)(?!\p{L})/gu;

/**
 * Members of conversations that were read, authors and addressees of messages, whom files belong to, and whom names of files and, where
 * text was read, the text names. The subject and whoever acted in its contexts are actors.
 */
export function peopleOf(
  items: readonly LedgerItem[],
  events: readonly EvidenceEvent[],
  acting: ReadonlySet<string>,
  accounts: readonly string[],
): PeopleAffected {
  const byId = new Map(events.map((e) => [e.id, e]));
  const files = groupsOf(events.filter(isPutThere), (e) => placeKey(e, e.target?.id ?? ''));
  const spoken = groupsOf(events.filter(isContribution), (e) => e.channel && placeKey(e, e.channel.id));
  const actedUntil = new Map<string, string>();
  for (const e of events) {
    const key = e.channel && placeKey(e, e.channel.id);
    if (key !== undefined && acting.has(e.id) && e.at > (actedUntil.get(key) ?? '')) actedUntil.set(key, e.at);
  }
  const found: (readonly [string, Known])[] = [];
  const add = (people: readonly string[], known: Known): void =>
    void found.push(...people.map((p) => [p, known] as const));
  for (const item of items) {
    for (const id of item.events) {
      const e = byId.get(id);
      if (e) add(namedBy(e), item.known);
    }
    if (item.what === 'channel')
      for (const e of spoken.get(placeKey(item, item.id)) ?? [])
        if (
          e.at <= (item.known === 'possible' ? item.lastAt : (actedUntil.get(placeKey(item, item.id)) ?? item.lastAt))
        )
          add(namedBy(e), item.known === 'possible' ? 'possible' : 'inferred');
    if (item.what === 'file' || item.what === 'link') {
      add(
        (files.get(placeKey(item, item.id)) ?? []).flatMap((e) => one(e.actor)),
        item.known,
      );
      add(mailsIn((item.name ?? '').replace(EXTENSION, '')), item.known);
      add(namesIn(item.name ?? ''), 'possible');
    }
  }
  const actors = events
    .filter((e) => acting.has(e.id) && e.kind !== 'message_received')
    .flatMap((e) => [...one(e.actor), ...one(e.app?.id)]);
  const recipients = items.flatMap((i) => i.events.flatMap((id) => byId.get(id)?.externalRecipients ?? []));
  return once(found, [...accounts, ...actors], recipients);
}

/** The same people with one name each, as far as somebody knows which ids and addresses are one person's. */
export function unite(people: PeopleAffected, same: (person: string) => string): PeopleAffected {
  const found = KNOWN.flatMap((known) => people[known].map((p) => [same(p), known] as const));
  return once(found, people.actors.map(same), people.recipients);
}

function once(
  found: readonly (readonly [string, Known])[],
  acted: readonly string[],
  given: readonly string[],
): PeopleAffected {
  const actors = new Set(acted);
  const best = new Map<string, Known>();
  for (const known of [...KNOWN].reverse()) for (const [person, as] of found) if (as === known) best.set(person, known);
  const having = (known: Known): readonly string[] =>
    [...best].flatMap(([person, as]) => (as === known && !actors.has(person) ? person : [])).sort();
  return {
    logged: having('logged'),
    inferred: having('inferred'),
    possible: having('possible'),
    actors: [...actors].sort(),
    recipients: [...new Set(given)].sort(),
  };
}

/** Author, addressee, and whom the text names. */
const namedBy = (e: EvidenceEvent): readonly string[] => [
  ...(e.actor !== undefined && e.actor !== e.app?.id ? [e.actor] : []),
  ...(e.target?.type === 'user' ? [e.target.id] : []),
  ...mailsIn(e.text ?? ''),
  ...[...(e.text ?? '').matchAll(MENTION)].map((m) => m[1] ?? ''),
];

const isPutThere = (e: EvidenceEvent): boolean =>
  e.target?.type === 'file' && (e.kind === 'file_upload' || isMessage(e));
const one = (value: string | undefined): readonly string[] => (value === undefined ? [] : [value]);
const mailsIn = (text: string): readonly string[] => [...text.matchAll(MAIL)].map((m) => m[0].toLowerCase());

/** A guess, and said to be one. */
function namesIn(file: string): readonly string[] {
  const about = ABOUT_ONE.exec(file);
  if (!about) return [];
  const rest = file.replace(about[0], ' ').replace(EXTENSION, '');
  return [...rest.matchAll(FULL_NAME)].map((m) => `${m[1] ?? ''} ${m[2] ?? ''}`);
}
