import { isTooMuch } from '../fields.js';

/** The object or list that a text is, as vendors put JSON into a field; the value itself where it is one already. Undefined for other texts, and for what nests deeper than any alert. */
export function objectIn(value: unknown): object | undefined {
  if (typeof value === 'object' && value !== null) return value;
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return undefined;
  try {
    const inner: unknown = JSON.parse(value);
    return typeof inner === 'object' && inner !== null && !isTooMuch(inner) ? inner : undefined;
  } catch {
    return undefined;
  }
}
