import type { Decider } from '../domain/decision.js';
import type { SubjectRegistry } from '../store/subjects/registry.js';
import type { Config } from './config.js';

/** Somebody of the configuration, with name and address: neither belongs in a workflow. */
export interface ConfiguredPerson extends Decider {
  readonly name: string;
  readonly email: string;
}

/**
 * People of the configuration with the subject ids that they have now, so that nobody decides about themselves: ids are joined while a role
 * runs. Whom nobody has registered yet has none.
 */
export async function decidersWithSubjects(
  { deciders }: Pick<Config, 'deciders'>,
  registry: Pick<SubjectRegistry, 'findEach'>,
): Promise<readonly ConfiguredPerson[]> {
  const ids = await registry.findEach(deciders.map(({ email }) => ({ mail: email })));
  return deciders.map(({ personId, roles, name, email }, i) => ({
    ...{ personId, roles, name, email },
    ...(ids[i] === undefined ? {} : { subjectId: ids[i] }),
  }));
}

/** As a workflow is told of them. */
export const withoutNames = (people: readonly ConfiguredPerson[]): readonly Decider[] =>
  people.map(({ name: _name, email: _email, ...decider }) => decider);

/** Gives an id to people of the configuration who have none, before any case is about them. */
export async function registerDeciders(
  { deciders }: Pick<Config, 'deciders'>,
  registry: Pick<SubjectRegistry, 'resolve'>,
): Promise<void> {
  for (const { email } of deciders) await registry.resolve([{ mail: email }]);
}
