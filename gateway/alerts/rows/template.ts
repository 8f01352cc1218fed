import { Fields } from '../kit/fields.js';

/**
 * The top of a body that an operator's own template made, by names in lower case without separators (`AlertName`, `alert_name` and
 * `alertName` are one). What the sender left unfilled (`$ALERT_ID`, `{{Id}}`, `null`) is absent.
 */
export function templateOf(f: Fields): Fields {
  const { value } = f;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Fields({});
  return new Fields(
    Object.fromEntries(
      Object.entries(value as Readonly<Record<string, unknown>>).flatMap(([key, of]) =>
        typeof of === 'string' && UNFILLED.test(of.trim())
          ? []
          : [[key.toLowerCase().replace(/[^a-z0-9]/g, ''), of] as const],
      ),
    ),
  );
}
const UNFILLED = /^(?:\$[A-Z_]+(?:\[[^\]]*\])?|\{\{[^{}]*\}\}|null|undefined|)$/;
