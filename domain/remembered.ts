/**
 * A pure function of a text with its answers kept: the same few names are asked for thousands of times. What comes beyond `most` texts, or
 * is long, is worked out each time, so that whoever makes texts up fills no memory.
 */
export function remembered<T>(of: (text: string) => T, most = 2_000): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const kept = known.get(text);
    if (kept !== undefined || known.has(text)) return kept as T;
    const found = of(text);
    if (known.size < most && text.length <= MAX_TEXT) known.set(text, found);
    return found;
  };
}
const MAX_TEXT = 300;
