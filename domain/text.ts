/**
 * What people write, as a reader sees it: the one form that words are looked for in. Invisible characters (zero width, soft hyphen, turns
 * of direction, variation selectors) and emphasis (Slack mrkdwn, Markdown) are gone, HTML tags and entities are undone, compatibility forms
 * (full width, ligatures, no-break spaces) are folded by NFKC, typographic quotes are straight; lines and back-ticks stay, and the lines of an HTML quotation
 * begin with `> `. An escaped
 * angle bracket becomes a bracket and is never read as a tag: each layer is undone once. Linear in the length of the text.
 */
export function plainText(text: string): string {
  if (NOTHING_TO_DO.test(text)) return text;
  const shown = withoutInvisible(text.replace(LINE_END, '\n'));
  const lined = shown.replace(SLACK_LINK, slackLink).replace(BLOCK_TAG, '\n').replace(CELL_TAG, ' ').replace(TAG, '');
  const written = withQuotations(lined);
  const folded = withoutInvisible(written.replace(ENTITY, entity).normalize('NFKC'));
  const straight = folded.replace(DOUBLE_QUOTE, '"').replace(SINGLE_QUOTE, "'");
  // Emphasis may lie in emphasis: `**_word_**`.
  return straight.replace(EMPHASIS, '$2').replace(EMPHASIS, '$2').replace(ESCAPED_MARK, '$1');
}

/** Most of what is said: printable ASCII without tags, entities, marks of emphasis or escapes. */
const NOTHING_TO_DO = /^[\t\n !-%'-)+-;=-[\]^`-{}]*$/;
const LINE_END = /\r\n?|[\u2028\u2029\u0085\v\f]/g;
/** Format characters (Unicode Cf), what renders as nothing, and control characters but tab and line feed. */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}\u0000-\u0008\u000e-\u001f\u007f]/gu;
const withoutInvisible = (text: string): string => text.replace(INVISIBLE, '');

/** `<https://a.example|label>`, `<mailto:a@example.com|a@example.com>` (docs.slack.dev, "Formatting message text"). */
const SLACK_LINK = /<(https?:|mailto:|tel:)([^|<>\s]{1,4000})(?:\|([^<>\n]{0,1000}))?>/g;
const slackLink = (_: string, scheme: string, rest: string, label?: string): string => {
  const address = scheme.startsWith('http') ? `${scheme}${rest}` : rest;
  return label === undefined || label === address || label === rest ? address : `${label} ${address}`;
};

/** Tags of known names alone: `<password>` is a placeholder, and stays one. */
const BLOCK_TAG = /<(?:br|\/?(?:p|div|li|tr|h[1-6]|pre|ul|ol|table))\b[^<>]{0,1000}>/gi;
const CELL_TAG = /<\/?(?:td|th)\b[^<>]{0,1000}>/gi;
const TAG =
  /<\/?(?:a|abbr|at|attachment|b|body|code|del|em|emoji|font|html|i|img|ins|kbd|mark|s|small|span|strike|strong|sub|sup|tbody|thead|tt|u)\b[^<>]{0,1000}>/gi;

/** Teams, Outlook and Gmail quote by it, one in another. */
const QUOTATION = /<(\/?)blockquote\b[^<>]{0,1000}>/gi;

/** Quotations of HTML as mail and chat write them: each line begins with `> `. */
function withQuotations(text: string): string {
  if (!/<blockquote/i.test(text)) return text;
  let depth = 0;
  let from = 0;
  let written = '';
  const part = (to: number): string => {
    const lines = text.slice(from, to);
    return depth === 0 ? lines : `\n${lines.trim().replace(/^/gm, '> ')}\n`;
  };
  for (const mark of text.matchAll(QUOTATION)) {
    written += part(mark.index);
    // The end of a quotation that did not begin still ends a line.
    if (depth === 0 && mark[1] === '/') written += '\n';
    depth = mark[1] === '/' ? Math.max(0, depth - 1) : depth + 1;
    from = mark.index + mark[0].length;
  }
  return written + part(text.length);
}

const ENTITY = /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z]{2,16}));/g;
const NAMED: Readonly<Record<string, string>> = {
  ...{
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    nbsp: ' ',
    shy: '',
    colon: ':',
    equals: '=',
    sol: '/',
    num: '#',
  },
  ...{
    commat: '@',
    excl: '!',
    lowbar: '_',
    dollar: '$',
    percnt: '%',
    ast: '*',
    plus: '+',
    period: '.',
    comma: ',',
    semi: ';',
  },
  ...{ grave: '`', hyphen: '-', ndash: '–', mdash: '—', ensp: ' ', emsp: ' ', tab: '\t', zwnj: '', zwj: '' },
  ...{
    auml: 'ä',
    ouml: 'ö',
    uuml: 'ü',
    szlig: 'ß',
    eacute: 'é',
    egrave: 'è',
    agrave: 'à',
    ccedil: 'ç',
    ntilde: 'ñ',
    aring: 'å',
  },
};
const entity = (whole: string, decimal?: string, hex?: string, name?: string): string => {
  if (name !== undefined) return NAMED[name] ?? NAMED[name.toLowerCase()] ?? whole;
  const code = Number.parseInt(decimal ?? hex ?? '', decimal === undefined ? 16 : 10);
  return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : whole;
};

const DOUBLE_QUOTE = /[\u201c-\u201f\u00ab\u00bb\u300c-\u300f\u3010\u3011]/g;
const SINGLE_QUOTE = /[\u2018-\u201b\u2039\u203a\u00b4]/g;
const ESCAPED_MARK = /\\([*_~`|])/g;
/** A mark that stands at the edge of a word on both sides: `*bold*`, `**bold**`, `_slanted_`, `~struck~`, `||hidden||`; never inside `DB_PASS_1`. */
const EMPHASIS =
  /(?<![\p{L}\p{N}*_~|\\])(\*{1,3}|_{1,3}|~{1,2}|\|\|)(?!\1)(?=\S)([^\n]{1,300}?)(?<=[^\s\\])\1(?![\p{L}\p{N}*_~|])/gu;
