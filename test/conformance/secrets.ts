import { inspect } from 'node:util';

/** Which of these an error tells in any of its parts: message, details, stack, causes. Each is named by its beginning alone. */
export function secretsIn(error: unknown, secrets: readonly string[]): readonly string[] {
  const text = inspect(error, { depth: 20, showHidden: true, maxStringLength: null, maxArrayLength: null });
  return secrets.filter((secret) => text.includes(secret)).map((secret) => `${secret.slice(0, 6)}…`);
}
