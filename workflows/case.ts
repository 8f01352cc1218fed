import { allHandlersFinished, condition } from '@temporalio/workflow';
import type { CaseState, Stage } from '../domain/case.js';
import { planContainment, followPlan } from './case/containment.js';
import { askSubject } from './case/contact.js';
import { auditExposure, engageIncidentResponse, prepareDisclosure } from './case/disclosure.js';
import { decide, settle } from './case/escalation.js';
import { mayReadContent } from './case/content.js';
import { assess, collect } from './case/evidence.js';
import { handleMessages } from './case/handlers.js';
import { mergeIfKnown, openCase } from './case/intake.js';
import { interview } from './case/interview.js';
import { closeCase, writeReport } from './case/closing.js';
import { atStageEdge, openRun, type CaseRun } from './case/run.js';
import { awaitTasks } from './case/tasks.js';
import type { CaseInput } from './messages.js';

/** MITRE ATT&CK T1213.005, row by row. Each stage does its row and names the next. */
const playbook: Record<Exclude<Stage, 'closed'>, (run: CaseRun) => Promise<Stage>> = {
  // An alert is a claim about an account: pin the policy, find out whose account it is.
  intake: async (run) => {
    await openCase(run);
    return (await mergeIfKnown(run)) ? 'closed' : 'triage';
  },

  // Log sources to investigate · key indicators · questions for analysis ·
  // L1: verify sign-ins by address and geolocation, cross-reference chat activity with IAM logs.
  triage: async (run) => {
    await collect(run, 'narrow');
    await assess(run, 'narrow');
    return 'contact';
  },

  // L1: attempt to contact the user in question. What is reversible and certain does not wait for it, nor does the wide reading.
  contact: async (run) => {
    await Promise.all([stopWhatIsCertain(run), askSubject(run), readWidely(run)]);
    return 'escalation';
  },

  // Decision for escalation. A case that may close waits out the lag of the logs and reads again.
  escalation: async (run) => {
    const first = decide(run, false);
    const decision = first.decision === 'escalate' ? first : await settle(run);
    return decision.decision === 'escalate' ? 'investigation' : 'closed';
  },

  // T2: historical patterns, files and links against threat intelligence, interviews where necessary.
  investigation: async (run) => {
    if (await mayReadContent(run)) {
      await collect(run, 'wide', { content: true, suspectOnly: true });
      await assess(run, 'wide');
    }
    await interview(run);
    return decide(run, true).decision === 'escalate' ? 'containment' : 'closed';
  },

  // Containment: disable accounts, reset credentials, block addresses, quarantine, each behind its approval, then read back.
  containment: async (run) => {
    const plan = await planContainment(run, 'containment');
    if (plan) await followPlan(run, plan);
    return 'exposure';
  },

  // Further analysis: audit trail of the platform, extent of the exposure, rotation of what was exposed.
  exposure: async (run) => {
    await collect(run, 'narrow', { suspectOnly: true });
    await auditExposure(run);
    return 'disclosure';
  },

  // Further analysis: engage incident response, prepare for disclosure if the breach is significant.
  disclosure: async (run) => {
    await Promise.all([engageIncidentResponse(run), prepareDisclosure(run)]);
    return 'closed';
  },
};

/** One case for one subject, from the first alert to the report. Returns its final state. */
export async function caseWorkflow(input: CaseInput): Promise<CaseState> {
  const run = openRun(input);
  handleMessages(run);

  while (run.state.stage !== 'closed') {
    const next = await playbook[run.state.stage](run);
    if (next !== 'closed') {
      await atStageEdge(run, next);
      continue;
    }
    await awaitTasks(
      run,
      run.state.tasks.map((t) => t.taskId),
      'Open tasks before the case closes',
    );
    if (run.fresh && run.state.escalation?.decision !== 'escalate' && run.state.closedAs !== 'merged') {
      await atStageEdge(run, 'triage'); // an alert came while the case was closing
      continue;
    }
    if (run.state.closedAs !== 'merged') await writeReport(run);
    await closeCase(run);
  }

  await condition(allHandlersFinished);
  return run.state;
}

async function stopWhatIsCertain(run: CaseRun): Promise<void> {
  const plan = await planContainment(run, 'first_steps');
  if (plan) await followPlan(run, plan);
}

async function readWidely(run: CaseRun): Promise<void> {
  await collect(run, 'wide');
  await assess(run, 'wide');
}
