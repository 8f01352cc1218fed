import { DecryptCommand, EncryptCommand, type KMSClient } from '@aws-sdk/client-kms';
import { QuellError } from '../domain/errors.js';
import type { Compartment } from './compartment.js';
import type { KeyUse, KeyWrapping } from './key-wrapping.js';
import { aws, awsName } from './objects/aws-errors.js';

/**
 * By AWS KMS: `kms:Encrypt` wraps and `kms:Decrypt` opens, each by the key of its compartment (id, ARN or alias), which says which role may do which.
 * The encryption context is the compartment, the case and the id of the case's key.
 */
export function kmsKeys(client: KMSClient, keys: Readonly<Record<Compartment, string>>): KeyWrapping {
  return {
    wrap: (key, use) =>
      kms('wrap', async () => {
        const { CiphertextBlob } = await client.send(
          new EncryptCommand({ KeyId: keys[use.compartment], Plaintext: key, EncryptionContext: contextOf(use) }),
        );
        if (CiphertextBlob === undefined) throw new QuellError('STORE', 'wrap: no ciphertext');
        return { kms: Buffer.from(CiphertextBlob).toString('base64') };
      }),
    // The key is named, so that what somebody wrapped with a key of their own does not open.
    open: async (wrapped, use) =>
      wrapped.kms === undefined
        ? undefined
        : kms('open', async () => {
            const { Plaintext } = await client.send(
              new DecryptCommand({
                KeyId: keys[use.compartment],
                CiphertextBlob: Buffer.from(wrapped.kms ?? '', 'base64'),
                EncryptionContext: contextOf(use),
              }),
            );
            return Plaintext;
          }),
  };
}

const contextOf = ({ compartment, caseId, keyId }: KeyUse): Record<string, string> => ({
  compartment,
  case: caseId,
  key: keyId,
});

/** Another key or context than it was wrapped with: KMS does not tell which. */
const ANOTHER = new Set(['InvalidCiphertextException', 'IncorrectKeyException']);

async function kms<T>(what: string, work: () => Promise<T>): Promise<T> {
  return aws(what, async () => {
    try {
      return await work();
    } catch (error) {
      if (ANOTHER.has(awsName(error)))
        throw new QuellError(
          'STORE_TAMPERED',
          'a case key was not wrapped for this case by the key of its compartment',
        );
      // KMS says it of its own keys, which are no files of a case.
      if (awsName(error) === 'NotFoundException') throw new QuellError('CONFIG', 'KMS does not know the key');
      throw error;
    }
  });
}
