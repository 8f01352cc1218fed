import { randomUUID } from 'node:crypto';
import pc from 'picocolors';
import { inert } from '../domain/inert.js';

/** Stands for the escape of a colour of ours until it is printed: what comes from elsewhere cannot know it. */
const OWN = randomUUID();
const ESCAPE = '\u001b';

const ours =
  (paint: (text: string) => string) =>
  (text: string): string =>
    paint(inert(text)).replaceAll(ESCAPE, OWN);

/** Colours for `print`, where the terminal has them. */
export const paint = {
  bold: ours(pc.bold),
  dim: ours(pc.dim),
  underline: ours(pc.underline),
  red: ours(pc.red),
  green: ours(pc.green),
  yellow: ours(pc.yellow),
  cyan: ours(pc.cyan),
} as const;

const shown = (lines: readonly string[]): string =>
  lines.map((line) => `${inert(line).replaceAll(OWN, ESCAPE)}\n`).join('');

/** Prints lines: each argument is one, whatever is in it, and none of it moves the cursor, paints or turns text round. */
export const print = (...lines: readonly string[]): void => void process.stdout.write(shown(lines));

/** The same on standard error. */
export const complain = (...lines: readonly string[]): void => void process.stderr.write(shown(lines));

/** A text that is several lines by its own layout: help, JSON, a file. */
export const linesOf = (text: string): readonly string[] => text.replace(/\n$/, '').split('\n');

/** Calls back when nobody reads any more what is printed (`| head`). */
export function onNoReader(then: (error: NodeJS.ErrnoException) => void): void {
  process.stdout.on('error', then);
}
