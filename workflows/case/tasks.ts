import { isCancellation } from '@temporalio/workflow';
import type { HumanTask } from '../../domain/case.js';
import { MINUTE, now, plus } from '../clock.js';
import { people } from '../proxies.js';
import { suspectPlatforms, tell, waitUntil, type CaseRun } from './run.js';

export type NewTask = Omit<HumanTask, 'taskId' | 'dueAt' | 'status'> & { readonly minutes: number };

/** Opens a task for people. It is announced with the others at the next `announce`. */
export function openTask(run: CaseRun, { minutes, ...task }: NewTask): HumanTask {
  const opened: HumanTask = {
    ...task,
    taskId: `t-${run.state.tasks.length + 1}`,
    dueAt: plus(now(), (minutes * MINUTE) / (run.state.policy?.pace.people ?? 1)),
    status: 'open',
  };
  run.state.tasks.push(opened);
  tell(run, `Task \`${opened.taskId}\` for ${opened.role}: ${opened.text}`);
  return opened;
}

/** Tells the holders of the tasks that were opened since; they are on the console whether or not a message got through. */
export async function announce(run: CaseRun): Promise<void> {
  const tasks = run.state.tasks.filter((t) => t.status === 'open' && t.announced !== true);
  if (tasks.length === 0) return;
  run.state.tasks = run.state.tasks.map((t) => (tasks.includes(t) ? { ...t, announced: true } : t));
  try {
    await people.announceTasks.executeWithOptions({ summary: `Tell the holders of ${tasks.length} task(s)` }, [
      { caseId: run.state.caseId, tasks, suspect: suspectPlatforms(run) },
    ]);
  } catch (error) {
    if (isCancellation(error)) throw error;
    tell(run, 'The holders of the tasks could not be told; the tasks wait in the console');
  }
}

/** What people still do when a case is about to close. */
export async function awaitAllTasks(run: CaseRun): Promise<void> {
  const ids = run.state.tasks.map((t) => t.taskId);
  await awaitTasks(run, ids, 'Open tasks before the case closes');
}

/** Waits until the given tasks are done or late; returns them as they ended. */
export async function awaitTasks(run: CaseRun, ids: readonly string[], what: string): Promise<readonly HumanTask[]> {
  const open = (): readonly HumanTask[] => run.state.tasks.filter((t) => ids.includes(t.taskId) && t.status === 'open');
  while (open().length > 0) {
    const soonest = open().reduce((min, t) => (t.dueAt < min ? t.dueAt : min), open()[0]?.dueAt ?? now());
    const before = open().length;
    const roles = open().map((t) => t.role);
    const summary = `${what}: ${roles.join(', ')} until ${soonest}`;
    const changed = await waitUntil(run, () => open().length < before, soonest, summary);
    if (changed) continue;
    run.state.tasks = run.state.tasks.map((t) =>
      ids.includes(t.taskId) && t.status === 'open' && t.dueAt <= soonest ? { ...t, status: 'late' } : t,
    );
    tell(
      run,
      `${what}: late. ${[...new Set(run.state.tasks.filter((t) => ids.includes(t.taskId) && t.status === 'late').map((t) => t.ifLate))].join('; ')}`,
    );
  }
  return run.state.tasks.filter((t) => ids.includes(t.taskId));
}
