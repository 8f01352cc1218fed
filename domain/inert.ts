/** What a terminal obeys or a reader is misled by: control characters (C0, DEL, C1), separators of lines and paragraphs, marks that turn the order of text. */
const ACTIVE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/**
 * A text as one line that does nothing: each active character stands there as its `\uXXXX`. Inside a JSON string that means the same
 * character, so that a line of JSON stays what it was.
 */
export const inert = (text: string): string =>
  text.replace(ACTIVE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
