import type { SenderProof } from '../sender-proof.js';
import { equalText } from '../equal-text.js';

/** A subscription of Graph: every notification in it carries the state that was agreed, or who posts it holds that as a bearer token. */
export const GRAPH_CLIENT_STATE: SenderProof = {
  proves: (secret, { headers, rawBody }) =>
    equalText(headers['authorization'] ?? '', `Bearer ${secret}`) || hasClientState(rawBody, secret),
  headers: (secret) => ({ authorization: `Bearer ${secret}` }),
};

/** All must be right. */
function hasClientState(body: Buffer, secret: string): boolean {
  try {
    const { value } = JSON.parse(body.toString('utf8')) as { value?: unknown };
    const states = (Array.isArray(value) ? (value as readonly { clientState?: unknown }[]) : []).map(
      (v) => v.clientState,
    );
    return states.length > 0 && states.every((s) => typeof s === 'string' && equalText(s, secret));
  } catch {
    return false;
  }
}
