import { QuellError } from '../../domain/errors.js';

/** Undefined when the vendor does not know the object (any more). */
export async function orMissing<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof QuellError && error.code === 'VENDOR_NOT_FOUND') return undefined;
    throw error;
  }
}

/** Milliseconds of a Retry-After header (seconds or HTTP date); undefined when absent. */
export function retryAfterMs(header: string | null | undefined, now = Date.now()): number | undefined {
  if (header === null || header === undefined || header.trim() === '') return undefined;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
