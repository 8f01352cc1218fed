import { describe, expect, it } from 'vitest';
import type { Note } from '../../activities/dossier.js';
import { isNoteKey } from '../../activities/dossier.js';
import { completionOf } from '../../cli/tasks.js';
import type { HumanTask } from '../../domain/case.js';
import { keepNote } from '../../gateway/task-form.js';
import { House } from '../activities/support/house.js';

const task: Pick<HumanTask, 'fields'> = {
  fields: [
    { name: 'live', label: 'Was it live?', type: 'choice', options: ['yes', 'no', 'unknown'], required: true },
    { name: 'proof', label: 'Proof', type: 'text', required: true },
    { name: 'asked', label: 'Asked?', type: 'yes_no', required: false },
    { name: 'aware', label: 'Aware since', type: 'instant', required: false },
  ],
};
const TEXT = 'Dana Example rotated it, see the ticket';

describe('a task completed on the command line', () => {
  it('sends the key of what a person wrote, never the words', async () => {
    const house = await House.build();
    const field = ['live=yes', `proof=${TEXT}`, 'asked=no', 'aware=2026-03-02T09:00'];
    const { outcome, fields } = await completionOf(task, { field }, (text) =>
      keepNote(house.dossier.writer, 'case-s-1', text),
    );
    expect(outcome).toBe('done');
    expect(fields).toMatchObject({ live: 'yes', asked: false, aware: '2026-03-02T09:00:00.000Z' });
    expect(JSON.stringify(fields)).not.toContain('Dana');
    const key = fields['proof'];
    expect(isNoteKey(key)).toBe(true);
    expect(await house.dossier.reader.readJson<Note>('case-s-1', { key: String(key) })).toEqual({ text: TEXT });
  });

  it.each<[string, readonly string[]]>([
    ['a required field is missing', ['proof=x']],
    ['a choice is none of the options', ['live=maybe', 'proof=x']],
    ['an answer is neither yes nor no', ['live=yes', 'proof=x', 'asked=maybe']],
    ['a time is none', ['live=yes', 'proof=x', 'aware=yesterday']],
    ['there is no such field', ['live=yes', 'proof=x', 'prof=y']],
  ])('is refused, with nothing kept, when %s', async (_, field) => {
    const kept: string[] = [];
    const keep = (text: string): Promise<string> => Promise.resolve(String(kept.push(text)));
    await expect(completionOf(task, { field }, keep)).rejects.toMatchObject({ code: 'TASK_INCOMPLETE' });
    expect(kept).toEqual([]);
  });

  it('may say that it is not possible without filling the form', async () => {
    expect(await completionOf(task, { notPossible: true }, () => Promise.reject(new Error('nothing to keep')))).toEqual(
      {
        outcome: 'not_possible',
        fields: {},
      },
    );
  });
});
