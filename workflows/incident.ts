import {
  allHandlersFinished,
  condition,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { maxSeverity } from '../domain/platform.js';
import { noteRefusal } from '../domain/refusals.js';
import { caseClosedSignal, incidentViewQuery, joinIncidentSignal, type IncidentState } from './messages.js';
import { HOUR, now } from './clock.js';
import { onRefused } from './handle.js';
import { auditRefusals } from './refusals.js';

const MAX_EVENTS = 500;
const CASES_KEPT = 1_000;
/** The server takes 20,000 bytes of details. */
const ROWS_SHOWN = 150;
/** An incident whose cases have all closed stays open this long for a case that shares its attacker. */
const QUIET_FOR = 30 * 24 * HOUR;

export interface IncidentInput {
  readonly incidentId: string;
  readonly resume?: IncidentState;
}

/** The cases that share an attacker's address, app or session. */
export async function incidentWorkflow(input: IncidentInput): Promise<IncidentState> {
  const state: IncidentState = input.resume ?? {
    incidentId: input.incidentId,
    openedAt: now(),
    severity: 'info',
    cases: [],
    refused: [],
  };
  let changed = 0;

  state.refused ??= []; // a run of an older version knew none
  setHandler(incidentViewQuery, () => state);
  onRefused((message, code) => {
    noteRefusal(state, { at: now(), message, code });
    draw(state);
  });
  setHandler(joinIncidentSignal, ({ caseId, severity, closed = false }) => {
    changed += 1;
    state.severity = maxSeverity(state.severity, severity);
    const known = state.cases.find((c) => c.caseId === caseId);
    // A subject's next case has the id of the one before.
    if (known) known.closed = closed;
    else if (state.cases.length < CASES_KEPT) state.cases.push({ caseId, joinedAt: now(), closed });
    else state.casesMore = (state.casesMore ?? 0) + 1;
    draw(state);
  });
  setHandler(caseClosedSignal, ({ caseId }) => {
    changed += 1;
    state.cases = state.cases.map((c) => (c.caseId === caseId ? { ...c, closed: true } : c));
    draw(state);
  });
  void auditRefusals(state).catch(() => undefined);

  for (;;) {
    const before = changed;
    const quiet = state.cases.length > 0 && state.cases.every((c) => c.closed);
    const summary = quiet ? 'All cases closed: open for a related one for 30 days' : 'Cases of the incident';
    const moved = await condition(() => changed > before, QUIET_FOR, { summary });
    if (!moved && quiet) break;
    if (workflowInfo().historyLength > MAX_EVENTS) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof incidentWorkflow>({ ...input, resume: state });
    }
  }
  await condition(allHandlersFinished);
  return state;
}

function draw(state: IncidentState): void {
  const rows = state.cases.map((c) => `| \`${c.caseId}\` | ${c.joinedAt} | ${c.closed ? 'closed' : 'open'} |`);
  const more = state.casesMore === undefined ? [] : ['', `and ${state.casesMore} more`];
  const lines = [`## Incident · ${state.severity}`, '| case | joined | |', '|---|---|---|', ...rows.slice(-ROWS_SHOWN)];
  setCurrentDetails([...lines, ...more].join('\n'));
}
