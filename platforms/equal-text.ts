import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether two secrets are the same, in constant time whatever their lengths. */
export function equalText(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return left !== undefined && right !== undefined && timingSafeEqual(left, right);
}
