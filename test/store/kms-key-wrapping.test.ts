import { randomBytes } from 'node:crypto';
import { EncryptCommand } from '@aws-sdk/client-kms';
import { beforeAll, describe, expect, it } from 'vitest';
import { CaseVault, fileKeys } from '../../store/case-vault.js';
import type { Compartment } from '../../store/compartment.js';
import type { KeyUse } from '../../store/key-wrapping.js';
import { kmsKeys } from '../../store/kms-key-wrapping.js';
import { readWhole } from '../../store/objects/object-store.js';
import { openVault } from '../../store/storage-settings.js';
import { TestAws, useAws } from '../support/aws.js';
import { keysIn, testStorage } from '../support/storage.js';
import { testKeys } from './support.js';

const aws = useAws();
const ring = testKeys();
const USE: KeyUse = { compartment: 'evidence', caseId: 'case-a', keyId: '0a'.repeat(16) };
const key = randomBytes(32);
let keys: Record<Compartment, string>;
beforeAll(async () => {
  keys = {
    ...{ evidence: await aws.key(), grounds: await aws.key(), dossier: await aws.key() },
    ...{ reports: await aws.key(), spool: await aws.key() },
  };
});

describe('keys of cases wrapped by KMS', () => {
  it('open for the case and compartment that they were wrapped for, and for no other', async () => {
    const wrapping = kmsKeys(aws.kms, keys);
    const wrapped = await wrapping.wrap(key, USE);
    expect(wrapped).toEqual({ kms: expect.any(String) as string });
    expect(Buffer.from((await wrapping.open(wrapped, USE)) ?? [])).toEqual(key);
    for (const other of [{ caseId: 'case-b' }, { keyId: '0b'.repeat(16) }, { compartment: 'dossier' as const }])
      await expect(wrapping.open(wrapped, { ...USE, ...other })).rejects.toMatchObject({ code: 'STORE_TAMPERED' });
    const cut = { kms: (wrapped.kms ?? '').slice(0, -8) };
    await expect(wrapping.open(cut, USE)).rejects.toMatchObject({ code: 'STORE_TAMPERED' });
    expect(await wrapping.open({ sealed: [] }, USE)).toBeUndefined();
  });

  it('do not open when somebody wrapped them with a key of their own', async () => {
    const { CiphertextBlob = new Uint8Array() } = await aws.kms.send(
      new EncryptCommand({
        KeyId: await aws.key(),
        Plaintext: key,
        EncryptionContext: { compartment: USE.compartment, case: USE.caseId, key: USE.keyId },
      }),
    );
    const foreign = { kms: Buffer.from(CiphertextBlob).toString('base64') };
    // This server says that it may not, AWS that it is another key.
    await expect(kmsKeys(aws.kms, keys).open(foreign, USE)).rejects.toMatchObject({
      code: expect.stringMatching(/^STORE_(TAMPERED|REFUSED)$/) as string,
    });
  });

  it('carry evidence, of which nothing opens without KMS; what key files opened before stays readable', async () => {
    const storage = await testStorage('s3', aws);
    const before = await new CaseVault(storage, fileKeys(ring, 'evidence'))
      .writer('evidence')
      .writeJson('case-a', 'n', { a: 1 });
    const settings = { kms: { ...aws.service, keys } };
    const ref = await openVault(storage, ring, 'evidence', settings)
      .writer('evidence')
      .writeJson('case-a', 'n', { a: 2 });
    const reader = openVault(storage, ring, 'analysis', settings).reader('evidence');
    expect(await reader.readJson('case-a', before)).toEqual({ a: 1 });
    expect(await reader.readJson('case-a', ref)).toEqual({ a: 2 });
    const byFile = new CaseVault(storage, fileKeys(ring, 'analysis')).reader('evidence');
    expect(await byFile.canOpen('case-a', ref.key)).toBe(false);
    await expect(byFile.readJson('case-a', ref)).rejects.toMatchObject({ code: 'STORE_GONE' });
    const kept = await Promise.all(
      (await keysIn(storage.keys, 'evidence/keys/case-a/')).map(async (name) =>
        String(await readWhole(storage.keys, name, 10_000)),
      ),
    );
    expect(kept.filter((text) => text.startsWith('{"kms":'))).toHaveLength(1);
  });
});

describe('rights', () => {
  it('are those of the role: who wraps does not open, who opens does not wrap', async () => {
    const writer = kmsKeys(await aws.kmsOf(['kms:Encrypt']), keys);
    const reader = kmsKeys(await aws.kmsOf(['kms:Decrypt']), keys);
    const storage = await testStorage('folder', aws);
    await aws.enforce(true);
    try {
      const wrapped = await writer.wrap(key, USE);
      expect(Buffer.from((await reader.open(wrapped, USE)) ?? [])).toEqual(key);
      const refused = { code: 'STORE_REFUSED', retryable: false };
      await expect(writer.open(wrapped, USE)).rejects.toMatchObject(refused);
      await expect(reader.wrap(key, USE)).rejects.toMatchObject(refused);
      const ref = await new CaseVault(storage, writer).writer('evidence').writeJson('case-a', 'n', { a: 1 });
      expect(await new CaseVault(storage, reader).reader('evidence').readJson('case-a', ref)).toEqual({ a: 1 });
      const blind = new CaseVault(storage, writer).reader('evidence');
      expect(await blind.canOpen('case-a', ref.key)).toBe(false);
      await expect(blind.readJson('case-a', ref)).rejects.toMatchObject(refused);
    } finally {
      await aws.enforce(false);
      storage.drop();
    }
  });
});

describe('KMS', () => {
  it('that does not know the key is CONFIG', async () => {
    const unknown = keys.evidence.replace(/[0-9a-f-]{36}$/, '00000000-0000-0000-0000-000000000000');
    await expect(kmsKeys(aws.kms, { ...keys, evidence: unknown }).wrap(key, USE)).rejects.toMatchObject({
      code: 'CONFIG',
    });
  });

  it('that is down is STORE, to be tried again', async () => {
    const wrapped = await kmsKeys(aws.kms, keys).wrap(key, USE);
    const nobody = new TestAws();
    await nobody.start();
    await nobody.stop();
    const down = kmsKeys(nobody.kms, keys);
    await expect(down.wrap(key, USE)).rejects.toMatchObject({ code: 'STORE', retryable: true });
    await expect(down.open(wrapped, USE)).rejects.toMatchObject({ code: 'STORE', retryable: true });
  });
});
