/** Names of a list as text, which is easier to read than a hundred quoted ones. */
export const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** The first of the names that an action has; a name may end in `*`. */
export const named = (names: readonly string[], action: string): string | undefined =>
  names.find((name) => (name.endsWith('*') ? action.startsWith(name.slice(0, -1)) : name === action));
