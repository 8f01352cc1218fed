import type { ConsolePerson } from './app.js';
import type { ConsolePorts } from './ports.js';

/** Subject ids that are the signed-in person's own by now. */
export const ownIds = async (
  ports: Pick<ConsolePorts, 'idsOf'>,
  { subjectId }: Pick<ConsolePerson, 'subjectId'>,
): Promise<readonly string[]> => (subjectId === undefined ? [] : await ports.idsOf(subjectId));
