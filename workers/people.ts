import type { Decider } from '../domain/decision.js';
import type { SubjectRegistry } from '../store/subject-registry.js';
import type { Config } from './config.js';

/** People of the configuration with their subject ids, so that nobody decides about themselves. Registers them at first sight. */
export async function decidersWithSubjects(
  config: Config,
  registry: SubjectRegistry,
): Promise<readonly (Decider & { readonly name: string; readonly email: string; readonly subjectId: string })[]> {
  return await Promise.all(
    config.deciders.map(async ({ personId, roles, name, email }) => ({
      personId,
      roles,
      name,
      email,
      subjectId: (await registry.resolve([{ mail: email }])).subjectId,
    })),
  );
}
