const LETTERS = { account: 'UW', app: 'A', file: 'F' } as const;

/**
 * Whether a text is spelled as Slack spells the ids of such things: a letter that says what it is, then capital letters and digits.
 * Every thing has one spelling. Whatever else a target names is not asked for at all, so that no leniency of the vendor turns it into a thing.
 */
export const isSlackId = (what: keyof typeof LETTERS, id: string): boolean =>
  new RegExp(`^[${LETTERS[what]}][A-Z0-9]{2,}$`).test(id);
