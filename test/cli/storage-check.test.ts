import { expect, it } from 'vitest';
import { kmsKeys } from '../../store/kms-key-wrapping.js';
import { openStorage } from '../../store/storage-settings.js';
import type { Role } from '../../store/role-keys.js';
import { checkStorage } from '../../workers/storage-check.js';
import { useAws } from '../support/aws.js';
import { keysIn, testStorage } from '../support/storage.js';

const aws = useAws();
/** One for all compartments. */
const keysOf = (arn: string) => ({ evidence: arn, grounds: arn, dossier: arn, reports: arn, spool: arn });
const statusOf = (checks: Awaited<ReturnType<typeof checkStorage>>): Record<string, string> =>
  Object.fromEntries(checks.map(({ what, status }) => [what, status]));

it('tries files, keys and what wraps them, and leaves nothing', async () => {
  const storage = await testStorage('s3', aws);
  const arn = await aws.key();
  const checks = await checkStorage(storage, kmsKeys(aws.kms, keysOf(arn)));
  expect(checks).toHaveLength(18);
  expect(new Set(checks.map(({ status }) => status))).toEqual(new Set(['good']));
  expect(checks.find(({ what }) => what === 'files: object lock')?.because).toBe('none');
  expect(await keysIn(storage.files, 'quell-check/')).toEqual([]);
  expect((await checkStorage(await testStorage('folder', aws), undefined)).map(({ what }) => what)).toEqual([
    ...['files: write', 'files: read', 'files: delete'],
  ]);
});

it('says what a bucket lacks, and what holds its objects', async () => {
  const at = { ...aws.service, pathStyle: true };
  const lock = { mode: 'governance' as const, days: 3 };
  const keys = { folder: '/none' };
  const of = (bucket: string) => openStorage('', '', { files: { s3: { ...at, bucket, lock } }, keys }).files;
  const [locked, plain] = [of(await aws.bucket({ lock: true })), of(await aws.bucket())];
  expect((await checkStorage({ files: locked, keys: locked }, undefined)).at(-1)).toMatchObject({
    because: expect.stringContaining('governance, 3 days') as string,
  });
  expect((await checkStorage({ files: plain, keys: plain }, undefined)).map(({ status }) => status)).toEqual([
    'refused',
    'refused',
  ]);
});

it.each([
  ['evidence', ['kms:Encrypt'], { wrap: 'good', open: 'unneeded' }],
  ['analysis', ['kms:Decrypt'], { wrap: 'unneeded', open: 'good' }],
  ['analysis', ['kms:Encrypt', 'kms:Decrypt'], { wrap: 'beyond', open: 'good' }],
  ['analysis', ['kms:Encrypt'], { wrap: 'beyond', open: 'refused' }],
] as const)(
  'holds the rights at KMS of %s, %j, against what it needs of evidence',
  async (role: Role, may, expected) => {
    const arn = await aws.key();
    const kms = kmsKeys(await aws.kmsOf(may), keysOf(arn));
    const storage = await testStorage('folder', aws);
    await aws.enforce(true);
    try {
      const found = statusOf(await checkStorage(storage, kms, role));
      expect({ wrap: found['keys of evidence: wrap'], open: found['keys of evidence: open'] }).toEqual(expected);
    } finally {
      await aws.enforce(false);
      storage.drop();
    }
  },
);
