export const LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'sv', 'tr', 'ja'] as const;
export type Language = (typeof LANGUAGES)[number];

/** One text of the labelled set: with the secret in it as it is meant, or without one. */
export interface Row {
  readonly text: string;
  /** What the table counts by: the issuer's form or the way of saying it; of decoys what they are. */
  readonly kind: string;
  /** `any`: lines of configuration, tokens and code, which are no language of people. */
  readonly language: Language | 'any';
  readonly secret?: string;
}
/** Sentences of one language: `{v}` is the secret; decoys have `{tool}`, `{who}`, `{n}`, `{date}`. */
export interface Phrases {
  readonly said: readonly string[];
  readonly decoys: readonly string[];
}
