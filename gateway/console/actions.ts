import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { HumanTask } from '../../domain/case.js';
import type { ApprovalDecision, TaskCompletion } from '../../domain/decision.js';
import { roleFor } from '../../domain/approval.js';
import { QuellError } from '../../domain/errors.js';
import { signBody } from '../../store/signing.js';
import type { Console } from './app.js';
import type { Session } from './session.js';

const DECISION_HOLDS_MS = 2 * 3_600_000;
const VERBS = ['approve', 'deny', 'release'] as const;
type Form = Readonly<Record<string, string | undefined>>;

/** What people decide: by POST alone, with the form's token, signed with the console's key for the person who is signed in. */
export function registerActions(app: FastifyInstance, console: Console): void {
  const { ports, people, key, now = () => new Date() } = console.options;

  /** The signed-in person and the form, or a refusal. */
  const submitted = (request: FastifyRequest): { session: Session; form: Form } => {
    const session = console.who(request);
    const form = (request.body ?? {}) as Form;
    if (!console.options.sessions.isFormToken(session, form['form']))
      throw new QuellError('SIGNATURE', 'the form is not of this session; open the page again');
    return { session, form };
  };
  const rolesOf = (session: Session): readonly string[] =>
    people.find((p) => p.personId === session.personId)?.roles ?? [];

  app.post<{ Params: { caseId: string; planId: string } }>('/cases/:caseId/plans/:planId', async (request, reply) => {
    const { session, form } = submitted(request);
    const { caseId, planId } = request.params;
    const verb = VERBS.find((v) => v === form['verb']);
    const view = await ports.containment(`containment-${planId}`);
    if (!verb || !view) throw new QuellError('NOT_AUTHORISED', 'no such plan or decision');
    // What the person saw is what is signed: a plan that changed under them is refused.
    if (form['digest'] !== view.planDigest) throw new QuellError('PLAN_CHANGED');
    const rules = (await ports.view(caseId))?.policy?.containment.approvalRules ?? [];
    const role = roleFor(view.plan.actions, rules, rolesOf(session)) ?? rolesOf(session)[0];
    if (role === undefined) throw new QuellError('NOT_AUTHORISED', 'you hold no role that decides');
    const at = now();
    const body: ApprovalDecision = {
      type: 'approval',
      caseId,
      planId,
      planDigest: view.planDigest,
      verb,
      personId: session.personId,
      role,
      at: at.toISOString(),
      expiresAt: new Date(at.getTime() + DECISION_HOLDS_MS).toISOString(),
      nonce: randomUUID(),
    };
    await ports.decide(`containment-${planId}`, signBody(body, key));
    await ports.audit({
      kind: `decision.${verb}`,
      by: session.personId,
      caseId,
      data: { planId, planDigest: view.planDigest },
    });
    return reply.redirect(`/cases/${caseId}#plan-${planId}`);
  });

  app.post<{ Params: { caseId: string; taskId: string } }>('/cases/:caseId/tasks/:taskId', async (request, reply) => {
    const { session, form } = submitted(request);
    const { caseId, taskId } = request.params;
    const task = (await ports.view(caseId))?.tasks.find((t) => t.taskId === taskId);
    if (!task) throw new QuellError('NOT_AUTHORISED', 'no such task');
    const outcome = form['outcome'] === 'not_possible' ? 'not_possible' : 'done';
    const body: TaskCompletion = {
      type: 'task',
      caseId,
      taskId,
      outcome,
      fields: fieldsOf(task, form),
      personId: session.personId,
      role: task.role,
      at: now().toISOString(),
      nonce: randomUUID(),
    };
    await ports.complete(caseId, signBody(body, key));
    await ports.audit({ kind: `task.${outcome}`, by: session.personId, caseId, data: { taskId } });
    return reply.redirect(`/cases/${caseId}#tasks`);
  });

  app.post('/stop', async (request, reply) => {
    const { session, form } = submitted(request);
    if (form['verb'] === 'resume') {
      const body: TaskCompletion = {
        type: 'task',
        caseId: 'containment-guard',
        taskId: 'resume',
        outcome: 'done',
        fields: {},
        personId: session.personId,
        role: 'lead',
        at: now().toISOString(),
        nonce: randomUUID(),
      };
      await ports.resume(signBody(body, key));
    } else await ports.stop(session.personId);
    await ports.audit({
      kind: form['verb'] === 'resume' ? 'containment.resumed' : 'containment.stopped',
      by: session.personId,
    });
    return reply.redirect('/');
  });

  app.post<{ Params: { seq: string } }>('/dead-letters/:seq/resend', async (request, reply) => {
    const { session } = submitted(request);
    await ports.resend(Number(request.params.seq));
    await ports.audit({ kind: 'dead_letter.resent', by: session.personId, data: { seq: Number(request.params.seq) } });
    return reply.redirect('/dead-letters');
  });
}

/** Empty fields are left out, so that the case can say which one is missing. */
function fieldsOf(task: HumanTask, form: Form): TaskCompletion['fields'] {
  return Object.fromEntries(
    task.fields.flatMap(({ name, type }): readonly (readonly [string, string | boolean])[] => {
      const text = form[`field:${name}`]?.trim() ?? '';
      if (text === '') return [];
      if (type === 'yes_no') return [[name, text === 'yes'] as const];
      return [[name, type === 'instant' ? instant(text) : text] as const];
    }),
  );
}

/** A browser's local date and time without a zone is taken as UTC, as its label says. */
function instant(text: string): string {
  const at = new Date(/[zZ]|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`);
  if (Number.isNaN(at.getTime())) throw new QuellError('TASK_INCOMPLETE', 'a time must look like 2026-01-31T14:30');
  return at.toISOString();
}
