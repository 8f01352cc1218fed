import { z } from 'zod';
import { maybe, someFlag, someList, someText } from '../../kit/rows.js';
import { personIn } from './activity.js';

/** A space that the person is in. Its name goes into a path as it is. */
export const spaceShape = z.looseObject({
  name: z.string().regex(/^spaces\/[\w-]+$/),
  spaceType: someText,
  displayName: someText,
  externalUserAllowed: someFlag,
});

/** A message as the Chat API gives it to who is in the space. */
export const messageShape = z.looseObject({
  name: z.string().min(1),
  createTime: z.union([z.string(), z.number()]),
  text: someText,
  formattedText: someText,
  fallbackText: someText,
  sender: maybe(z.looseObject({ name: someText, type: someText })),
  cardsV2: z.unknown().optional(),
  /** Of older apps. */
  cards: z.unknown().optional(),
  /** Buttons that an app sets below its message. */
  accessoryWidgets: z.unknown().optional(),
  annotations: someList(z.looseObject({ richLinkMetadata: maybe(z.looseObject({ uri: someText })) })),
  quotedMessageMetadata: maybe(z.looseObject({ forwardedMetadata: z.unknown().optional() })),
  attachment: someList(
    z.looseObject({
      name: someText,
      contentName: someText,
      driveDataRef: maybe(z.looseObject({ driveFileId: someText })),
    }),
  ),
});
export type Message = z.output<typeof messageShape>;

/** Who wrote it: `users/{id}` of a person or an app; nobody for the placeholder and for any other name. */
export function senderOf({ sender }: Message): { readonly id: string; readonly isApp: boolean } | undefined {
  const id = personIn(/^users\/([\w.@-]{1,200})$/.exec(sender?.name ?? '')?.[1]);
  return id === undefined ? undefined : { id, isApp: sender?.type === 'BOT' };
}

/** What its author wrote and linked to: the text and the cards. What it quotes or forwards is another's, in a message of its own. */
export function wordsOf(message: Message): { readonly text?: string; readonly urls: readonly string[] } {
  const shown = [message.cardsV2, message.cards, message.accessoryWidgets].filter((cards) => cards !== undefined);
  const cards = shown.length === 0 ? NO_WORDS : cardWords(shown);
  const own = message.text ?? message.formattedText ?? (cards.texts.length === 0 ? message.fallbackText : undefined);
  const text = [...(own === undefined ? [] : [own]), ...cards.texts].join('\n');
  const linked = message.annotations.flatMap((a) => a.richLinkMetadata?.uri ?? []);
  const urls = [...linksIn(text), ...cards.links, ...linked.filter((uri) => /^https?:\/\//i.test(uri))];
  return { ...(text === '' ? {} : { text }), urls: [...new Set(urls)] };
}

/** Links in a text, also in Chat's form `<address|words>` and in the markup of cards; without the mark that ends a sentence. */
const linksIn = (text: string): readonly string[] =>
  (text.match(/https?:\/\/[^\s"'<>|`]+/gi) ?? []).map((link) =>
    link.replace(/[.,;:!?]+$/, '').replaceAll('&amp;', '&'),
  );

interface CardWords {
  readonly texts: readonly string[];
  readonly links: readonly string[];
}
const NO_WORDS: CardWords = { texts: [], links: [] };
/** Fields of cards that people read. A picture's address is no link. */
const READ = new Set(['text', 'title', 'subtitle', 'header', 'content', 'topLabel', 'bottomLabel', 'label', 'altText']);
const MAX_DEPTH = 20;
const MAX_NODES = 5_000;

/** What stands in cards, in their order, and where their buttons lead (`onClick.openLink.url`). */
function cardWords(cards: unknown): CardWords {
  const found = { texts: [] as string[], links: [] as string[] };
  let nodes = 0;
  const walk = (value: unknown, key: string, depth: number): void => {
    if (depth > MAX_DEPTH || ++nodes > MAX_NODES) return;
    if (typeof value === 'string') {
      if (READ.has(key) && value.trim() !== '') found.texts.push(value);
      if (key === 'url' && /^https?:\/\//i.test(value)) found.links.push(value);
    } else if (Array.isArray(value)) for (const one of value as readonly unknown[]) walk(one, key, depth + 1);
    else if (typeof value === 'object' && value !== null)
      for (const [name, one] of Object.entries(value)) walk(one, name, depth + 1);
  };
  walk(cards, '', 0);
  return found;
}
