import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AUTOMATIC } from '../../domain/approval.js';
import type { ApprovalDecision, SwitchDecision, TaskCompletion } from '../../domain/decision.js';
import { QuellError } from '../../domain/errors.js';
import type { ContainmentPlan } from '../../domain/plan.js';
import { signBody } from '../../store/signing.js';
import { issuedPlan } from '../issued-plan.js';
import { assertComplete, readForm, withoutText } from '../task-form.js';
import type { Console, ConsolePerson } from './app.js';
import { decidingRole } from './case-page.js';

const DECISION_HOLDS_MS = 2 * 3_600_000;
const RESUME_HOLDS_MS = 5 * 60_000;
const MAX_WHY = 500;
const VERBS = ['approve', 'deny', 'release'] as const;

/** A form's fields: what was sent once, and several times. */
type Form = Readonly<Record<string, string | readonly string[] | undefined>>;
const Fields = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

/** The signed-in person and the form, or a refusal. */
export function submitted(
  console: Console,
  request: FastifyRequest,
): { readonly person: ConsolePerson; readonly form: Form } {
  const { session, person } = console.who(request);
  const form = Fields.safeParse(request.body).data ?? {};
  const site = request.headers['sec-fetch-site'];
  if (!console.options.sessions.isFormToken(session, form['form']) || site === 'cross-site')
    throw new QuellError('SIGNATURE', 'the form is not of this session; open the page again');
  return { person, form };
}

/** What people decide: by POST alone, with the form's token, signed with the console's key for the person who is signed in. */
export function registerActions(app: FastifyInstance, console: Console): void {
  const { ports, key } = console.options;

  app.post<{ Params: { caseId: string; planId: string } }>('/cases/:caseId/plans/:planId', async (request, reply) => {
    const { person, form } = submitted(console, request);
    const { caseId, planId } = request.params;
    const verb = VERBS.find((v) => v === form['verb']);
    const view = await ports.containment(`containment-${planId}`);
    const state = await ports.view(caseId);
    if (!verb || !view) throw new QuellError('NOT_AUTHORISED', 'no such plan or decision');
    const plan = issuedPlan(state, view, console.options.planKeys);
    // What the person saw is what is signed: a plan that changed under them is refused.
    if (form['digest'] !== view.planDigest) throw new QuellError('PLAN_CHANGED');
    const rules = state?.policy?.containment.approvalRules ?? [];
    const role = decidingRole(verb, plan, rules, person.roles);
    if (role === undefined) throw new QuellError('NOT_AUTHORISED', 'none of your roles decides on this plan');
    const steps = verb === 'release' ? undefined : chosenSteps(plan, form['step']);
    const at = console.now();
    const body: ApprovalDecision = {
      type: 'approval',
      caseId,
      planId,
      planDigest: view.planDigest,
      ...(steps === undefined ? {} : { steps }),
      verb,
      personId: person.personId,
      role,
      at: at.toISOString(),
      expiresAt: new Date(at.getTime() + DECISION_HOLDS_MS).toISOString(),
      nonce: randomUUID(),
    };
    const data = { planId, planDigest: view.planDigest, role, ...(steps === undefined ? {} : { steps }) };
    await told(console, { kind: `decision.${verb}`, by: person.personId, caseId, data }, () =>
      ports.decide(`containment-${planId}`, signBody(body, key)),
    );
    return reply.redirect(`/cases/${caseId}#plan-${planId}`, 303);
  });

  app.post<{ Params: { caseId: string; taskId: string } }>('/cases/:caseId/tasks/:taskId', async (request, reply) => {
    const { person, form } = submitted(console, request);
    const { caseId, taskId } = request.params;
    const task = (await ports.view(caseId))?.tasks.find((t) => t.taskId === taskId);
    if (!task) throw new QuellError('NOT_AUTHORISED', 'no such task');
    const outcome = form['outcome'] === 'not_possible' ? 'not_possible' : 'done';
    const fields = readForm(task, (name) => textOf(form[`field:${name}`]));
    if (outcome === 'done') assertComplete(task, fields);
    const body: TaskCompletion = {
      type: 'task',
      caseId,
      taskId,
      outcome,
      fields: await withoutText(task, fields, (text) => ports.keepNote(caseId, text)),
      personId: person.personId,
      role: task.role,
      at: console.now().toISOString(),
      nonce: randomUUID(),
    };
    // Of free text the audit log has the note's key; choices it has as they are, so that it says who set which verdict.
    const data = { taskId, task: task.kind, fields: body.fields };
    await told(console, { kind: `task.${outcome}`, by: person.personId, caseId, data }, () =>
      ports.complete(caseId, signBody(body, key)),
    );
    return reply.redirect(`/cases/${caseId}#tasks`, 303);
  });

  app.post('/stop', async (request, reply) => {
    const { person, form } = submitted(console, request);
    const body = switchDecision(console, person, form);
    const kind = body.verb === 'stop' ? 'containment.stopped' : 'containment.resumed';
    // Whether the containment worker has confirmed it stands on every page.
    await told(console, { kind, by: person.personId, data: { nonce: body.nonce } }, () =>
      ports.turn(signBody(body, key)),
    );
    return reply.redirect('/', 303);
  });

  app.post<{ Params: { seq: string } }>('/dead-letters/:seq/resend', async (request, reply) => {
    const { person, form } = submitted(console, request);
    const seq = Number(request.params.seq);
    const mail = z.email().safeParse(typeof form['mail'] === 'string' ? form['mail'].trim().toLowerCase() : undefined);
    if (form['mail'] !== undefined && !mail.success)
      throw new QuellError('TASK_INCOMPLETE', 'give the mail address of the account');
    const send = (): Promise<void> => (mail.success ? ports.nameSubject(seq, mail.data) : ports.resend(seq));
    await told(
      console,
      { kind: mail.success ? 'dead_letter.named' : 'dead_letter.resent', by: person.personId, data: { seq } },
      send,
    );
    return reply.redirect('/dead-letters', 303);
  });
}

