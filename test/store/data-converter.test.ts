import { randomBytes } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import {
  decodeArrayFromPayloads,
  encodeErrorToFailure,
  encodeToPayloads,
  loadDataConverter,
} from '@temporalio/common/lib/internal-non-workflow/index.js';
import { expect, it } from 'vitest';
import { dataConverter } from '../../store/data-converter.js';

it('is loaded by the SDK as client and worker load it, and encrypts values and failures', async () => {
  const converter = loadDataConverter(
    dataConverter({ current: { keyId: 'k-0000000000000001', bytes: randomBytes(32) } }),
  );
  const payloads = await encodeToPayloads(converter, { mail: 'kim@example.com' });
  expect(await decodeArrayFromPayloads(converter, payloads)).toEqual([{ mail: 'kim@example.com' }]);
  const failure = await encodeErrorToFailure(
    converter,
    ApplicationFailure.nonRetryable('kim@example.com was refused', 'Refused', 'kim@example.com'),
  );
  const seen = texts([payloads, failure]).join('\n');
  expect(seen).toContain('binary/encrypted');
  expect(seen).not.toContain('example.com');
});

/** Every text in a structure, bytes as Latin-1. */
function texts(value: unknown): string[] {
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('latin1')];
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(texts);
  return [String(value)];
}
