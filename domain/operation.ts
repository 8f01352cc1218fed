/**
 * Whether a vendor's operation is the one that somebody wrote down. `*` at the end stands for anything. Entra's own log writes
 * `Add member to role`, the unified audit log the same with a dot at its end, and people either, with capitals as they come.
 */
export function isOperation(operation: string, written: string): boolean {
  const [done, wanted] = [compared(operation), compared(written)];
  return wanted.endsWith('*') ? `${done}.`.startsWith(wanted.slice(0, -1)) : done === wanted;
}

const compared = (name: string): string => withoutDot(name.trim()).toLowerCase();

/** The name without the dot that one of the vendor's logs adds. */
export const withoutDot = (operation: string): string => operation.replace(/\.$/, '');
