import type { FastifyInstance } from 'fastify';
import { roleFor } from '../../domain/approval.js';
import { STAGES, waitsOf, type CaseState } from '../../domain/case.js';
import { QuellError } from '../../domain/errors.js';
import type { CaseEntry } from '../../store/case-index.js';
import { namesNobody } from '../../store/inbox/dead-letters.js';
import type { Console, ConsolePerson } from './app.js';
import { casePage } from './case-page.js';
import type { ConsolePorts } from './ports.js';

const PAGE = 50;
const SHOWS = ['open', 'mine', 'closed', 'all'] as const;
/** Looks within the same minute are one entry of the audit log. */
const MINUTE_MS = 60_000;
const BODY_SHOWN = 200_000;

/** What people read. Every look at a case is an entry of the audit log. */
export function registerPages(app: FastifyInstance, console: Console): void {
  const { ports, temporalUi } = console.options;
  const minute = (): number => Math.floor(console.now().getTime() / MINUTE_MS);

  app.get<{ Querystring: { show?: unknown; page?: unknown } }>('/', async (request, reply) => {
    const { session, person } = console.who(request);
    const show = SHOWS.find((s) => s === request.query.show) ?? 'open';
    const all = await othersThan(ports, person, await ports.cases());
    const open = all.filter((entry) => entry.stage !== 'closed');
    const listed = show === 'all' ? all : show === 'closed' ? all.filter((e) => e.stage === 'closed') : open;
    const page = Math.max(0, Math.floor(Number(request.query.page ?? 0)) || 0);
    const rows = await Promise.all(listed.slice(page * PAGE, (page + 1) * PAGE).map((e) => rowOf(ports, e, person)));
    await ports.audit({ kind: 'cases.listed', by: session.personId, once: `list:${session.id}:${minute()}` });
    return console.render(
      reply,
      'cases',
      {
        title: 'Cases',
        show,
        rows: show === 'mine' ? rows.filter((r) => r.mine) : rows,
        open: open.length,
        closed: all.length - open.length,
        page,
        more: listed.length > (page + 1) * PAGE,
        stages: STAGES,
        queue: await ports.queue(),
        letters: (await ports.deadLetters()).length,
        refresh: 30,
      },
      session,
    );
  });

  app.get<{ Params: { caseId: string }; Querystring: { watch?: unknown } }>(
    '/cases/:caseId',
    async (request, reply) => {
      const { session, person } = console.who(request);
      const { caseId } = request.params;
      const [state, entry] = await caseOf(ports, caseId);
      await mayRead(console, person, caseId, state?.subjectId ?? entry?.subjectId);
      await ports.audit({
        kind: 'case.read',
        by: session.personId,
        caseId,
        once: `case:${session.id}:${caseId}:${minute()}`,
      });
      const link =
        temporalUi && `${temporalUi.url}/namespaces/${temporalUi.namespace}/workflows/${encodeURIComponent(caseId)}`;
      if (!state) {
        const subject = entry && (await ports.person(entry.subjectId));
        return console.render(reply, 'archived', { title: subject?.name ?? caseId, entry, subject, link }, session);
      }
      const refresh = request.query.watch === undefined ? undefined : 10;
      return console.render(
        reply,
        'case',
        { ...(await casePage(console.options, state, person)), link, refresh },
        session,
      );
    },
  );

  app.get<{ Params: { caseId: string } }>('/cases/:caseId/report', async (request, reply) => {
    const { session, person } = console.who(request);
    const { caseId } = request.params;
    const entry = (await ports.cases()).find((c) => c.caseId === caseId);
    await mayRead(console, person, caseId, entry?.subjectId);
    const html = await ports.report(caseId);
    if (html === undefined) throw new QuellError('STORE_GONE', 'there is no report of this case yet');
    await ports.audit({ kind: 'report.read', by: session.personId, caseId });
    return reply
      .headers({
        'content-security-policy':
          "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      })
      .type('text/html')
      .send(html);
  });

  app.get('/dead-letters', async (request, reply) => {
    const { session } = console.who(request);
    const letters = await ports.deadLetters();
    return console.render(
      reply,
      'dead-letters',
      {
        title: 'Undelivered',
        letters: letters.map((l) => ({ ...l, triage: namesNobody(l) })),
      },
      session,
    );
  });

  app.get<{ Params: { seq: string } }>('/dead-letters/:seq', async (request, reply) => {
    const { session, person } = console.who(request);
    const seq = Number(request.params.seq);
    const letter = (await ports.deadLetters()).find((l) => l.seq === seq);
    if (!letter) throw new QuellError('STORE_GONE', 'there is no such dead letter');
    const item = await ports.letter(seq);
    await ports.audit({ kind: 'dead_letter.read', by: session.personId, data: { seq } });
    const all = await ports.whomItNames(seq);
    // That there is a case about oneself is told to nobody.
    const own = await Promise.all(
      all.map(async (n) => n.subjectId !== undefined && (await concerns(ports, person, n.subjectId))),
    );
    const named = all.filter((_, i) => own[i] !== true);
    return console.render(
      reply,
      'dead-letter',
      {
        title: `Dead letter ${seq}`,
        letter: { ...letter, triage: namesNobody(letter) },
        named: named.slice(0, NAMED_SHOWN),
        more: Math.max(0, named.length - NAMED_SHOWN),
        shown: readable(item.body),
      },
      session,
    );
  });
}

const NAMED_SHOWN = 1_000;

/** The body as a person would read it. */
function readable(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('utf8');
  try {
    return JSON.stringify(JSON.parse(text), null, 2).slice(0, BODY_SHOWN);
  } catch {
    return text.slice(0, BODY_SHOWN);
  }
}

/** Nobody reads the case about themselves: they would learn what is known, and who asks. */
async function mayRead(
  console: Console,
  person: ConsolePerson,
  caseId: string,
  subjectId: string | undefined,
): Promise<void> {
  if (subjectId === undefined) throw new QuellError('STORE_GONE', 'there is no such case');
  if (!(await concerns(console.options.ports, person, subjectId))) return;
  await console.options.ports.audit({ kind: 'case.read_refused', by: person.personId, caseId });
  throw new QuellError('STORE_GONE', 'there is no such case');
}

const concerns = async (ports: ConsolePorts, person: ConsolePerson, subjectId: string): Promise<boolean> =>
  person.subjectId !== undefined && (await ports.isSame(person.subjectId, subjectId));

async function othersThan(
  ports: ConsolePorts,
  person: ConsolePerson,
  cases: readonly CaseEntry[],
): Promise<readonly CaseEntry[]> {
  const own = await Promise.all(cases.map((entry) => concerns(ports, person, entry.subjectId)));
  return cases.filter((_, i) => own[i] !== true);
}

async function caseOf(
  ports: ConsolePorts,
  caseId: string,
): Promise<readonly [CaseState | undefined, CaseEntry | undefined]> {
  const [state, entries] = await Promise.all([ports.view(caseId), ports.cases()]);
  return [state, entries.find((e) => e.caseId === caseId)];
}

async function rowOf(ports: ConsolePorts, entry: CaseEntry, person: ConsolePerson): Promise<CaseEntry & RowParts> {
  const state = entry.stage === 'closed' ? undefined : await ports.view(entry.caseId);
  const live = state && { stage: state.stage, verdict: state.verdict, severity: state.severity };
  return {
    ...entry,
    ...live,
    at: STAGES.indexOf(state?.stage ?? entry.stage),
    person: await ports.person(entry.subjectId),
    waits: state ? waitsOf(state) : [],
    mine: state !== undefined && (await waitsFor(ports, state, person)),
  };
}
interface RowParts {
  readonly at: number;
  readonly person: Awaited<ReturnType<ConsolePorts['person']>>;
  readonly waits: ReturnType<typeof waitsOf>;
  /** It waits for the person who is signed in. */
  readonly mine: boolean;
}

async function waitsFor(ports: ConsolePorts, state: CaseState, person: ConsolePerson): Promise<boolean> {
  if (state.tasks.some((t) => t.status === 'open' && person.roles.includes(t.role))) return true;
  const rules = state.policy?.containment.approvalRules ?? [];
  for (const plan of state.plans.filter((p) => p.status === 'awaiting_approval')) {
    const view = await ports.containment(plan.containmentId);
    const decided = view?.decisions.some(({ body }) => body.personId === person.personId);
    if (view && decided === false && roleFor(view.plan.body.actions, rules, person.roles) !== undefined) return true;
  }
  return false;
}
