import { allHandlersFinished, condition } from '@temporalio/workflow';
import { summarise, type CaseSummary } from '../domain/case-summary.js';
import type { Stage } from '../domain/case.js';
import { attempt, together } from './case/attempt.js';
import { closeCase } from './case/closing.js';
import { followPlan, planContainment } from './case/containment.js';
import { askSubject } from './case/contact.js';
import { auditExposure, engageIncidentResponse, prepareDisclosure } from './case/disclosure.js';
import { decide, settle } from './case/escalation.js';
import { mayReadContent } from './case/content.js';
import { collectAndAssess } from './case/evidence.js';
import { handleMessages } from './case/handlers.js';
import { mergeIfKnown, openCase } from './case/intake.js';
import { interview } from './case/interview.js';
import { keepIndexed, keepListed } from './case/listing.js';
import { lookAgain, whileAlert } from './case/late-alerts.js';
import { lookBeyondSubject } from './case/pivot.js';
import { atStageEdge, hasNews, isWeighed, openRun, type CaseRun } from './case/run.js';
import { awaitAllTasks } from './case/tasks.js';
import { askResponder, keepWatch } from './case/watch.js';
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
    await collectAndAssess(run, ['narrow']);
    return 'contact';
  },

  // L1: attempt to contact the user in question. What is reversible and certain does not wait for it, nor does the wide reading.
  contact: async (run) => {
    await together([stopWhatIsCertain(run), askSubject(run), collectAndAssess(run, ['wide'])]);
    return 'escalation';
  },

  // Decision for escalation. A case that may close waits out the lag of the logs and reads again.
  // One that is neither clear nor quiet keeps watch, and a responder has the question.
  escalation: async (run) => {
    const first = decide(run, { settled: false });
    const settled = first.decision === 'escalate' ? first : await settle(run);
    const decision = settled.decision === 'watch' && isWeighed(run) ? await keepWatch(run) : settled;
    if (decision.decision !== 'escalate' && isWeighed(run)) await lookBeyondSubject(run);
    return decision.decision === 'escalate' ? 'investigation' : 'closed';
  },

  // T2: historical patterns, files and links against threat intelligence, interviews where necessary.
  investigation: async (run) => {
    const weighed = isWeighed(run);
    const reads = { content: true, suspectOnly: true, follow: weighed };
    const search = (await mayReadContent(run)) ? await collectAndAssess(run, ['wide'], reads) : undefined;
    if (weighed) await together([interview(run), lookBeyondSubject(run, search)]);
    else await interview(run);
    const decision = decide(run, { settled: true });
    if (decision.decision === 'watch' && isWeighed(run))
      return (await keepWatch(run)).decision === 'escalate' ? 'containment' : 'closed';
    return decision.decision === 'escalate' ? 'containment' : 'closed';
  },

  // Containment: disable accounts, reset credentials, block addresses, quarantine, each behind its approval, then read back.
  containment: async (run) => {
    const plan = await planContainment(run, 'containment');
    if (plan) await followPlan(run, plan);
    else if (isWeighed(run)) askResponder(run);
    return 'exposure';
  },

  // Further analysis: audit trail of the platform, extent of the exposure, rotation of what was exposed.
  exposure: async (run) => {
    if (hasNews(run)) await lookAgain(run);
    else await collectAndAssess(run, ['narrow'], { suspectOnly: true });
    await auditExposure(run);
    return 'disclosure';
  },

  // Further analysis: engage incident response, prepare for disclosure if the breach is significant.
  disclosure: async (run) => {
    await whileAlert(run, workWithPeople(run));
    return 'closed';
  },
};

/** One case for one subject, from the first alert to the report. */
export async function caseWorkflow(input: CaseInput): Promise<CaseSummary> {
  const run = openRun(input);
  handleMessages(run);
  void keepIndexed(run);
  void keepListed(run);

  while (run.state.stage !== 'closed') {
    const next = await attempt(run, playbook[run.state.stage]);
    if (next === 'closed') await attempt(run, closeCase);
    else await atStageEdge(run, next);
  }

  await condition(allHandlersFinished);
  return summarise(run.state);
}

async function stopWhatIsCertain(run: CaseRun): Promise<void> {
  const plan = await planContainment(run, 'first_steps');
  if (plan) await followPlan(run, plan);
}

async function workWithPeople(run: CaseRun): Promise<void> {
  await together([engageIncidentResponse(run), prepareDisclosure(run)]);
  await awaitAllTasks(run);
}
