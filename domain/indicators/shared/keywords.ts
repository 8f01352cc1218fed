import { plainText } from '../../text.js';

/** Whole words or parts divided by punctuation, in any case: "passwords.txt", "db_secret", "private-key.pem", never "secretary". */
export function matches(texts: readonly string[], keywords: readonly string[]): boolean {
  const said = texts.map(wordsOf);
  return keywords
    .map((k) => wordsOf(k).trim())
    .some((k) => k !== '' && said.some((t) => t.includes(` ${k} `) || t.includes(` ${k}s `)));
}

/** Lower-case words with one space around each. */
const wordsOf = (text: string): string =>
  ` ${plainText(text)
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((w) => w !== '')
    .join(' ')} `;
