import { QuellError } from '../../domain/errors.js';
import type { Talk } from '../ports.js';

/**
 * Posts a message that is not there yet. Vendors have no key that keeps a post from being made twice when its answer was lost; so the message
 * carries ours, and whoever posts looks for it first. A post that is refused may have come second: then one more look. Both give the message's
 * id. Errors: those of `find` and `post`.
 */
export async function postOnce(
  find: () => Promise<string | undefined>,
  post: () => Promise<string>,
): ReturnType<Talk['send']> {
  const before = await find();
  if (before !== undefined) return { messageId: before, already: true };
  try {
    return { messageId: await post(), already: false };
  } catch (error) {
    const after = error instanceof QuellError && error.code === 'VENDOR_REFUSED' ? await find() : undefined;
    if (after === undefined) throw error;
    return { messageId: after, already: true };
  }
}
