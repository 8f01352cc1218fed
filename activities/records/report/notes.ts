import type { CaseState } from '../../../domain/case.js';
import { QuellError } from '../../../domain/errors.js';
import { isNoteKey, type Note } from '../../dossier.js';
import type { RecordsDeps } from '../deps.js';

/** The state with the notes themselves in the place of their keys. A note that cannot be read is told of, and hides nothing else. */
export async function withNotes(deps: Pick<RecordsDeps, 'dossier'>, state: CaseState): Promise<CaseState> {
  const read = async (value: string | number | boolean): Promise<string | number | boolean> => {
    if (!isNoteKey(value)) return value;
    try {
      return (await deps.dossier.reader.readJson<Note>(state.caseId, { key: value })).text;
    } catch (error) {
      if (!(error instanceof QuellError) || error.retryable) throw error;
      return `${value} (cannot be read: ${error.code})`;
    }
  };
  const tasks = await Promise.all(
    state.tasks.map(async (task) => {
      if (!task.result) return task;
      const fields = await Promise.all(
        Object.entries(task.result).map(async ([name, value]) => [name, await read(value)] as const),
      );
      return { ...task, result: Object.fromEntries(fields) };
    }),
  );
  if (!state.contact) return { ...state, tasks };
  const withWords = async <T extends { readonly words?: string }>(said: T): Promise<T> =>
    said.words === undefined ? said : { ...said, words: String(await read(said.words)) };
  const later = await Promise.all((state.contact.later ?? []).map(withWords));
  return { ...state, tasks, contact: { ...(await withWords(state.contact)), later } };
}
