import { signInPicture, volumePicture } from '../../activities/records/report/pictures.js';
import { isNoteKey, type Dossier } from '../../activities/dossier.js';
import { AUTOMATIC, clearanceOf, roleFor } from '../../domain/approval.js';
import { STAGES, type CaseState, type HumanTask, type PlanState } from '../../domain/case.js';
import { waitsOf } from '../../domain/waits.js';
import { lengthOf, momentOf } from '../../domain/clocks.js';
import { sourcesOf as sourcesShow } from '../../domain/exposure-sources.js';
import { countWords, peopleWords } from '../../domain/exposure-words.js';
import { withOwnersAnswers } from '../../domain/rotation.js';
import type { ApprovalDecision, ApprovalRule } from '../../domain/decision.js';
import { ACTS } from '../../domain/acts/index.js';
import { QuellError } from '../../domain/errors.js';
import type { ContainmentPlan } from '../../domain/plan.js';
import type { VerifyKey } from '../../store/key-ring.js';
import { issuedPlan } from '../issued-plan.js';
import type { ConsoleOptions, ConsolePerson, PageData } from './app.js';
import type { ConsolePorts } from './ports.js';
import { touched, whom, type ShownStep } from './shown-step.js';
import { drawTimeline } from './timeline-picture.js';
import { othersOf, weighedPart } from './weighed-part.js';

const ALERTS_SHOWN = 20;
const LEDGER_SHOWN = 200;

/** The playbook's own words. */
const QUESTIONS = {
  login_pattern: 'Is there a pattern of unusual login attempts or access times?',
  frequent_users: 'Are there specific users who are frequently involved in suspicious chat activities?',
  volume_increase: 'Is there a sudden increase in the volume of data being sent or received by certain users?',
  platform_alerts: 'Are there any alerts from the messaging platform indicating potential security risks?',
} as const;

/** Everything that the page of a case shows. */
export async function casePage(
  { ports, planKeys }: Pick<ConsoleOptions, 'ports' | 'planKeys'>,
  state: CaseState,
  person: ConsolePerson,
): Promise<PageData> {
  const [subject, dossier, alerts, ledger, said, later, tasks, plans] = await Promise.all([
    ports.person(state.subjectId),
    ports.dossier(state),
    ports.alerts(state.caseId, ALERTS_SHOWN),
    ports.ledger(state, LEDGER_SHOWN),
    noteOr(ports, state.caseId, state.contact?.words),
    Promise.all(
      (state.contact?.later ?? []).map(async (l) => ({ ...l, words: await noteOr(ports, state.caseId, l.words) })),
    ),
    Promise.all(state.tasks.map((task) => shownTask(ports, state.caseId, task, person))),
    Promise.all(state.plans.map((plan) => shownPlan(ports, planKeys, state, plan, person))),
  ]);
  const findings = dossier?.findings ?? [];
  return {
    title: subject?.name ?? state.subjectId,
    state: state.exposure ? { ...state, exposure: withOwnersAnswers(state.exposure, state.tasks) } : state,
    subject,
    stages: STAGES,
    at: STAGES.indexOf(state.stage),
    waits: waitsOf(state),
    findings: findings.map((f) => ({ ...f, cited: citedBy(f.id, state) })),
    // The workflow holds the answers without the words that name files and people.
    questions: (dossier?.questions ?? state.assessment?.questions ?? []).map((q) => ({
      ...q,
      text: QUESTIONS[q.question],
    })),
    sources: sourcesOf(state),
    patterns: state.assessment?.patterns ?? [],
    alerts,
    ledger,
    ...exposureParts(state),
    said,
    later,
    tasks,
    plans,
    pictures: pictures(state, dossier),
    others: await othersOf(ports, state, person),
    ...(await weighedPart(state, dossier, (value) => noteOr(ports, state.caseId, value))),
  };
}

/** Numbers with how they are known, what the sources can show, and the duties by id. */
function exposureParts({ exposure, collections, policy }: CaseState): PageData {
  const duties = (policy?.disclosure.clocks ?? []).map((rule) => [
    rule.id,
    { name: rule.name, basis: rule.basis, length: lengthOf(rule), starts: momentOf(rule) },
  ]);
  return {
    exposed: exposure ? countWords(exposure) : [],
    affected: exposure ? peopleWords(exposure) : '',
    shows: exposure ? sourcesShow(collections) : [],
    duties: Object.fromEntries(duties) as object,
  };
}

function pictures(state: CaseState, dossier: Dossier | undefined): Readonly<Record<string, string>> {
  return {
    findings: drawTimeline(state, dossier?.findings ?? []),
    volumes: dossier ? volumePicture(dossier.series.volumes).text : '',
    signIns: dossier ? signInPicture(dossier.series.signIns).text : '',
  };
}

