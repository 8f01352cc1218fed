import type { Fields } from '../kit/fields.js';

/** The lines of a body of `{ "lines": […] }`, or of one that was split to `{ "line": … }`. What is no text is no line. */
export const linesOf = (body: Fields): readonly string[] => [...textsOf(body, 'lines'), ...textsOf(body, 'line')];

const textsOf = (body: Fields, key: string): readonly string[] => {
  const { value } = body.at(key);
  return (Array.isArray(value) ? (value as readonly unknown[]) : [value]).flatMap((line) =>
    typeof line === 'string' ? line.split(/\r?\n/).filter((part) => part.trim() !== '') : [],
  );
};

/** The line of a part of a split body. */
export const lineIn = (f: Fields): string => linesOf(f)[0] ?? '';

/** Each line as a body of its own, with what the sender says beside its lines in a few short words. */
export function splitLines(body: Fields): readonly Fields[] {
  const { lines: _, line: __, ...others } = body.value as Readonly<Record<string, unknown>>;
  const beside = Object.entries(others).filter(([, value]) => typeof value === 'string' && value.length <= 200);
  const short = Object.fromEntries(beside.slice(0, MAX_BESIDE));
  return linesOf(body).map((line) => body.holding({ line, ...short }));
}
/** They are kept with each line. */
const MAX_BESIDE = 20;