/** A resume lifts the stop that the page showed, and no other that was pressed meanwhile. */
function switchDecision(console: Console, { personId, roles }: ConsolePerson, form: Form): SwitchDecision {
  const at = console.now();
  const why = (textOf(form['why']) ?? '').trim().slice(0, MAX_WHY);
  const said = { type: 'switch', personId, at: at.toISOString(), why, nonce: randomUUID() } as const;
  if (form['verb'] !== 'resume') return { ...said, verb: 'stop', role: roles[0] ?? '' };
  const expiresAt = new Date(at.getTime() + RESUME_HOLDS_MS).toISOString();
  return { ...said, verb: 'resume', role: 'lead', lifts: textOf(form['lifts']) ?? '', expiresAt };
}

export const textOf = (value: Form[string]): string | undefined => (typeof value === 'string' ? value : undefined);

/** Does it and tells the audit log, of a refusal too. */
export async function told(
  { options: { ports } }: Console,
  entry: {
    readonly kind: string;
    readonly by: string;
    readonly caseId?: string;
    readonly data?: Readonly<Record<string, unknown>>;
  },
  act: () => Promise<unknown>,
): Promise<void> {
  try {
    await act();
  } catch (error) {
    const code = error instanceof QuellError ? error.code : 'DEFECT';
    await ports.audit({ ...entry, kind: `${entry.kind}.refused`, data: { ...entry.data, code } });
    throw error;
  }
  await ports.audit(entry);
}

/** Undefined for all that need a person: the decision then covers the plan. */
function chosenSteps(plan: ContainmentPlan, given: Form[string]): readonly number[] | undefined {
  const chosen = new Set((typeof given === 'string' ? [given] : (given ?? [])).map(Number));
  const asking = plan.actions.filter((a) => a.rule !== AUTOMATIC).map((a) => a.step);
  const steps = asking.filter((step) => chosen.has(step));
  if (steps.length === 0) throw new QuellError('NOT_AUTHORISED', 'choose at least one step');
  return steps.length === asking.length ? undefined : steps;
}
