import { expect, it } from 'vitest';
import { SubjectRegistry } from '../../store/subjects/registry.js';
import { decidersWithSubjects, registerDeciders, withoutNames } from '../../workers/people.js';
import { subjectKeys, testKeys } from '../store/support.js';
import { useDatabase } from '../support/database.js';

const database = useDatabase();
const keys = subjectKeys(testKeys().secret('registry'));
const config = {
  deciders: ['ann', 'ben'].map((personId) => ({
    ...{
      personId,
      roles: ['lead' as const],
      name: `Name of ${personId}`,
      email: `${personId}@example.com`,
      accounts: [],
    },
  })),
};

it('knows people of the configuration by the subject ids that they have now', async () => {
  const [console, evidence, people] = await Promise.all(
    (['console', 'evidence', 'people'] as const).map((role) => SubjectRegistry.open(database.as(role), keys)),
  );
  if (!console || !evidence || !people) throw new Error('all were opened');
  const ids = async () => (await decidersWithSubjects(config, people)).map(({ subjectId }) => subjectId);
  expect(await ids()).toEqual([undefined, undefined]);
  await registerDeciders(config, console);
  await registerDeciders(config, console);
  const [ann, ben] = await ids();
  expect(new Set([ann, ben, undefined]).size).toBe(3);

  // A case begins about an account, and the directory says whose it is.
  const account = { platform: 'slack', tenant: 'main', nativeId: 'U1' };
  const { subjectId } = await console.resolve([account]);
  await evidence.bind(subjectId, [account, { mail: 'ann@example.com' }]);
  expect(await ids()).toEqual([subjectId, ben]);
  expect(await people.canonical(ann ?? '')).toBe(subjectId);
  expect(withoutNames(await decidersWithSubjects(config, people))).toEqual([
    { personId: 'ann', roles: ['lead'], subjectId },
    { personId: 'ben', roles: ['lead'], subjectId: ben },
  ]);
});
