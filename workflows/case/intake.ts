import { condition, isCancellation, upsertSearchAttributes } from '@temporalio/workflow';
import type { SubjectFacts } from '../../domain/subject.js';
import { MINUTE, now } from '../clock.js';
import { evidence, records } from '../proxies.js';
import { PLATFORM, SUBJECT } from '../search-attributes.js';
import { forRecord, tell, type CaseRun } from './run.js';
import { announce, openTask } from './tasks.js';

/** The alert that starts a case comes as its first message; a case that a person starts by hand may have none. */
const FIRST_ALERT_WITHIN = MINUTE / 2;

/** Pins the policy and finds out whose account it is, on which platforms, and who is its authority. */
export async function openCase(run: CaseRun): Promise<void> {
  const { state, input } = run;
  await condition(() => state.alerts.length > 0, FIRST_ALERT_WITHIN, { summary: 'First alert' });
  upsertSearchAttributes([
    { key: SUBJECT, value: state.subjectId },
    { key: PLATFORM, value: input.home.platform },
  ]);
  state.policy = await records.openCase.executeWithOptions({ summary: 'Pin the policy and open the record' }, [
    { summary: forRecord(run), alerts: state.alerts },
  ]);
  tell(
    run,
    `Policy \`${state.policy.digest.slice(0, 12)}\`, mode **${state.policy.mode}**${input.after === undefined ? '' : `, follows \`${input.after}\``}`,
  );
  state.subject = await identify(run);
  const { kind, accounts, authority } = state.subject;
  tell(
    run,
    `Subject is a ${kind} with accounts on ${accounts.map((a) => a.platform).join(', ') || 'no known platform'}; authority ${authority}`,
  );
}

async function identify(run: CaseRun): Promise<SubjectFacts> {
  const { caseId, subjectId } = run.state;
  try {
    return await evidence(run.input.home).identifySubject.executeWithOptions(
      { summary: 'Identify the subject in the directories' },
      [{ caseId, subjectId }],
    );
  } catch (error) {
    if (isCancellation(error)) throw error;
    openTask(run, {
      kind: 'identify_subject',
      role: 'responder',
      text: 'The directories do not know this subject. Find out whose account it is.',
      minutes: 240,
      ifLate: 'the case goes on with what the alert said, as undetermined',
      fields: [{ name: 'found', label: 'What was found out', type: 'text', required: true }],
    });
    await announce(run);
    run.state.unread.push('directories');
    return {
      subjectId,
      kind: 'person',
      vip: false,
      authority: 'other',
      accounts: [],
      protectedBecause: ['unknown'],
      readAt: now(),
    };
  }
}

/** The directories know this subject under an older id: its case gets the alerts, this one closes. */
export async function mergeIfKnown(run: CaseRun): Promise<boolean> {
  const { state } = run;
  const same = state.subject?.sameAs;
  if (same === undefined) return false;
  const { caseId } = await records.handOver.executeWithOptions({ summary: 'Hand the alerts to the case that stays' }, [
    { fromCaseId: state.caseId, toSubjectId: same, alerts: state.alerts },
  ]);
  state.closedAs = 'merged';
  tell(run, `The same person as in \`${caseId}\`: handed over`);
  return true;
}
