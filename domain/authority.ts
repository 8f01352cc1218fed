import { verifySignature } from './canonical.js';
import type { Decider, DecisionKey, Signed } from './decision.js';
import type { ErrorCode } from './errors.js';

/**
 * Whether a signed message comes from the person it names: by that person's own key, or by the console's key for a
 * signed-in person. Returns the error code, or undefined when it does. Pure and synchronous: it runs in validators.
 */
export function checkSigned(
  signed: Signed<{ readonly personId: string }>,
  keys: readonly DecisionKey[],
): ErrorCode | undefined {
  const key = keys.find((k) => k.keyId === signed.keyId);
  if (!key) return 'SIGNATURE';
  if (key.holder.kind === 'person' && key.holder.personId !== signed.body.personId) return 'SIGNATURE';
  return verifySignature(signed.body, signed.signature, key.publicKey) ? undefined : 'SIGNATURE';
}

/** Whether a person holds a role and is not the one the case is about. */
export function mayAct(personId: string, role: string, deciders: readonly Decider[], subjectId: string): boolean {
  const decider = deciders.find((d) => d.personId === personId);
  return decider !== undefined && decider.roles.includes(role) && decider.subjectId !== subjectId;
}
