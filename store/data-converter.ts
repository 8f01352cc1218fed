import type { DataConverter } from '@temporalio/common';
import { fileURLToPath } from 'node:url';
import { EncryptionCodec, type PayloadKeys, type PlainPayloads } from './payload-codec.js';

/** For client and worker alike: encrypts every payload and the common attributes of failures. Workflow workers take `plain: 'mark'`. */
export function dataConverter(keys: PayloadKeys, options: { readonly plain?: PlainPayloads } = {}): DataConverter {
  return {
    payloadCodecs: [new EncryptionCodec(keys, options.plain)],
    failureConverterPath: fileURLToPath(
      new URL(import.meta.url.endsWith('.ts') ? './failure-converter.ts' : './failure-converter.js', import.meta.url),
    ),
  };
}
