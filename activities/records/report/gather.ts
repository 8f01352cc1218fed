import { alertCount, type CaseState } from '../../../domain/case.js';
import { saidClosing } from '../../../domain/case-words.js';
import { lengthOf, momentOf } from '../../../domain/clocks.js';
import { sourcesOf } from '../../../domain/exposure-sources.js';
import { digest } from '../../../domain/canonical.js';
import { withOwnersAnswers } from '../../../domain/rotation.js';
import type { ContainmentPlan } from '../../../domain/plan.js';
import type { SubjectProfile } from '../../../store/subjects/profile.js';
import { instant } from '../../context.js';
import { DOSSIER_NAMES, type Dossier, type EpisodeNote, type LedgerEntry } from '../../dossier.js';
import type { RecordsDeps, WorkflowsPort } from '../deps.js';
import type { Report, ReportDuty, ReportGap } from './data.js';
import { actionsOf, personName, type PlanParts } from './actions.js';
import { changesOf } from './for-and-against.js';
import { decisionsOf } from './decisions.js';
import { withNotes } from './notes.js';
import { othersOf } from './others.js';
import { weighedIn } from './weighing.js';

/** Ledger lines that the report shows; the whole is in the dossier. */
const ITEMS_SHOWN = 500;

/** Puts together what the case knows, what the dossier holds, and what the containments say now. */
export async function gather(deps: RecordsDeps, state: CaseState): Promise<Report> {
  const profile = await deps.registry.profile(state.subjectId);
  const dossier =
    state.assessment && (await deps.dossier.reader.readJson<Dossier>(state.caseId, state.assessment.file));
  const plans = await Promise.all(state.plans.map((plan) => partsOf(deps, state.caseId, plan)));
  const ledger = state.exposure ? await ledgerOf(deps, state) : { items: [], count: 0 };
  const episodes = dossier?.episodes ?? [];
  const actions = actionsOf(deps, plans, state.tasks, namesOf(state, profile, episodes));
  const said = await withNotes(deps, state);
  const decision = weighedIn(said, dossier, (id) => personName(deps, id).name);
  return {
    case: caseOf(deps, state, profile, plans, dossier),
    verdict: state.verdict,
    ...(decision ? { decision } : {}),
    episodes,
    changes: changesOf(episodes),
    others: await othersOf(deps, state),
    timeline: state.timeline,
    findings: dossier?.findings ?? [],
    patterns: dossier?.patterns ?? [],
    questions: dossier?.questions ?? [],
    decisions: decisionsOf(deps, said, plans, nameOf(profile, state.subjectId)),
    actions,
    ...(state.exposure
      ? {
          exposure: {
            ...withoutGaps(withOwnersAnswers(state.exposure, state.tasks)),
            items: ledger.items,
            itemsInLedger: ledger.count,
            sources: sourcesOf(state.collections),
          },
        }
      : {}),
    gaps: [
      ...gapsOf(state, dossier),
      ...actions
        .filter((a) => !a.verified)
        .map((a) => ({
          source: `step ${String(a.step)}, ${a.kind}`,
          code: a.code ?? a.status.toUpperCase(),
          text: a.text,
          platform: a.platform,
          tenant: a.tenant,
        })),
    ],
    series: dossier?.series ?? { volumes: [], signIns: [] },
  };
}

/** The plan from the dossier, the one that was decided on by its digest; its decisions and results from the containment itself while it lives. */
async function partsOf(deps: RecordsDeps, caseId: string, plan: CaseState['plans'][number]): Promise<PlanParts> {
  const keys = await deps.dossier.reader.list(caseId, DOSSIER_NAMES.plan(plan.planId));
  let planned: ContainmentPlan | undefined;
  for (const key of keys) {
    const candidate = await deps.dossier.reader.readJson<ContainmentPlan>(caseId, { key });
    if (digest(candidate) === plan.digest) planned = candidate;
  }
  const view: Awaited<ReturnType<WorkflowsPort['containment']>> = await deps.workflows
    .containment(plan.containmentId)
    .catch(() => undefined);
  return {
    state: plan,
    planned,
    results: plan.results, // the case took over only what the containment worker had signed
    decisions: view?.decisions ?? [],
    refused: view?.refused ?? [],
  };
}

async function ledgerOf(
  deps: RecordsDeps,
  { caseId, exposure }: CaseState,
): Promise<{ readonly items: readonly LedgerEntry[]; readonly count: number }> {
  const items: LedgerEntry[] = [];
  let count = 0;
  if (!exposure) return { items, count };
  for await (const row of deps.dossier.reader.readRows<LedgerEntry>(caseId, exposure.ledger)) {
    count++;
    if (items.length < ITEMS_SHOWN) items.push(row);
  }
  return { items, count };
}

