import type { ErrorCode } from '../../domain/errors.js';

/** What an HTTP status says that is no success, where the vendor gave no code of its own that says more. */
export function codeOfStatus(status: number): ErrorCode {
  if (status === 401) return 'VENDOR_AUTH';
  if (status === 402) return 'VENDOR_PLAN';
  if (status === 403) return 'VENDOR_SCOPE';
  if (status === 404 || status === 410) return 'VENDOR_NOT_FOUND';
  if (status === 429) return 'VENDOR_BUSY';
  if (status >= 500 || status === 408) return 'VENDOR_DOWN';
  // A success that is none, or a redirect, which nobody follows.
  return status < 400 ? 'VENDOR_REPLY' : 'VENDOR_REFUSED';
}

/** A vendor's word with a blank before it, for our text of an error: only where it looks like a code, and never a sentence of the vendor's. */
export const codeWord = (word: string | null | undefined): string =>
  typeof word === 'string' && /^[\w.-]{1,80}$/.test(word) ? ` ${word}` : '';
