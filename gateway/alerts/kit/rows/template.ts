import type { Fields } from '../fields.js';

/**
 * The top of a body that an operator's own template made, by names in any case and without separators (`AlertName`, `alert_name` and
 * `alertName` are one). What the sender left unfilled (`$ALERT_ID`, `{{Id}}`, `null`) is absent.
 */
export function templateOf(f: Fields): Fields {
  const { value } = f;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return f.holding({});
  const filled = Object.entries(value).filter(([, of]) => !(typeof of === 'string' && UNFILLED.test(of.trim())));
  return f.holding(Object.fromEntries(filled)).loose();
}
const UNFILLED = /^(?:\$[A-Z_]+(?:\[[^\]]*\])?|\{\{[^{}]*\}\}|null|undefined|)$/;
