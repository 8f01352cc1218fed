import type { PeopleActivities } from '../contract.js';
import type { PeopleDeps } from './deps.js';
import { tell } from './tell.js';
import { caseLink, keyOf, utc } from './words.js';

/** Tells everybody who may decide on a step of the plan, but never the subject, that it waits; what is in it is on the console alone. */
export async function requestApproval(
  deps: PeopleDeps,
  { caseId, plan, planDigest, suspect, deadline }: Parameters<PeopleActivities['requestApproval']>[0],
): Promise<{ readonly asked: number }> {
  const { policy } = await deps.policies.current();
  const rules = new Set(plan.actions.map((a) => a.rule));
  const roles = policy.containment.approvalRules.filter((r) => rules.has(r.name)).flatMap((r) => r.roles);
  const deciders = (await deps.people()).filter(
    (p) => p.roles.some((r) => roles.includes(r)) && p.subjectId !== plan.subjectId,
  );
  const message = {
    title: 'Quell: a containment plan waits for your decision',
    text: `${String(plan.actions.length)} step(s), plan ${planDigest.slice(0, 8)}. Decide in the console by ${utc(deadline)}; after that the plan expires and nothing is done.`,
    link: caseLink(deps, caseId, 'Look at the plan'),
  };
  return { asked: await tell(deps, deciders, suspect, message, keyOf('approval', planDigest)) };
}

/** Tells those who hold the role of a task; one message each, however many tasks. */
export async function announceTasks(
  deps: PeopleDeps,
  { caseId, tasks, suspect }: Parameters<PeopleActivities['announceTasks']>[0],
): Promise<{ readonly told: number }> {
  const subjectId = caseId.replace(/^case-/, '');
  const holders = (await deps.people()).filter(
    (p) => p.subjectId !== subjectId && tasks.some((t) => p.roles.includes(t.role)),
  );
  let told = 0;
  for (const holder of holders) {
    const mine = tasks.filter((t) => holder.roles.includes(t.role));
    const due = mine.map((t) => t.dueAt).sort()[0] as string;
    const message = {
      title: mine.length === 1 ? 'Quell: a task waits for you' : `Quell: ${String(mine.length)} tasks wait for you`,
      text: `${mine.map((t) => t.kind.replaceAll('_', ' ')).join(', ')}. First due ${utc(due)}.`,
      link: caseLink(deps, caseId, 'Open the tasks'),
    };
    told += await tell(
      deps,
      [holder],
      suspect,
      message,
      keyOf('tasks', caseId, ...mine.map((t) => `${t.taskId}@${t.dueAt}`)),
    );
  }
  return { told };
}
