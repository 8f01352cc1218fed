/**
 * A mutant as docs/mutants.md knows it: what the code says and what it was changed to. Not its place, so that a line that moves
 * needs no change of the page.
 * @typedef {{ file: string; line: number; what: string }} Survivor
 * @typedef {Survivor & { reason: string }} Entry
 */

const LONGEST = 120;

/**
 * The words for a change, as they stand on the page.
 * @param {string} mutator
 * @param {string} original
 * @param {string} replacement
 */
export const changeOf = (mutator, original, replacement) => `${mutator} ${code(original)} → ${code(replacement)}`;

/** @param {string} text */
function code(text) {
  const line = text.replace(/\s+/g, ' ').trim();
  const short = line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
  return short.includes('`') ? `\`\` ${short} \`\`` : `\`${short}\``;
}

/**
 * The source text at a place, as Stryker gives it: lines and columns from 1, the end not part of it.
 * @typedef {{ line: number; column: number }} Position
 * @param {string} source
 * @param {{ start: Position; end: Position }} location
 */
export function textAt(source, { start, end }) {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  return lines
    .map((text, n) =>
      text.slice(n === 0 ? start.column - 1 : 0, n === end.line - start.line ? end.column - 1 : undefined),
    )
    .join('\n');
}

/** @param {Pick<Survivor, 'line' | 'what'>} survivor */
export const rowOf = ({ line, what }) => `- ${String(line)}: ${what}`;

/**
 * The entries of the page: under a heading that is a file, `- <line>: <what>`, and the reason on the indented lines below.
 * @param {string} page
 * @returns {readonly Entry[]}
 */
export function entriesOf(page) {
  /** @type {Entry[]} */
  const entries = [];
  let file = '';
  for (const text of page.split('\n')) {
    const heading = /^## `(.+)`$/.exec(text)?.[1];
    const row = /^- (\d+): (.+)$/.exec(text);
    const last = entries.at(-1);
    if (heading !== undefined) file = heading;
    else if (row) entries.push({ file, line: Number(row[1]), what: row[2] ?? '', reason: '' });
    else if (last && /^ {2}\S/.test(text)) last.reason = `${last.reason} ${text.trim()}`.trim();
  }
  return entries;
}

/**
 * Holds the page against a run, one entry for each survivor.
 * @param {readonly Entry[]} entries
 * @param {readonly Survivor[]} survivors
 * @returns {{ unlisted: readonly Survivor[]; unexplained: readonly Entry[]; gone: readonly Entry[] }} `gone`: on the page, but noticed by a test now, or no longer a mutant
 */
export function compare(entries, survivors) {
  const left = [...entries];
  const unlisted = survivors.filter(({ file, what }) => {
    const at = left.findIndex((e) => e.file === file && e.what === what);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return { unlisted, unexplained: entries.filter((e) => e.reason === ''), gone: left };
}
