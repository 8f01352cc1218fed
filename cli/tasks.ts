import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { HumanTask } from '../domain/case.js';
import type { TaskCompletion } from '../domain/decision.js';
import { QuellError } from '../domain/errors.js';
import { completeTask, viewCase } from '../gateway/case-client.js';
import { assertComplete, keepNote, readForm, withoutText } from '../gateway/task-form.js';
import { readSigningKey } from '../store/key-ring.js';
import { signBody } from '../store/signing.js';
import { dossierWriter, withClient } from './context.js';
import { signed, type Signer } from './decisions.js';
import { print } from './terminal.js';

interface TaskOptions extends Signer {
  readonly field?: readonly string[];
  readonly notPossible?: boolean;
}

export function registerTasks(program: Command): void {
  signed(
    program
      .command('task <case> <task>')
      .description('complete a task; free text is kept in the case’s dossier, never in Temporal')
      .option('--field <name=value...>', 'form fields')
      .option('--not-possible', 'it cannot be done'),
  ).action(async (caseId: string, taskId: string, options: TaskOptions) => {
    await withClient(async (client) => {
      const task = (await viewCase(client, caseId))?.tasks.find((t) => t.taskId === taskId);
      if (!task) throw new QuellError('NOT_AUTHORISED', 'no such task');
      const body: TaskCompletion = {
        type: 'task',
        caseId,
        taskId,
        ...(await completionOf(task, options, (text) => keepNote(dossierWriter(), caseId, text))),
        personId: options.as,
        role: task.role,
        at: new Date().toISOString(),
        nonce: randomUUID(),
      };
      const signal = options.signal ?? false;
      await completeTask(client, caseId, signBody(body, readSigningKey(options.key)), { signal });
      print(`task ${taskId} sent`);
    });
  });
}

/** Outcome and fields of a completion; free text goes to `keep`, and its key stands in the fields. Errors: TASK_INCOMPLETE. */
export async function completionOf(
  task: Pick<HumanTask, 'fields'>,
  { field = [], notPossible = false }: Pick<TaskOptions, 'field' | 'notPossible'>,
  keep: (text: string) => Promise<string>,
): Promise<Pick<TaskCompletion, 'outcome' | 'fields'>> {
  const given = new Map(field.map((f) => [f.slice(0, f.indexOf('=')), f.slice(f.indexOf('=') + 1)]));
  for (const name of given.keys())
    if (!task.fields.some((f) => f.name === name))
      throw new QuellError(
        'TASK_INCOMPLETE',
        `the task has no field ${name}; it has ${task.fields.map((f) => f.name).join(', ') || 'none'}`,
      );
  const fields = readForm(task, (name) => given.get(name));
  if (!notPossible) assertComplete(task, fields);
  return { outcome: notPossible ? 'not_possible' : 'done', fields: await withoutText(task, fields, keep) };
}
