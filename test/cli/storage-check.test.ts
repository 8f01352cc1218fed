import { expect, it } from 'vitest';
import { QuellError } from '../../domain/errors.js';
import { COMPARTMENTS } from '../../store/compartment.js';
import { kmsKeys } from '../../store/kms-key-wrapping.js';
import type { ObjectStore } from '../../store/objects/object-store.js';
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
  const whats = checks.map(({ what }) => what);
  expect(new Set(whats).size).toBe(whats.length);
  expect(new Set(checks.map(({ status }) => status))).toEqual(new Set(['good']));
  expect(checks.find(({ what }) => what === 'files: object lock')?.because).toBe('none');
  for (const part of COMPARTMENTS) {
    expect(await keysIn(storage.files, `${part}/`)).toEqual([]);
    expect(await keysIn(storage.keys, `${part}/`)).toEqual([]);
  }
  expect(await keysIn(storage.keys, 'subjects/')).toEqual([]);
  const inFolder = await testStorage('folder', aws);
  expect((await checkStorage(inFolder, undefined)).map(({ what }) => what)).toEqual(
    whats.filter((what) => !/lock|wrap|open$/.test(what)),
  );
  inFolder.drop();
});

it('says what a bucket lacks, and what holds its objects', async () => {
  const at = { ...aws.service, pathStyle: true };
  const lock = { mode: 'governance' as const, days: 3 };
  const apart = await testStorage('folder', aws);
  const of = (bucket: string) =>
    openStorage('', '', { files: { s3: { ...at, bucket, lock } }, keys: { folder: '/k' } });
  for (const [bucket, status, because] of [
    [await aws.bucket({ lock: true }), 'good', 'governance, 3 days'],
    [await aws.bucket(), 'refused', 'the bucket has none'],
  ] as const) {
    const checks = await checkStorage({ files: of(bucket).files, keys: apart.keys }, undefined);
    expect(checks.at(-1)).toMatchObject({ status, because: expect.stringContaining(because) as string });
    expect(new Set(checks.slice(0, -1).map((check) => check.status))).toEqual(new Set(['good']));
  }
  apart.drop();
});

/** A place that refuses some of what is asked of it, as S3 does by the rights that somebody lacks. */
const without = (store: ObjectStore, ...calls: readonly (keyof ObjectStore)[]): ObjectStore =>
  Object.assign(
    Object.create(store) as ObjectStore,
    Object.fromEntries(calls.map((call) => [call, () => Promise.reject(new QuellError('STORE_REFUSED'))])),
  );

it('needs of a role what it does there, below its own compartments, and says so of one that may not list', async () => {
  const whole = await testStorage('folder', aws);
  const placeOf = (...calls: readonly (keyof ObjectStore)[]) => ({
    files: without(whole.files, ...calls),
    keys: without(whole.keys, ...calls),
  });
  const evidence = statusOf(await checkStorage(placeOf('remove'), undefined, 'evidence'));
  expect(evidence).toMatchObject({
    ...{ 'files of evidence: write': 'good', 'files of evidence: delete': 'unneeded' },
    ...{ 'files of evidence: look for what is not there': 'beyond', 'files of evidence: read': 'beyond' },
    ...{ 'keys of evidence: look for what is not there': 'good', 'keys of evidence: delete': 'unneeded' },
    ...{ 'files of spool: delete': 'refused', 'keys of subjects: write': 'good' },
  });
  expect(Object.keys(evidence).filter((what) => /dossier|reports/.test(what))).toEqual([]);
  // What stays of it is one object of each place, which the role that forgets takes away.
  await checkStorage(placeOf('remove'), undefined, 'evidence');
  expect(await keysIn(whole.files, 'evidence/')).toEqual(
    ['files', 'keys'].map((place) => `evidence/${place}/quell-check/probe`),
  );
  const records = statusOf(await checkStorage(whole, undefined, 'records'));
  expect(records).toMatchObject({ 'files of evidence: delete': 'good', 'keys of subjects: delete': 'good' });
  expect(await keysIn(whole.files, 'evidence/')).toEqual([]);
  expect(statusOf(await checkStorage(placeOf('exists', 'put'), undefined, 'containment'))).toMatchObject({
    ...{ 'files of grounds: look for what is not there': 'refused', 'keys of grounds: write': 'refused' },
    'files of dossier: look for what is not there': 'unneeded',
  });
  expect(statusOf(await checkStorage(whole, undefined, 'containment'))).not.toHaveProperty('files of grounds: write');
  expect(await checkStorage(whole, undefined, 'playbook')).toEqual([]);
  whole.drop();
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
