import type { FastifyInstance } from 'fastify';
import { waitsOf, type PlanState } from '../../domain/case.js';
import { QuellError } from '../../domain/errors.js';
import type { PlannedAction } from '../../domain/plan.js';
import type { ContainmentView } from '../../workflows/messages.js';
import type { Console } from './app.js';
import { drawTimeline } from './timeline-picture.js';

/** What people read. Every look at a case is an entry of the audit log. */
export function registerPages(app: FastifyInstance, console: Console): void {
  const { ports, temporalUi } = console.options;

  app.get('/', async (request, reply) => {
    const session = console.who(request);
    const cases = await ports.cases();
    const rows = await Promise.all(
      cases.map(async (summary) => {
        const state = summary.stage === 'closed' ? undefined : await ports.view(summary.caseId);
        const waits = state ? waitsOf(state) : [];
        return {
          ...summary,
          stage: state?.stage ?? summary.stage,
          verdict: state?.verdict ?? summary.verdict,
          severity: state?.severity ?? summary.severity,
          person: await ports.person(summary.subjectId),
          waits,
        };
      }),
    );
    return console.render(reply, 'cases', { title: 'Cases', rows, guard: await ports.guard() }, session);
  });

  app.get<{ Params: { caseId: string } }>('/cases/:caseId', async (request, reply) => {
    const session = console.who(request);
    const { caseId } = request.params;
    const state = await ports.view(caseId);
    if (!state) throw new QuellError('CASE_CLOSED', 'Temporal does not hold this case any more; see its report');
    await ports.audit({ kind: 'case.read', by: session.personId, caseId });
    const [person, findings, plans] = await Promise.all([
      ports.person(state.subjectId),
      ports.findings(state),
      Promise.all(state.plans.map((p) => planOf(console, p))),
    ]);
    const names = new Map(findings.map((f) => [f.id, f.text]));
    const data = {
      title: person?.name ?? caseId,
      state,
      subject: person,
      findings,
      names,
      plans,
      waits: waitsOf(state),
      picture: drawTimeline(state, findings),
      link: temporalUi === undefined ? undefined : `${temporalUi}/namespaces/default/workflows/${caseId}`,
    };
    return console.render(reply, 'case', data, session);
  });

  app.get<{ Params: { caseId: string } }>('/cases/:caseId/report', async (request, reply) => {
    const session = console.who(request);
    const state = await ports.view(request.params.caseId);
    const html = state && (await ports.report(state));
    if (!state || html === undefined) throw new QuellError('STORE_GONE', 'no report of this case yet');
    await ports.audit({ kind: 'report.read', by: session.personId, caseId: state.caseId });
    return reply
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; img-src data:")
      .type('text/html')
      .send(html);
  });

  app.get('/dead-letters', async (request, reply) => {
    const session = console.who(request);
    return console.render(
      reply,
      'dead-letters',
      { title: 'Dead letters', letters: await ports.deadLetters() },
      session,
    );
  });
}

interface ShownPlan {
  readonly state: PlanState;
  readonly view: ContainmentView | undefined;
  readonly actions: readonly (PlannedAction & { readonly who: string })[];
}

async function planOf(console: Console, state: PlanState): Promise<ShownPlan> {
  const view = await console.options.ports.containment(state.containmentId);
  const actions = await Promise.all(
    (view?.plan.actions ?? []).map(async (action) => ({ ...action, who: await whom(console, action) })),
  );
  return { state: view ? { ...state, status: view.status, results: view.results } : state, view, actions };
}

/** To whom a step is done, in a name where the registry knows one. */
async function whom(console: Console, { platform, tenant, target }: PlannedAction): Promise<string> {
  const owner = target.type === 'account' ? target.id : target.accountId;
  const person = owner === undefined ? undefined : await console.options.ports.account(platform, tenant, owner);
  const named = person
    ? `${person.name}${person.mails[0] === undefined ? '' : ` <${person.mails[0]}>`}`
    : (owner ?? '');
  return target.type === 'account'
    ? named
    : `${target.type.replace('_', ' ')} ${target.id}${named === '' ? '' : ` of ${named}`}`;
}
