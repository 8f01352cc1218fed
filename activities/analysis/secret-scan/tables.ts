import type { Span } from './issuers.js';
import { isPassword } from './values.js';
import { PASSWORD, SHORT_PASSWORD } from './words.js';

const SIGNS = ['|', '\t', ';', ','] as const;
const AROUND = /^[\s*_`"']+|[\s*_`"']+$/g;
const HEADING = new RegExp(`^(?:\\p{L}{1,20}[ _-])?(?:${PASSWORD}|${SHORT_PASSWORD})$`, 'iu');
/** A heading is no sentence. */
const MAX_LINE = 1_000;

/**
 * Passwords in a column that is headed so, as sheets and chats paste them: cells with bars, tabs, semicolons or commas between. A table goes
 * on as long as its lines have as many cells as its heading. What stands in a cell has to show by itself that it is a value.
 */
export function* tabledSecrets(text: string): Generator<Span> {
  let table: { readonly sign: string; readonly cells: number; readonly columns: readonly number[] } | undefined;
  let from = 0;
  for (const line of text.split('\n')) {
    const cells = table && line.length <= MAX_LINE ? line.split(table.sign) : [];
    if (table && cells.length === table.cells)
      for (const column of table.columns) {
        const cell = cells[column] ?? '';
        const secret = cell.replace(AROUND, '');
        const before = cells.slice(0, column).reduce((sum, one) => sum + one.length + 1, 0);
        if (isStrong(secret)) yield { kind: 'password', secret, from: from + before + cell.indexOf(secret) };
      }
    else table = headingOf(line);
    from += line.length + 1;
  }
}

function headingOf(
  line: string,
): { readonly sign: string; readonly cells: number; readonly columns: readonly number[] } | undefined {
  if (line.length > MAX_LINE) return undefined;
  for (const sign of SIGNS) {
    const cells = line.split(sign);
    const columns = cells.flatMap((cell, n) => (HEADING.test(cell.replace(AROUND, '')) ? [n] : []));
    if (cells.length > 1 && columns.length > 0) return { sign, cells: cells.length, columns };
  }
  return undefined;
}

const isStrong = (value: string): boolean =>
  isPassword({ value, link: 'bare', quoted: false, after: '' }) && /\d/.test(value) && /\p{L}/u.test(value);
