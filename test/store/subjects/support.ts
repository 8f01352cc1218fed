import { query } from '../../../store/postgres/connection.js';
import type { Role } from '../../../store/role-keys.js';
import type { Alias } from '../../../store/subjects/alias.js';
import type { SubjectProfile } from '../../../store/subjects/profile.js';
import { SubjectRegistry } from '../../../store/subjects/registry.js';
import type { TestOrganisation } from '../../support/database-server.js';
import { useDatabase, type TestDatabase } from '../../support/database.js';
import { subjectKeys, tempFolder, testKeys } from '../support.js';

export const key = testKeys().secret('registry');
/** Of the keys of subjects. */
export const keysFolder = tempFolder();
export const keys = subjectKeys(key, keysFolder);

export const slack = (nativeId: string): Alias => ({ platform: 'slack', tenant: 'acme', nativeId });
export const mail = (address: string): Alias => ({ mail: address });

export const profile = (subjectId: string, more: Partial<SubjectProfile> = {}): SubjectProfile => ({
  subjectId,
  kind: 'person',
  name: 'Kim Planted',
  mails: ['kim.planted@example.com'],
  accounts: [],
  authority: 'microsoft',
  vip: false,
  readAt: '2026-01-01T00:00:00.000Z',
  ...more,
});

type Options = Parameters<typeof SubjectRegistry.open>[2] & { readonly organisation?: TestOrganisation };

export interface TestRegistries {
  readonly database: TestDatabase;
  /** The registry with the rights of a role, and the key of this file. */
  open(role?: Role, options?: Options): Promise<SubjectRegistry>;
  /** As if nobody was ever seen. */
  empty(): Promise<void>;
}

/** A database for registries of this file. */
export function useRegistries(): TestRegistries {
  const database = useDatabase();
  return {
    database,
    open: (role = 'evidence', { organisation, ...options } = {}) =>
      SubjectRegistry.open(database.as(role, organisation), keys, options),
    empty: async () => {
      await query(database.pool, 'TRUNCATE subjects, subject_aliases, subject_registry');
    },
  };
}
