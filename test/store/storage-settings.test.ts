import { describe, expect, it } from 'vitest';
import { StorageSettings } from '../../store/storage-settings.js';

const s3 = (bucket: string, more: object = {}) => ({ s3: { region: 'eu-central-1', bucket, ...more } });
const arn = 'arn:aws:kms:eu-central-1:111122223333:key/00000000-0000-0000-0000-000000000000';
const KEYS = { evidence: arn, grounds: arn, dossier: arn, reports: arn, spool: arn };
const AWS = 'https://s3.eu-central-1.amazonaws.com';
const said = (settings: unknown): string => StorageSettings.safeParse(settings).error?.message ?? 'taken';

describe('where files of cases are', () => {
  it.each([
    {},
    { keys: { folder: 'keys-of-cases' } },
    { files: s3('files'), keys: s3('keys') },
    { files: s3('one', { prefix: 'files' }), keys: s3('one', { prefix: 'keys' }) },
    { files: s3('files', { lock: { mode: 'compliance', days: 365 } }), keys: { folder: '/mnt/keys' } },
    { kms: { region: 'eu-central-1', keys: KEYS } },
    { files: s3('one', { endpoint: 'https://a.example.com' }), keys: s3('one', { endpoint: 'https://b.example.com' }) },
    ...['http://localhost:9000', 'http://127.0.0.1:9000', 'http://[::1]:9000', 'https://s3.example.com'].map(
      (endpoint) => ({ keys: s3('keys', { endpoint }) }),
    ),
  ])('is taken: %j', (settings) => {
    expect(said(settings)).toBe('taken');
  });

  it.each([
    ['files without keys', { files: s3('files') }, 'name a place for keys'],
    ['both in one place', { files: s3('one'), keys: s3('one') }, 'must lie apart'],
    ['keys below the files', { files: s3('one'), keys: s3('one', { prefix: 'keys' }) }, 'must lie apart'],
    ['files below the keys', { files: { folder: '/a/b' }, keys: { folder: '/a' } }, 'must lie apart'],
    ['one bucket by two addresses of AWS', { files: s3('one', { endpoint: AWS }), keys: s3('one') }, 'must lie apart'],
    [
      'one place by two ways to write its address',
      {
        files: s3('one', { endpoint: 'https://s3.example.com' }),
        keys: s3('one', { endpoint: 'https://s3.example.com/' }),
      },
      'must lie apart',
    ],
    ['a plain way to another machine', { keys: s3('k1k', { endpoint: 'http://s3.example.com' }) }, 'https, or an'],
    [
      'a plain way to KMS',
      { kms: { region: 'eu-central-1', endpoint: 'http://192.0.2.1', keys: KEYS } },
      'https, or an address',
    ],
    ['keys that are locked', { files: s3('a1a'), keys: s3('b1b', { lock: { mode: 'compliance', days: 1 } }) }, 'lock'],
    ['credentials', { files: s3('a1a', { accessKeyId: 'x', secretAccessKey: 'y' }), keys: s3('b1b') }, 'accessKeyId'],
    ['no bucket', { files: s3('A'), keys: s3('b1b') }, 'the name of a bucket'],
    ['a prefix that leaves it', { files: s3('a1a', { prefix: '../x' }), keys: s3('b1b') }, 'names with / between'],
    ['a compartment without a key of KMS', { kms: { region: 'eu-central-1', keys: { evidence: arn } } }, 'grounds'],
  ])('is refused: %s', (_, settings, words) => {
    expect(said(settings)).toContain(words);
  });
});
