import type { DataConverter } from '@temporalio/common';
import { QuellError } from '../domain/errors.js';
import type { PayloadKeys } from './payload-codec.js';

/** For client and worker alike: encrypts every payload and the common attributes of failures. `refusePlain` is true unless said otherwise. */
export function dataConverter(_keys: PayloadKeys, _options?: { readonly refusePlain?: boolean }): DataConverter {
  throw new QuellError('CONFIG', 'not there yet');
}
