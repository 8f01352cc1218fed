const PAIR = /(?:^|[\s,;|])([A-Za-z_@][\w.@-]{0,63})=(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s,;|"']*))/g;

/** Far more than any sender writes. */
const MAX_PAIRS = 1_000;

/** The pairs of `key=value key2="some words"`; of a key that comes twice all values. Linear in the text. */
export function keysAndValues(text: string): Readonly<Record<string, string | readonly string[]>> {
  const found = new Map<string, string[]>();
  let left = MAX_PAIRS;
  for (const [, key = '', quoted, single, bare] of text.matchAll(PAIR)) {
    const value = (quoted?.replace(/\\(["\\])/g, '$1') ?? single ?? bare ?? '').trim();
    if ((left -= 1) < 0) break;
    if (value === '') continue;
    const values = found.get(key);
    if (values) values.push(value);
    else found.set(key, [value]);
  }
  return Object.fromEntries([...found].map(([key, values]) => [key, values.length === 1 ? (values[0] ?? '') : values]));
}
