import { DOSSIER_NAMES, type Note } from '../activities/dossier.js';
import type { HumanTask } from '../domain/case.js';
import type { TaskCompletion } from '../domain/decision.js';
import { QuellError } from '../domain/errors.js';
import type { EvidenceWriter } from '../store/evidence-store.js';

const MAX_NOTE = 20_000;

/** What a person gave for a task's fields, by name. Empty fields are left out, so that the case can say which one is missing. Errors: TASK_INCOMPLETE. */
export function readForm(
  task: Pick<HumanTask, 'fields'>,
  given: (field: string) => string | undefined,
): TaskCompletion['fields'] {
  return Object.fromEntries(
    task.fields.flatMap(({ name, type, options }): readonly (readonly [string, string | boolean])[] => {
      const text = given(name)?.trim() ?? '';
      if (text === '') return [];
      if (type === 'yes_no' && text !== 'yes' && text !== 'no')
        throw new QuellError('TASK_INCOMPLETE', 'answer yes or no');
      if (type === 'yes_no') return [[name, text === 'yes'] as const];
      if (type === 'choice' && !(options ?? []).includes(text))
        throw new QuellError('TASK_INCOMPLETE', 'choose one of the options');
      return [[name, type === 'instant' ? instant(text) : text.slice(0, MAX_NOTE)] as const];
    }),
  );
}

/** Before anything is kept: a form that is sent back must not leave notes behind. Errors: TASK_INCOMPLETE. */
export function assertComplete({ fields }: Pick<HumanTask, 'fields'>, given: TaskCompletion['fields']): void {
  const missing = fields.filter((f) => f.required && given[f.name] === undefined).map((f) => f.name);
  if (missing.length > 0) throw new QuellError('TASK_INCOMPLETE', missing.join(', '));
}

/** Free text of people never goes to Temporal: `keep` puts it into the case's dossier, and its key stands in its place. */
export async function withoutText(
  task: Pick<HumanTask, 'fields'>,
  fields: TaskCompletion['fields'],
  keep: (text: string) => Promise<string>,
): Promise<TaskCompletion['fields']> {
  const kept = Object.entries(fields).map(async ([name, value]) => {
    const isText = task.fields.find((f) => f.name === name)?.type === 'text';
    return [name, isText && typeof value === 'string' ? await keep(value) : value] as const;
  });
  return Object.fromEntries(await Promise.all(kept));
}

/** Keeps free text in the case's dossier and gives its key. */
export async function keepNote(writer: EvidenceWriter, caseId: string, text: string): Promise<string> {
  return (await writer.writeJson(caseId, DOSSIER_NAMES.note, { text } satisfies Note)).key;
}

/** A date and time without a zone is taken as UTC, as the field's label says. */
function instant(text: string): string {
  const at = new Date(/[zZ]|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`);
  if (Number.isNaN(at.getTime())) throw new QuellError('TASK_INCOMPLETE', 'a time must look like 2026-01-31T14:30');
  return at.toISOString();
}
