/*
 * What is scrubbed may be an attacker's words: every pattern begins at the edge of a run of its own characters or is bounded, so that no text
 * makes it look at the same characters again from each of their places.
 */
const RULES: readonly (readonly [RegExp, string])[] = [
  [/(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, '[mail]'],
  [/\b(https?:\/\/[^\s/?#]+)[^\s)"']*/g, '$1/…'],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, '$1 [secret]'],
  [/\bxox[a-z]-[\w-]+/g, '[secret]'],
  [/\beyJ[\w-]{1,2000}\.[\w-]{1,8000}\.[\w-]*/g, '[secret]'],
  // long runs without a space that are no GUID and no word
  [/(?<![\w-])(?![0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b)(?=[\w-]*\d)[\w-]{32,}\b/gi, '[secret]'],
];

/** Takes mail addresses, link paths and anything that looks like a token out of a text that leaves the activity. */
export function scrub(text: string): string {
  return RULES.reduce((t, [pattern, by]) => t.replace(pattern, by), text);
}
