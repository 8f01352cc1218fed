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
