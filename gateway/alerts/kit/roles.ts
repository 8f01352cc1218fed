/**
 * The parts that somebody plays in an alert (`evidenceRole` of Microsoft Graph, learn.microsoft.com/graph/api/resources/security-alertevidence;
 * `detailedRoles` are free text). Those whom it was done to, who were only near, or who were set up or changed by it are no suspects.
 */
const SUSPECT = new Set(['attacker', 'compromised', 'source', 'suspicious', 'policyviolator']);
const OTHERS = new Set(['attacked', 'destination', 'contextual', 'added', 'edited', 'created', 'scanned']);
const OTHERS_IN_WORDS = /\b(?:target(?:ed)?|victim|recipient|attacked|impersonated|destination|contextual)s?\b/;
const SUSPECT_IN_WORDS = /\b(?:attacker|actor|compromised|source|sender|initiator|suspicious)\b/;
/** `PhishingTarget`, `target_user` as words. */
const wordsOf = (text: string): string =>
  text
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/[_-]/g, ' ')
    .toLowerCase();

/** Whether the roles say that somebody is no suspect. No role, and one that is not known, say nothing. */
export function isBystander(roles: readonly string[], detailed: readonly string[] = []): boolean {
  const names = roles.map((role) => role.toLowerCase().replace(/[^a-z]/g, ''));
  if (names.some((name) => SUSPECT.has(name))) return false;
  return (
    names.some((name) => OTHERS.has(name)) ||
    detailed.map(wordsOf).some((text) => OTHERS_IN_WORDS.test(text) && !SUSPECT_IN_WORDS.test(text))
  );
}

/** Those who are no bystanders; all when there is nobody else. */
export function suspects<T>(all: readonly T[], isAside: (one: T) => boolean): readonly T[] {
  const some = all.filter((one) => !isAside(one));
  return some.length > 0 ? some : all;
}
