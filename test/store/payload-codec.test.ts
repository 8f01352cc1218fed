import { randomBytes } from 'node:crypto';
import { ApplicationFailure, defaultPayloadConverter, type Payload } from '@temporalio/common';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureConverter } from '../../store/failure-converter.js';
import { EncryptionCodec, type PayloadKeys } from '../../store/payload-codec.js';

const key = (id: string): PayloadKeys['current'] => ({ keyId: id, bytes: randomBytes(32) });
const current = key('k-0000000000000001');
const previous = key('k-0000000000000002');
const codec = new EncryptionCodec({ current });
const plain = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
const text = (payload: Payload | undefined): unknown => defaultPayloadConverter.fromPayload(payload!);

describe('encryption codec', () => {
  it('gives back any value, and shows none of it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.uint8Array(), async (value, bytes) => {
        const sent = [plain(value), plain(bytes)];
        const stored = await codec.encode(sent);
        const [first, second] = await codec.decode(stored);
        expect(text(first)).toEqual(text(sent[0]));
        expect(Buffer.from(text(second) as Uint8Array).equals(Buffer.from(bytes))).toBe(true);
      }),
      { numRuns: 50 },
    );
    const [stored] = await codec.encode([plain({ name: 'Kim Example', mail: 'kim@example.com' })]);
    const seen = Buffer.concat([...Object.values(stored?.metadata ?? {}), stored?.data ?? new Uint8Array()]).toString(
      'latin1',
    );
    expect(seen).not.toMatch(/Kim|example|json/);
    expect(seen).toContain('binary/encrypted');
  });

  it('never encodes the same value the same way', async () => {
    const [a, b] = await codec.encode([plain(1), plain(1)]);
    expect(Buffer.from(a!.data!).equals(Buffer.from(b!.data!))).toBe(false);
  });

  it('decodes what the previous key encoded; a key it lacks is an error of configuration', async () => {
    const old = await new EncryptionCodec({ current: previous }).encode([plain('old')]);
    expect(text((await new EncryptionCodec({ current, previous }).decode(old))[0])).toBe('old');
    for (const mode of ['refuse', 'pass'] as const) {
      await expect(new EncryptionCodec({ current }, mode).decode(old)).rejects.toMatchObject({ code: 'CONFIG' });
    }
    // Anybody can name a key that there is not.
    expect(text((await new EncryptionCodec({ current }, 'mark').decode(old))[0])).toEqual({ unreadable: 'CONFIG' });
  });

  it('refuses a plain payload, passes it, or marks it, as it is told', async () => {
    await expect(codec.decode([plain({ verb: 'approve' })])).rejects.toMatchObject({ code: 'PLAIN_PAYLOAD' });
    await expect(codec.decode([{}])).rejects.toMatchObject({ code: 'PLAIN_PAYLOAD' });
    expect(text((await new EncryptionCodec({ current }, 'pass').decode([plain('as it is')]))[0])).toBe('as it is');
    expect(text((await new EncryptionCodec({ current }, 'mark').decode([plain({ verb: 'approve' })]))[0])).toEqual({
      unreadable: 'PLAIN_PAYLOAD',
    });
  });

  it.each([
    ['no JSON', { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('{"a":') }],
    ['nothing', { metadata: { encoding: Buffer.from('json/plain') } }],
    ['a form that nobody reads', { metadata: { encoding: Buffer.from('json/protobuf') }, data: Buffer.from('{}') }],
    ['no form', {}],
    ['itself', plain('outer')],
  ])('marks what is encrypted as it should be and holds %s', async (what, inner) => {
    const stored = await codec.encode(what === 'itself' ? await codec.encode([inner]) : [inner]);
    const marking = new EncryptionCodec({ current }, 'mark');
    expect(text((await marking.decode(stored))[0])).toEqual({ unreadable: 'STORE_TAMPERED' });
  });

  it('notices one flipped bit anywhere', async () => {
    const [stored] = await codec.encode([plain('value')]);
    const data = stored!.data!;
    for (let at = 0; at < data.length; at++) {
      const changed = Uint8Array.from(data);
      changed[at]! ^= 1;
      await expect(codec.decode([{ ...stored, data: changed }])).rejects.toMatchObject({ code: 'STORE_TAMPERED' });
    }
    await expect(codec.decode([{ ...stored, data: data.subarray(0, 5) }])).rejects.toMatchObject({
      code: 'STORE_TAMPERED',
    });
    expect(
      text((await new EncryptionCodec({ current }, 'mark').decode([{ ...stored, data: data.subarray(1) }]))[0]),
    ).toEqual({ unreadable: 'STORE_TAMPERED' });
  });
});

describe('failure converter', () => {
  it('moves message and stack into payloads, where the codec takes them', () => {
    const failure = failureConverter.errorToFailure(
      ApplicationFailure.nonRetryable('kim@example.com was refused'),
      defaultPayloadConverter,
    );
    expect(JSON.stringify({ message: failure.message, stack: failure.stackTrace })).not.toContain('kim@');
    expect(Buffer.from(failure.encodedAttributes?.data ?? []).toString()).toContain('kim@example.com');
  });
});
