import { QuellError } from '../../../domain/errors.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The JSON object or list of a body. Errors: ALERT_FORMAT for what is no UTF-8, no JSON, or a bare value. */
export function parseBody(bytes: Uint8Array): object {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes));
  } catch {
    throw new QuellError('ALERT_FORMAT', 'the body is not JSON in UTF-8');
  }
  if (typeof value !== 'object' || value === null)
    throw new QuellError('ALERT_FORMAT', 'the body is not a JSON object');
  return value;
}
