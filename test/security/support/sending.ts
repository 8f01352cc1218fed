import { Client } from '@temporalio/client';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { EncryptionCodec, payloadKeys } from '../../../store/payload-codec.js';
import { KeyRing } from '../../../store/key-ring.js';
import { join } from 'node:path';
import type { Attack } from './attack.js';

/** Sends one payload as it is, whatever the arguments are: in the clear, as garbage, or as it was read from a history. */
export const sending = ({ house }: Attack, payload: Payload): Client =>
  new Client({
    connection: house.client.connection,
    namespace: house.temporal.namespace,
    dataConverter: { payloadCodecs: [{ encode: async () => [payload], decode: async () => [] }] },
  });

export const plain = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);

export async function encrypted({ house }: Attack, inner: Payload): Promise<Payload> {
  const keys = payloadKeys(KeyRing.read({ dir: join(house.files.roleFolder('console'), 'keys') }));
  return (await new EncryptionCodec(keys).encode([inner]))[0]!;
}

/** What reaches a workflow from whoever has no payload key, or has it and sends what is no message. */
export async function garbage(on: Attack, value: unknown): Promise<Readonly<Record<string, Payload>>> {
  const good = await encrypted(on, plain(value));
  return {
    'in the clear': plain(value),
    'nothing in the clear': plain(null),
    'under a key that there is not': {
      ...good,
      metadata: { encoding: Buffer.from('binary/encrypted'), 'key-id': Buffer.from('k-00000000000000ff') },
    },
    'changed on its way': { ...good, data: Buffer.alloc(64) },
    'encrypted, and no JSON inside': await encrypted(on, {
      metadata: { encoding: Buffer.from('json/plain') },
      data: Buffer.from('{"alerts":'),
    }),
    'encrypted, in a form that nobody reads': await encrypted(on, {
      metadata: { encoding: Buffer.from('json/protobuf') },
      data: Buffer.from('{}'),
    }),
    'encrypted bytes': await encrypted(on, plain(new Uint8Array([1, 2, 3]))),
    'encrypted null': await encrypted(on, plain(null)),
    'an encrypted number': await encrypted(on, plain(7)),
    'an encrypted list': await encrypted(on, plain([value])),
    'an encrypted empty object': await encrypted(on, plain({})),
  };
}
