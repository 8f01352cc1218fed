import { z } from 'zod';
import { plainText } from '../../../domain/text.js';
import { asItCame, someText } from '../../kit/rows.js';

/** A file, a card, or another message that a message carries. `content` of cards and messages is JSON text. */
export const attachment = z.looseObject({ id: someText, contentType: someText, name: someText, content: asItCame });
type Attachment = z.infer<typeof attachment>;

/** What a message says: its own words, and what a reader can press. */
export interface Said {
  readonly text: string;
  readonly urls: readonly string[];
  /** It passes another message on: those words are somebody else's, and no part of `text`; their links are passed on too. */
  readonly isForwarded: boolean;
}

/** Longest card or message that is read; Teams takes 28 KB (learn.microsoft.com/graph, `chatMessage`). */
const MOST_CHARS = 200_000;

/** Of the title, which is plain text, the body, which is HTML, and the cards. Quoted messages (`messageReference`, `<blockquote>`) are read where they stand themselves. */
export function saidIn(body: string, attachments: readonly Attachment[], subject = ''): Said {
  const own = withoutQuotes(body.slice(0, MOST_CHARS));
  const cards = attachments
    .filter(({ contentType }) => isCard(contentType))
    .map(({ content }) => shownIn(contentOf(content)));
  const forwarded = attachments.filter(({ contentType }) => contentType === 'forwardedMessageReference');
  const passedOn = forwarded.flatMap(({ content }) => originalOf(contentOf(content)));
  const words = [subject, own, ...cards.flatMap((card) => card.texts)].map(plainText).map((t) => t.trim());
  const urls = [
    ...linksIn(subject),
    ...linksIn(own),
    ...cards.flatMap((card) => [...card.urls, ...card.texts.flatMap(linksIn)]),
    ...passedOn.flatMap((html) => linksIn(withoutQuotes(html))),
  ];
  return {
    text: words.filter((t) => t !== '').join('\n'),
    urls: [...new Set(urls)],
    isForwarded: forwarded.length > 0,
  };
}

/** Without what the message answers to, and the marks where its attachments stand. */
const withoutQuotes = (html: string): string =>
  html
    .replace(/<blockquote\b[^<>]*>[\s\S]*?(?:<\/blockquote\s*>|$)/gi, ' ')
    .replace(/<attachment\b[^<>]*>(?:\s*<\/attachment\s*>)?/gi, ' ');

/** Addresses that a reader can press: `href` of anchors, and those in the text. A picture's own address is none. */
function linksIn(html: string): readonly string[] {
  const anchors = [...html.matchAll(/<a\b([^<>]{0,4000})>/gi)].map(([, inside = '']) => {
    const [, double, single] = /\bhref\s{0,10}=\s{0,10}(?:"([^"]*)"|'([^']*)')/i.exec(inside) ?? [];
    return double ?? single ?? '';
  });
  const text = html.replace(/<[^<>]*>/g, ' ');
  const written = [...text.matchAll(/https?:\/\/[^\s"'<>\\^`{|}]+/gi)].map(([address]) =>
    decoded(address)
      .replace(/[\s"'<>].*$/s, '')
      .replace(/[.,;:!?)\]*_]+$/, ''),
  );
  return [...anchors.map((href) => decoded(href).trim()).filter(isAddress), ...written];
}

const isAddress = (text: string): boolean => /^https?:\/\//i.test(text);
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', quot: '"', lt: '<', gt: '>', apos: "'", nbsp: ' ' };
const decoded = (text: string): string =>
  text.replace(
    /&(?:#(\d{1,6})|#x([0-9a-f]{1,5})|([a-z]{2,5}));/gi,
    (whole, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? whole;
      const code = Number.parseInt(decimal ?? hex ?? '', decimal === undefined ? 16 : 10);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );

/** Adaptive, hero, thumbnail, list, Office 365 connector cards and code: all of them `…/vnd.microsoft[.teams].card.…`. */
const isCard = (contentType: string | undefined): boolean =>
  /^application\/vnd\.microsoft\.(?:teams\.)?card\./i.test(contentType ?? '');

function contentOf(content: unknown): unknown {
  if (typeof content !== 'string') return content;
  if (content.length > MOST_CHARS) return undefined;
  try {
    return JSON.parse(content) as unknown;
  } catch {
    return content; // a card that is no JSON is its text
  }
}

const original = z.looseObject({ originalMessageContent: z.string() });
function originalOf(content: unknown): readonly string[] {
  const parsed = original.safeParse(content);
  return parsed.success ? [parsed.data.originalMessageContent.slice(0, MOST_CHARS)] : [];
}

/** Properties of cards whose value a reader sees as words, or presses, over all kinds of cards. */
const WORDS: ReadonlySet<string> = new Set([
  'text',
  'title',
  'subtitle',
  'summary',
  'activitytitle',
  'activitysubtitle',
  'activitytext',
  'label',
  'fallbacktext',
  'speak',
  'placeholder',
  'code',
  'inlines',
]);
const OPENS = /^(?:action\.openurl|action\.openurldialog|openurl|openuri|downloadfile|signin|playvideo|playaudio)$/i;

interface Shown {
  readonly texts: readonly string[];
  readonly urls: readonly string[];
}

/** The words and the buttons of a card, in their order. */
function shownIn(card: unknown): Shown {
  if (typeof card === 'string') return { texts: [card], urls: [] };
  const texts: string[] = [];
  const urls: string[] = [];
  let left = 5_000;
  const walk = (value: unknown, depth: number): void => {
    if (depth > 40 || left-- <= 0 || typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      for (const item of value as readonly unknown[]) {
        if (typeof item === 'string') texts.push(item);
        else walk(item, depth + 1);
      }
      return;
    }
    const fields = Object.entries(value as Readonly<Record<string, unknown>>);
    const told = fields.find(([k]) => k === 'type' || k === '@type')?.[1];
    const type = typeof told === 'string' ? told : '';
    if (/^image$/i.test(type) && !fields.some(([k]) => k === 'selectAction')) return;
    for (const [key, inner] of fields) {
      const name = key.toLowerCase();
      if (typeof inner === 'string') {
        if (isAddress(inner) && ((OPENS.test(type) && ['url', 'value', 'uri'].includes(name)) || name === 'uri'))
          urls.push(inner);
        else if (WORDS.has(name) || (['name', 'value'].includes(name) && isFact(fields))) texts.push(inner);
      } else if (!PICTURES.has(name)) walk(inner, depth + 1);
    }
  };
  walk(card, 0);
  return { texts, urls };
}
const PICTURES: ReadonlySet<string> = new Set([
  'images',
  'image',
  'backgroundimage',
  'heroimage',
  'msteams',
  'metadata',
]);

/** `{name, value}` and `{title, value}`: a line of a card's table. */
const isFact = (fields: readonly (readonly [string, unknown])[]): boolean =>
  fields.some(([k]) => k === 'value') &&
  fields.some(([k]) => k === 'name' || k === 'title') &&
  !fields.some(([k]) => /^@?type$/.test(k));
