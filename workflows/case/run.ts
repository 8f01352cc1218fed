import {
  allHandlersFinished,
  condition,
  continueAsNew,
  patched,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { alertCount, type CaseState, type Stage, type TimelineEntry } from '../../domain/case.js';
import { summarise, type CaseSummary } from '../../domain/case-summary.js';
import { waitsOf } from '../../domain/waits.js';
import { hasNewAnswer } from '../../domain/answers.js';
import type { Instant, Platform } from '../../domain/platform.js';
import type { CasePolicy } from '../../domain/policy.js';
import type { CaseInput } from '../messages.js';
import { now, until } from '../clock.js';
import { LISTED, WEIGHED } from '../patches.js';
import { records } from '../proxies.js';
import { DUE_AT, SEVERITY, STAGE, VERDICT, WAITING } from '../search-attributes.js';
import { drawDetails } from './details.js';

const MAX_EVENTS = 1_000;
const MAX_JOINS = 50;
const MAX_TIMELINE = 150;

/** One run of a case: its state and what only this run knows. */
export interface CaseRun {
  readonly input: CaseInput;
  readonly state: CaseState;
  /** Joins taken in this run; bounds the history. */
  joins: number;
  /** Entries that the audit chain does not hold yet. */
  readonly unrecorded: TimelineEntry[];
  /** The record is being written. */
  isRecording: boolean;
  /** It is also written whenever what the lists show has changed; else at stage edges, as versions before did. */
  readonly isListed: boolean;
  /** The report is being written: from here on an alert starts the next case. */
  closing: boolean;
  /** What the search attributes say. */
  indexed?: string;
  /** What the case is waiting for, until it holds. */
  readonly waits: Set<() => boolean>;
  /** What the lists of cases show. */
  listed?: string;
}

export function openRun(input: CaseInput): CaseRun {
  const state: CaseState = input.resume ?? {
    caseId: input.caseId,
    subjectId: input.subjectId,
    openedAt: now(),
    stage: 'intake',
    severity: 'info',
    verdict: 'undetermined',
    alerts: [],
    alertsFolded: 0,
    collections: [],
    unread: [],
    plans: [],
    tasks: [],
    timeline: [],
    refused: [],
    rounds: 0,
    alertsAssessed: 0,
  };
  return {
    ...{ input, state, joins: 0, unrecorded: [], isRecording: false, closing: false, waits: new Set() },
    isListed: patched(LISTED),
  };
}

/** Explanations are weighed, a case keeps watch, states tell the truth: in every case but those of older versions. */
export const isWeighed = ({ isListed }: CaseRun): boolean => isListed || patched(WEIGHED);

/** Did an alert come after the evidence in hand was read, or an answer after the newest decision? */
export const hasNews = ({ state }: CaseRun): boolean =>
  alertCount(state) > state.alertsAssessed || (state.contact !== undefined && hasNewAnswer(state.contact));

/** Adds a line to the living timeline; ids only, no names. */
export function tell(run: CaseRun, text: string): void {
  const entry = { at: now(), stage: run.state.stage, text };
  run.state.timeline.push(entry);
  run.unrecorded.push(entry);
  // The audit chain keeps every line; the state keeps the beginning and the newest.
  if (run.state.timeline.length > MAX_TIMELINE) run.state.timeline.splice(20, 1);
  show(run);
}

export function show(run: CaseRun): void {
  setCurrentDetails(drawDetails(run.state));
}

export function policyOf(run: CaseRun): CasePolicy {
  if (!run.state.policy) throw new Error('the policy is pinned in the intake stage');
  return run.state.policy;
}

/** Platforms that the suspicion touches: never used to reach people. */
export function suspectPlatforms(run: CaseRun): readonly Platform[] {
  const touched = new Set<Platform>([run.input.home.platform]);
  for (const alert of run.state.alerts) if (alert.platform) touched.add(alert.platform);
  for (const finding of run.state.assessment?.findings ?? [])
    // A notice is told of, not touched; where the person's own session did something, nobody else listens.
    if (
      finding.confidence !== 'low' &&
      finding.kind !== 'security_notice' &&
      (finding.whose === undefined || !finding.ownSession)
    )
      touched.add(finding.platform);
  return [...touched].sort();
}

/** Stages before which versions before `LISTED` wrote the record: what was found and decided, what was done. */
const RECORDED_AT: readonly Stage[] = ['investigation', 'exposure'];

/** The edge between two stages: the move is shown, and a long history is cut here. */
export async function atStageEdge(run: CaseRun, next: Stage): Promise<void> {
  run.state.stage = next;
  showMove(run);
  if (!run.isListed && RECORDED_AT.includes(next)) await record(run);
  const info = workflowInfo();
  if (next !== 'closed' && (info.historyLength > MAX_EVENTS || run.joins > MAX_JOINS || info.continueAsNewSuggested)) {
    await condition(allHandlersFinished);
    while (run.unrecorded.length > 0) await record(run); // it does not cross over
    await continueAsNew<(input: CaseInput) => Promise<CaseSummary>>({ ...run.input, resume: run.state });
  }
}

/** What people see and search by is refreshed at the end of the workflow's turn (`keepIndexed`), so that several moves in one are one event; versions before did it at each. */
function showMove(run: CaseRun): void {
  if (run.isListed) show(run);
  else index(run);
}

/** What people search by. */
const movedTo = ({ stage, severity, verdict }: CaseState): string => [stage, severity, verdict].join(' ');
const indexedOf = ({ state }: CaseRun): string => `${movedTo(state)} ${waitsOf(state)[0]?.until ?? ''}`;

/** A wait whose end has come is none any more, although the case has not gone on yet. */
export const isWaiting = ({ waits }: CaseRun): boolean => [...waits].some((done) => !done());

/** Has the case moved past its intake, or does it wait for something else than Temporal knows? What changes while it works is known with its next move. */
export const isIndexStale = (run: CaseRun): boolean =>
  isWaiting(run)
    ? indexedOf(run) !== run.indexed
    : run.state.stage !== 'intake' && run.indexed?.startsWith(`${movedTo(run.state)} `) !== true;

/** Refreshes what people see and search by; what is shown already costs no event. */
export function index(run: CaseRun): void {
  const { stage, severity, verdict } = run.state;
  const waits = waitsOf(run.state);
  const due = waits[0]?.until;
  const shown = indexedOf(run);
  if (shown !== run.indexed)
    upsertSearchAttributes([
      { key: STAGE, value: stage },
      { key: SEVERITY, value: severity },
      { key: VERDICT, value: verdict },
      { key: WAITING, value: waits.length > 0 },
      { key: DUE_AT, value: due === undefined ? null : new Date(due) },
    ]);
  run.indexed = shown;
  show(run);
}

/** Waits for people or logs until a deadline, and can be found by it meanwhile. False when the deadline came first. */
export async function waitUntil(
  run: CaseRun,
  done: () => boolean,
  deadline: Instant,
  summary: string,
): Promise<boolean> {
  showMove(run);
  run.waits.add(done);
  const held = await condition(done, until(deadline), { summary });
  run.waits.delete(done);
  return held;
}

/** Writes what happened since the last call to the audit chain and the case index; a link to another case makes them one incident. */
export async function record(run: CaseRun, state: CaseState = run.state): Promise<void> {
  const { incidentId } = await withEntries(run, (entries) =>
    records.recordProgress.executeWithOptions({ summary: `Record the case up to ${state.stage}` }, [
      { summary: forRecord(run, state), entries },
    ]),
  );
  if (incidentId !== undefined) run.state.incidentId = incidentId;
}

/** Writes what is unrecorded, one write after the other: each entry goes along once. */
export async function withEntries<T>(
  run: CaseRun,
  write: (entries: readonly TimelineEntry[]) => Promise<T>,
): Promise<T> {
  await condition(() => !run.isRecording);
  run.isRecording = true;
  try {
    const entries = [...run.unrecorded];
    const written = await write(entries);
    run.unrecorded.splice(0, entries.length); // not before they are written
    return written;
  } finally {
    run.isRecording = false;
  }
}

/** What the record is handed, numbered: the lists show it from now on. */
export function forRecord(run: CaseRun, state: CaseState = run.state): CaseSummary {
  const written = (run.state.written ?? 0) + 1;
  run.state.written = written;
  run.listed = shownOf(run);
  return summarise({ ...state, written });
}

/** What lists show of the case, but for what has no need to be there at once. */
export function shownOf({ state }: CaseRun): string {
  const { stage, severity, verdict, waits = [] } = summarise(state);
  return JSON.stringify([stage, severity, verdict, waits]);
}