function caseOf(
  deps: RecordsDeps,
  state: CaseState,
  profile: SubjectProfile | undefined,
  plans: readonly PlanParts[],
  dossier: Dossier | undefined,
): Report['case'] {
  const evidence = state.collections.map((c) => ({
    key: c.file.key,
    sha256: c.file.sha256,
    rows: c.file.rows,
    what: `${c.depth} evidence of ${c.platform}/${c.tenant}, ${c.from} to ${c.to}`,
  }));
  const closedAs = saidClosing(state);
  return {
    caseId: state.caseId,
    subject: {
      id: state.subjectId,
      name: nameOf(profile, state.subjectId),
      kind: state.subject?.kind ?? 'person',
      vip: state.subject?.vip ?? false,
      mails: profile?.mails ?? [],
      accounts: (state.subject?.accounts ?? []).map((a) => `${a.platform}/${a.tenant}/${a.nativeId}`),
    },
    openedAt: state.openedAt,
    reportedAt: instant(deps.clock),
    stage: state.stage,
    severity: state.severity,
    ...(closedAs === undefined ? {} : { closedAs }),
    ...(state.incidentId === undefined ? {} : { incidentId: state.incidentId }),
    alerts: state.alerts.map(({ alertId, source, occurredAt, severity }) => ({
      alertId,
      source,
      occurredAt,
      severity,
    })),
    alertCount: alertCount(state),
    policyDigest: state.policy?.digest ?? 'none',
    mode: state.policy?.mode ?? deps.mode,
    demo: deps.profile === 'demo',
    ...(dossier ? { impact: dossier.impact } : {}),
    ...(state.disclosure ? { disclosure: disclosureOf(deps, state, state.disclosure) } : {}),
    evidence,
    refused: [...state.refused, ...plans.flatMap((p) => p.refused.map((r) => ({ ...r, message: 'decide' })))],
    tasks: state.tasks.map(({ taskId, kind, role, text, status, dueAt }) => ({
      taskId,
      kind,
      role,
      text,
      status,
      dueAt,
    })),
  };
}

/** Names of the subject's own accounts and of the apps that acted. */
function namesOf(
  { subject, subjectId }: CaseState,
  profile: SubjectProfile | undefined,
  episodes: readonly EpisodeNote[],
): (id: string) => string | undefined {
  const own = (subject?.accounts ?? []).map((a) => [a.nativeId, nameOf(profile, subjectId)] as const);
  const apps = episodes.flatMap((e) => (e.apps ?? []).map((a) => [a.id, a.name] as const));
  const names = new Map([...apps, ...own]);
  return (id) => names.get(id);
}

/** Everything that could not be read, asked or done, in words; twins once. */
function gapsOf(state: CaseState, dossier: Dossier | undefined): readonly ReportGap[] {
  const sources = state.collections.flatMap((c) => [
    ...c.sources.flatMap((s) => (s.gap ? [s.gap] : [])),
    ...(c.limits ?? []),
  ]);
  const all: ReportGap[] = [...sources, ...(dossier?.gaps ?? []), ...(state.exposure?.gaps ?? [])];
  const tenants = (state.subject?.accounts ?? []).filter(
    (a) => !state.collections.some((c) => c.platform === a.platform && c.tenant === a.tenant),
  );
  for (const t of tenants)
    all.push({
      platform: t.platform,
      tenant: t.tenant,
      source: 'all',
      code: 'VENDOR_DOWN',
      text: 'Nothing could be read from this tenant.',
    });
  if (state.contact?.outcome === 'not_contacted')
    all.push({
      source: 'contact',
      code: 'UNSUPPORTED',
      text: `The subject was not contacted. Passed over: ${state.contact.avoided.join('; ') || 'no channel is configured'}.`,
    });
  for (const task of state.tasks.filter(
    (t) => t.status === 'late' || t.status === 'not_possible' || t.status === 'open',
  )) {
    all.push({
      source: `task ${task.taskId}`,
      code: task.status.toUpperCase(),
      text: `${task.text} ${task.status === 'not_possible' ? 'It was not possible.' : task.ifLate}`,
    });
  }
  return all.filter(
    (g, i) =>
      all.findIndex(
        (o) => o.source === g.source && o.text === g.text && o.tenant === g.tenant && o.platform === g.platform,
      ) === i,
  );
}

/** The duties of the policy that the case pinned, each with its clock where one runs. */
function disclosureOf(
  deps: RecordsDeps,
  { policy }: CaseState,
  disclosure: NonNullable<CaseState['disclosure']>,
): NonNullable<Report['case']['disclosure']> {
  const clocks = disclosure.clocks.map((c) => ({ ...c, by: personName(deps, c.by).name }));
  const duties = (policy?.disclosure.clocks ?? []).map((rule): ReportDuty => {
    const { id, name, basis, source, note } = rule;
    const clock = clocks.find((c) => c.id === id);
    return {
      ...{ id, name, starts: momentOf(rule), length: lengthOf(rule), basis },
      ...(source === undefined ? {} : { source }),
      ...(note === undefined ? {} : { note }),
      ...(clock ? { clock } : {}),
    };
  });
  return { ...disclosure, clocks, duties };
}

function nameOf(profile: SubjectProfile | undefined, subjectId: string): string {
  return profile?.name ?? profile?.mails[0] ?? subjectId;
}

function withoutGaps<T extends { readonly gaps: unknown }>({ gaps: _gaps, ...rest }: T): Omit<T, 'gaps'> {
  return rest;
}
