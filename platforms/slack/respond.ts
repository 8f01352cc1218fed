import { QuellError } from '../../domain/errors.js';
import type { Wire } from '../wire.js';
import { statusError } from './errors.js';
import { OPERATIONS } from './methods.js';
import { escaped, paragraphs } from './text.js';

/** Slack waits three seconds for the answer to the press itself; this one comes after it. */
const TIMEOUT_MS = 5_000;

/**
 * Says something to the person who pressed a button, by the address that came with the press: in the place of the message, buttons and all, or
 * below it for them alone. The address is the only credential: Slack takes five posts within 30 minutes of the press. Errors: CONFIG for an
 * address that is not Slack's, VENDOR_*.
 */
export async function say(
  wire: Wire,
  responseUrl: string,
  { text, replace }: { readonly text: string; readonly replace: boolean },
): Promise<void> {
  const { name: operation, scopes, limit } = OPERATIONS.respond;
  const body = JSON.stringify({ replace_original: replace, text: escaped(text), blocks: paragraphs(text) });
  let response: Response;
  try {
    response = await wire.send({ operation, scopes, limit, secretPath: true }, responseUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    throw error instanceof QuellError ? error : new QuellError('VENDOR_DOWN', operation);
  }
  await response.body?.cancel();
  if (!response.ok) throw statusError(operation, response.status, response.headers.get('retry-after'));
}
