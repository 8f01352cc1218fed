/**
 * Whether a vendor's operation is the one that somebody wrote down. `*` at the end stands for anything. Entra's own log writes
 * `Add member to role`, the unified audit log the same with a dot at its end, and people either.
 */
export function isOperation(operation: string, written: string): boolean {
  return written.endsWith('*')
    ? operation.startsWith(written.slice(0, -1))
    : withoutDot(operation) === withoutDot(written);
}

/** The name without the dot that one of the vendor's logs adds. */
export const withoutDot = (operation: string): string => operation.replace(/\.$/, '');
