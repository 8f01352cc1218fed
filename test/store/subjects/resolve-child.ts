/** Child of faults.test.ts: registers for ever, four at once, and prints a line for each answer. */
import { writeSync } from 'node:fs';
import { KeyRing } from '../../../store/key-ring.js';
import { poolOf } from '../../../store/postgres/connection.js';
import { databaseSettings } from '../../../store/postgres/settings.js';
import { SubjectRegistry } from '../../../store/subjects/registry.js';
import { FolderObjects } from '../../../store/objects/folder-objects.js';
import { SubjectKeys } from '../../../store/subjects/subject-keys.js';

const pool = poolOf(databaseSettings(process.env), { role: 'test' });
const [keyFolder = '', keysFolder = ''] = process.argv.slice(2);
const key = KeyRing.read({ dir: keyFolder }).secret('registry');
const registry = await SubjectRegistry.open(pool, new SubjectKeys(new FolderObjects(keysFolder), key));

async function register(nativeId: string): Promise<void> {
  const { subjectId } = await registry.resolve([
    { platform: 'slack', tenant: 'acme', nativeId },
    { mail: `${nativeId}@example.com` },
  ]);
  writeSync(1, `${JSON.stringify({ nativeId, subjectId })}\n`);
}
for (let i = 0; ; i += 4) await Promise.all([0, 1, 2, 3].map((k) => register(`K${(i + k) % 120}`)));
