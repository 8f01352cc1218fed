import { QuellError } from '../../domain/errors.js';

/** What a verified callback body tells (`payload=<url-encoded JSON>`). Throws ALERT_FORMAT for what is no interaction of Slack at all. */
export function interactionOf(rawBody: string): unknown {
  try {
    return JSON.parse(new URLSearchParams(rawBody).get('payload') ?? '') as unknown;
  } catch {
    throw new QuellError('ALERT_FORMAT', 'no interaction of Slack');
  }
}
