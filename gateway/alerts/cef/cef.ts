/** An event in ArcSight's Common Event Format (version 0 or 1). */
export interface Cef {
  readonly vendor: string;
  readonly product: string;
  readonly classId: string;
  readonly name: string;
  readonly severity: string;
  /** The keys of the extension; `cs1` with `cs1Label=Session` stands under `Session` too. */
  readonly extension: Readonly<Record<string, string>>;
  /** By label alone. */
  readonly labelled: Readonly<Record<string, string>>;
  /** From `CEF:` on. */
  readonly text: string;
  /** What stands before it: a header of syslog, or nothing. */
  readonly before: string;
}

const START = /(?:^|[\s>"'])CEF:[01]\|/;

export const isCef = (line: string): boolean => START.test(line);

/** The event that a line carries, behind a header of syslog or not; undefined when it carries none or its header is not whole. Linear in the line. */
export function cefOf(line: string): Cef | undefined {
  const found = START.exec(line);
  if (!found) return undefined;
  const at = found.index + found[0].indexOf('CEF:');
  const text = line.slice(at).trim();
  const header: string[] = [];
  let from = text.indexOf('|') + 1;
  while (header.length < 6) {
    const end = unescapedBar(text, from);
    if (end < 0) break;
    header.push(
      text
        .slice(from, end)
        .replace(/\\([\\|])/g, '$1')
        .trim(),
    );
    from = end + 1;
  }
  // The last bar may be missing where there is no extension.
  if (header.length === 5) {
    header.push(text.slice(from).trim());
    from = text.length;
  }
  const [vendor = '', product = '', , classId = '', name = '', severity = ''] = header;
  if (header.length < 6) return undefined;
  const extension = extensionOf(text.slice(from));
  const labelled = labelsOf(extension);
  return {
    ...{ vendor, product, classId, name, severity, text },
    extension: { ...labelled, ...extension },
    labelled,
    before: line.slice(0, at).trim(),
  };
}

/** The next bar that no backslash escapes. */
function unescapedBar(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    if (text[i] === '\\') i += 1;
    else if (text[i] === '|') return i;
  }
  return -1;
}

/** A key begins a part; `=` in a value is escaped, or stands in a word that white space does not begin (`https://a.example/?b=c`). */
const KEY = /(?:^|\s)([A-Za-z0-9_][\w.-]*(?:\[\d+\])?)=/g;

/** Far more than any device writes: who sends more keys wants to keep the reader busy. */
const MAX_KEYS = 1_000;

function extensionOf(text: string): Readonly<Record<string, string>> {
  const keys: RegExpExecArray[] = [];
  for (const key of text.matchAll(KEY)) if (keys.push(key) >= MAX_KEYS) break;
  return Object.fromEntries(
    keys.flatMap((key, i) => {
      const value = text.slice(key.index + key[0].length, keys[i + 1]?.index ?? text.length).trim();
      return value === '' ? [] : [[key[1] ?? '', unescaped(value)]];
    }),
  );
}

const unescaped = (value: string): string =>
  value.replace(/\\([\\=|nr])/g, (_, of: string) => (of === 'n' || of === 'r' ? '\n' : of)).trim();

/** `cs1Label=portalURL cs1=https://…` → `portalURL`: what a device's own field means, only its label says. */
function labelsOf(extension: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(extension).flatMap(([key, label]) => {
      const field = key.slice(0, -'Label'.length);
      if (!key.endsWith('Label') || !Object.hasOwn(extension, field)) return [];
      return [[label.replace(/^"|"$/g, ''), extension[field] ?? '']];
    }),
  );
}
