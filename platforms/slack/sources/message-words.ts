import { z } from 'zod';
import { plainText } from '../../../domain/text.js';
import { maybe, someFlag, someList, someText } from '../../kit/rows.js';

/**
 * What a message says, as a person reads it: the words and links of its text, blocks, attachments and files. What is shared or forwarded in
 * it are another's words and stand apart. Only links and buttons are links: the picture of a custom emoji, of an attachment or of a footer
 * is none.
 */
export interface Said {
  readonly text: string;
  readonly urls: readonly string[];
}

/** Words as Slack writes them, with the links that stand beside them. */
interface Part {
  readonly words: readonly string[];
  readonly links: readonly string[];
}
const NOTHING: Part = { words: [], links: [] };
const joined = (parts: readonly Part[]): Part => ({
  words: parts.flatMap((p) => p.words),
  links: parts.flatMap((p) => p.links),
});
const of = (...words: readonly (string | undefined)[]): Part => ({
  words: words.flatMap((w) => (w === undefined || w === '' ? [] : [w])),
  links: [],
});
const linking = (...links: readonly (string | undefined)[]): Part => ({
  words: [],
  links: links.flatMap((l) => (l !== undefined && /^https?:\/\//i.test(l) ? [l] : [])),
});

type Thing = Readonly<Record<string, unknown>>;
const isThing = (value: unknown): value is Thing =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
/** One thing where a list is expected is a list of one. */
const listIn = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as readonly unknown[]) : isThing(value) ? [value] : [];

/** Deeper than any block is. */
const DEEPEST = 12;
/** Elements that stand in one line of a rich text. */
const IN_LINE = new Set([
  'text',
  'link',
  'user',
  'channel',
  'usergroup',
  'broadcast',
  'emoji',
  'date',
  'color',
  'team',
]);

/** Blocks and their elements: everything that Slack shows of them as text. A block of a kind that is not known gives what stands in the usual places. */
function ofBlocks(blocks: unknown, depth = 0): Part {
  if (blocks === undefined || depth > DEEPEST) return NOTHING;
  const things = listIn(blocks);
  const parts: Part[] = [];
  let line = '';
  const endLine = (): void => {
    if (line.trim() !== '') parts.push(of(line));
    line = '';
  };
  for (const thing of things) {
    // A table is a list of rows of cells.
    if (Array.isArray(thing)) parts.push(ofBlocks(thing, depth + 1));
    if (!isThing(thing)) continue;
    if (IN_LINE.has(textIn(thing['type']) ?? '')) {
      line += inLine(thing);
      parts.push(linking(textIn(thing['type']) === 'link' ? textIn(thing['url']) : undefined));
    } else {
      endLine();
      parts.push(ofBlock(thing, depth));
    }
  }
  endLine();
  return joined(parts);
}

function inLine(element: Thing): string {
  const [type, text] = [element['type'], textIn(element['text'])];
  if (type === 'link') {
    const url = textIn(element['url']) ?? '';
    return text === undefined || text === url ? url : `${text} ${url}`;
  }
  if (type === 'user') return `@${textIn(element['user_id']) ?? ''}`;
  if (type === 'channel') return `#${textIn(element['channel_id']) ?? ''}`;
  if (type === 'usergroup') return `@${textIn(element['usergroup_id']) ?? ''}`;
  if (type === 'broadcast') return `@${textIn(element['range']) ?? ''}`;
  if (type === 'emoji') return `:${textIn(element['name']) ?? ''}:`;
  if (type === 'date') return textIn(element['fallback']) ?? '';
  // In rich text the three characters are as they are; in all other text they are escaped.
  return escaped(text ?? textIn(element['value']) ?? '');
}
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Text of a text object, which is an object or, in some blocks, a bare text. */
const shown = (value: unknown): string | undefined =>
  isThing(value) ? (textIn(value['text']) ?? textIn(value['raw_text'])) : textIn(value);

function ofBlock(block: Thing, depth: number): Part {
  // An option of a menu has no type.
  const isButton = block['type'] === undefined || block['type'] === 'button';
  return joined([
    of(
      ...['title', 'text', 'raw_text', 'label', 'description', 'hint', 'subtitle', 'body'].map((key) =>
        shown(block[key]),
      ),
      ...listIn(block['fields']).map(shown),
      textIn(block['alt_text']),
    ),
    linking(isButton ? textIn(block['url']) : undefined, textIn(block['title_url'])),
    block['type'] === 'markdown' ? linking(...addressesOf(shown(block['text']) ?? '')) : NOTHING,
    ofBlocks(block['elements'], depth + 1),
    ofBlocks(block['rows'], depth + 1),
    ...['accessory', 'element'].map((key) => (isThing(block[key]) ? ofBlocks([block[key]], depth + 1) : NOTHING)),
    ofBlocks(block['options'], depth + 1),
  ]);
}

/** Markdown that is not Slack's own has links of another form: `[label](https://…)`, `<https://…>`, and bare. */
const addressesOf = (markdown: string): readonly string[] =>
  [...markdown.matchAll(/https?:\/\/[^\s<>()[\]"'`|]+/gi)].map(([url]) => url.replace(/[.,;:!?*_]+$/, ''));

export const attachment = z.looseObject({
  fallback: someText,
  title: someText,
  title_link: someText,
  pretext: someText,
  text: someText,
  footer: someText,
  from_url: someText,
  original_url: someText,
  fields: someList(z.looseObject({ title: someText, value: someText })),
  actions: someList(z.looseObject({ text: someText, url: someText })),
  blocks: z.unknown().optional(),
  /** Set on what was shared or forwarded, and on the message that a link to it unfolds into. */
  is_share: someFlag,
  is_msg_unfurl: someFlag,
  is_reply_unfurl: someFlag,
  message_blocks: someList(z.looseObject({ message: maybe(z.looseObject({ blocks: z.unknown().optional() })) })),
  author_id: someText,
  channel_id: someText,
  ts: someText,
});
export type Attachment = z.infer<typeof attachment>;

/** Somebody's message in this one. */
export const isShared = ({ is_share, is_msg_unfurl, is_reply_unfurl, message_blocks }: Attachment): boolean =>
  is_share === true || is_msg_unfurl === true || is_reply_unfurl === true || message_blocks.length > 0;

function ofAttachment(a: Attachment): Part {
  const main = joined([
    of(a.pretext, a.title, a.text, ...a.fields.flatMap((f) => [f.title, f.value])),
    ofBlocks(a.blocks),
    ...a.message_blocks.map(({ message }) => ofBlocks(message?.blocks)),
    of(...a.actions.map((action) => action.text)),
  ]);
  return joined([
    main,
    // For who sees no attachments, in other words.
    of(...(main.words.length === 0 ? [a.fallback] : []), a.footer),
    linking(a.title_link, a.from_url, a.original_url, ...a.actions.map((action) => action.url)),
  ]);
}

export const attached = z.looseObject({
  id: z.string().min(1),
  name: someText,
  title: someText,
  size: z.unknown().optional(),
  preview: someText,
  plain_text: someText,
  initial_comment: maybe(z.looseObject({ comment: someText })),
});
export type Attached = z.infer<typeof attached>;

/** What a person reads in a message that is their own. */
export function saidIn(message: {
  readonly text?: string | undefined;
  readonly blocks?: unknown;
  readonly attachments: readonly Attachment[];
  readonly files: readonly Attached[];
}): Said {
  return said([
    of(message.text),
    ofBlocks(message.blocks),
    ...message.attachments.filter((a) => !isShared(a)).map(ofAttachment),
    // The name of a file is no word of anybody's; a title that differs from it is.
    ...message.files.map((f) =>
      of(f.title === f.name ? undefined : f.title, f.initial_comment?.comment, f.preview ?? f.plain_text),
    ),
  ]);
}

/** What a shared message says, which is its author's. */
export const saidInShared = (shared: Attachment): Said => said([ofAttachment(shared)]);

function said(parts: readonly Part[]): Said {
  const { words, links } = joined(parts);
  const inText = words.flatMap((w) =>
    w.includes('<') ? [...w.matchAll(/<(https?:\/\/[^|<>\s]+)(?:\|[^<>]*)?>/gi)].map((m) => m[1] ?? '') : [],
  );
  return { text: once(words.map(readable)).join('\n'), urls: [...new Set([...inText, ...links].map(unescaped))] };
}

/** Blocks say again what the text says, in other marks: what is there already is not said twice. */
function once(words: readonly string[]): readonly string[] {
  if (words.length < 2) return words.filter((text) => text.trim() !== '');
  const bare = (text: string): string => text.replace(/[\s*_~`>•]+/g, '');
  const kept: string[] = [];
  let all = '';
  for (const text of words) {
    const next = bare(text);
    if (text.trim() === '' || (next !== '' && all.includes(next))) continue;
    kept.push(text);
    all += `\n${next}`;
  }
  return kept;
}

/** Mentions of people, channels, groups and times as Slack shows them, then as all text is read. */
const readable = (text: string): string => plainText(text.includes('<') ? withMentions(text) : text);

const withMentions = (text: string): string =>
  text
    .replace(/<@([A-Z0-9]+)(?:\|([^<>]*))?>/g, (_, id: string, name?: string) => `@${name ? name : id}`)
    .replace(/<#([A-Z0-9]+)(?:\|([^<>]*))?>/g, (_, id: string, name?: string) => `#${name ? name : id}`)
    .replace(/<!subteam\^([A-Z0-9]+)(?:\|([^<>]*))?>/g, (_, id: string, name?: string) => (name ? name : `@${id}`))
    .replace(/<!date\^[^|<>]*(?:\|([^<>]*))?>/g, (_, otherwise?: string) => otherwise ?? '')
    .replace(/<!(here|channel|everyone)(?:\|[^<>]*)?>/g, '@$1')
    .replace(/<!([^|<>]+)(?:\|([^<>]*))?>/g, (_, command: string, label?: string) => (label ? label : command));

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