/** Each source once, as it was read last. */
function sourcesOf(state: CaseState): readonly object[] {
  const last = new Map(
    state.collections.flatMap((c) =>
      c.sources.map((s) => [`${s.platform}/${s.tenant}/${s.source}`, { ...s, depth: c.depth }] as const),
    ),
  );
  return [...last.values()].map((s) => ({ ...s, name: s.source.replace(`${s.platform}.`, '').replaceAll('_', ' ') }));
}

/** The patterns that a finding is part of. */
const citedBy = (id: string, state: CaseState): readonly string[] =>
  (state.assessment?.patterns ?? []).filter((p) => p.findings.includes(id)).map((p) => p.name);

async function shownTask(ports: ConsolePorts, caseId: string, task: HumanTask, person: ConsolePerson): Promise<object> {
  const result = await Promise.all(
    Object.entries(task.result ?? {}).map(async ([name, value]) => {
      const label = task.fields.find((f) => f.name === name)?.label ?? name;
      return [label, await noteOr(ports, caseId, value)] as const;
    }),
  );
  return { ...task, answered: result, mine: person.roles.includes(task.role) };
}

/** The note that a value stands for; the value itself where it stands for none or the note cannot be read. */
async function noteOr<T>(ports: ConsolePorts, caseId: string, value: T): Promise<T | string> {
  return isNoteKey(value) ? await ports.note(caseId, value).catch(() => value) : value;
}

async function shownPlan(
  ports: ConsolePorts,
  planKeys: readonly VerifyKey[],
  state: CaseState,
  known: PlanState,
  person: ConsolePerson,
): Promise<object> {
  const view = await ports.containment(known.containmentId);
  const rules = state.policy?.containment.approvalRules ?? [];
  const none = { ...known, steps: [], decisions: [], role: undefined };
  if (!view) return none;
  let plan: ContainmentPlan;
  try {
    plan = issuedPlan(state, view, planKeys);
  } catch (error) {
    if (!(error instanceof QuellError)) throw error;
    return { ...none, forged: error.message };
  }
  const decisions = view.decisions.map(({ body }) => body);
  const { cleared, denied } = clearanceOf(
    { plan, planDigest: view.planDigest, rules, deciders: [], keys: [] },
    view.decisions,
  );
  const decides = view.status === 'awaiting_approval' || view.status === 'holding';
  const targets = decides ? await ports.targets(view.plan) : { steps: [], names: {} };
  const steps = await Promise.all(
    plan.actions.map(async (action): Promise<ShownStep> => {
      const { step, rule } = action;
      return {
        ...action,
        name: ACTS[action.kind].name,
        who: await whom(ports, action),
        touches: touched(
          targets.steps.find((t) => t.step === step),
          targets.names,
        ),
        result: view.results.find((r) => r.step === step),
        standing:
          rule === AUTOMATIC
            ? 'automatic'
            : cleared.includes(step)
              ? 'approved'
              : denied.includes(step)
                ? 'denied'
                : 'waiting',
        needs: needs(
          rules.find((r) => r.name === rule),
          step,
          decisions,
        ),
      };
    }),
  );
  return {
    ...known,
    status: view.status,
    deadline: view.deadline,
    digest: view.planDigest,
    steps,
    decisions,
    refused: view.refused,
    drift: view.drift,
    notUndone: view.notUndone,
    checks: view.checks,
    decides,
    role: decidingRole(view.status === 'holding' ? 'release' : 'approve', plan, rules, person.roles),
    mine: plan.suspects.some((s) => s.subjectId === person.subjectId),
  };
}

/**
 * The role in which a person's decision on a plan counts; undefined when none of theirs does. What was done without asking anybody may be
 * released by whom any rule asks.
 */
export function decidingRole(
  verb: ApprovalDecision['verb'],
  plan: ContainmentPlan,
  rules: readonly ApprovalRule[],
  roles: readonly string[],
): string | undefined {
  const asked = verb === 'release' ? roles.find((role) => rules.some((r) => r.roles.includes(role))) : undefined;
  return roleFor(plan.actions, rules, roles) ?? asked;
}

function needs(rule: ApprovalRule | undefined, step: number, decisions: readonly ApprovalDecision[]): string {
  if (!rule) return '';
  const have = new Set(
    decisions
      .filter((d) => d.verb === 'approve' && rule.roles.includes(d.role) && (d.steps?.includes(step) ?? true))
      .map((d) => d.personId),
  );
  return `${have.size} of ${rule.quorum}, ${rule.roles.map((r) => r.replaceAll('_', ' ')).join(' or ')}`;
}
