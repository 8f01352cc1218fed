import { isCancellation } from '@temporalio/workflow';
import type { HumanTask } from '../../domain/case.js';
import { entryOf, lengthOf, momentOf, startClock } from '../../domain/clocks.js';
import { exposedItems, exposureLine, peopleWords } from '../../domain/exposure-words.js';
import { analysis, people } from '../proxies.js';
import { policyOf, suspectPlatforms, tell, type CaseRun } from './run.js';
import { announce, awaitTasks, openTask } from './tasks.js';

const LEAD_MINUTES = 24 * 60;

/** "Perform a thorough audit trail … to assess the extent of data exposure": the ledger, and a rotation for each exposed secret. */
export async function auditExposure(run: CaseRun): Promise<void> {
  const { state } = run;
  if (!state.subject || !state.assessment) return;
  const audited = await analysis.auditExposure.executeWithOptions({ summary: 'Measure what was read or taken' }, [
    {
      caseId: state.caseId,
      subject: state.subject,
      collections: state.collections,
      assessment: state.assessment,
      verdict: state.verdict,
      plans: state.plans,
      policyDigest: policyOf(run).digest,
    },
  ]);
  state.exposure = audited.exposure;
  state.disclosure = { significant: 'unknown', clocks: [], ...state.disclosure, file: audited.disclosure };
  const { secrets, confidence } = state.exposure;
  tell(
    run,
    `Exposure: ${exposureLine(state.exposure)}; ${peopleWords(state.exposure)} affected; confidence ${confidence}`,
  );
  // Announced with the tasks of the next stage, which does not wait.
  const asked = new Set(state.tasks.map((t) => t.about));
  for (const secret of secrets.filter((s) => !asked.has(s.fingerprint)))
    openTask(run, {
      kind: 'rotate_secret',
      role: 'secret_owner',
      text: `Rotate the exposed ${secret.kind} \`${secret.fingerprint.slice(0, 12)}\`, and say whether it was live or used.`,
      minutes: 8 * 60,
      ifLate: 'the report says that this secret is still live',
      about: secret.fingerprint,
      fields: [
        { name: 'live', label: 'Was it live?', type: 'choice', options: ['yes', 'no', 'unknown'], required: true },
        { name: 'proof', label: 'Proof of the rotation', type: 'text', required: true },
      ],
    });
}

/** "Engage with incident response teams": told now, on clean ways; somebody must acknowledge, else they are told again. */
export async function engageIncidentResponse(run: CaseRun): Promise<void> {
  const { state } = run;
  if (state.tasks.some((t) => t.kind === 'acknowledge')) return;
  const minutes = policyOf(run).disclosure.acknowledgeWithinMinutes;
  for (const round of ['first', 'second'] as const) {
    const task = openTask(run, {
      kind: 'acknowledge',
      role: 'lead',
      text: `Incident response acknowledges the case (${round} call).`,
      minutes,
      ifLate:
        round === 'first' ? 'incident response is called a second time' : 'the report says that nobody acknowledged',
      fields: [],
    });
    const { ways } = await people.notifyIncidentResponse
      .executeWithOptions({ summary: `Call incident response (${round})` }, [
        {
          caseId: state.caseId,
          verdict: state.verdict,
          severity: state.severity,
          suspect: suspectPlatforms(run),
          acknowledgeBy: task.dueAt,
        },
      ])
      .catch((error: unknown) => {
        if (isCancellation(error)) throw error;
        return { ways: [] };
      });
    tell(run, `Incident response called by ${ways.join(', ') || '**no way that works**'}`);
    const [ended] = await awaitTasks(run, [task.taskId], 'Incident response acknowledges');
    if (ended?.status === 'done') return;
  }
}

/** "Prepare for public disclosure if the breach is significant": proposed here, decided by a named person; nothing is sent outside. */
export async function prepareDisclosure(run: CaseRun): Promise<void> {
  const { state } = run;
  const { exposure } = state;
  if (state.tasks.some((t) => t.kind === 'significance')) return;
  const { significantItems, significantSecrets, clocks } = policyOf(run).disclosure;
  const items = exposure ? exposedItems(exposure) : 0;
  const secrets = exposure?.secrets.length ?? 0;
  const proposed = items >= significantItems || secrets >= significantSecrets;
  const task = openTask(run, {
    kind: 'significance',
    role: 'lead',
    text: `Decide whether the breach is significant, and for each duty that applies the moment at which its clock starts. Quell proposes: ${proposed ? 'significant' : 'not significant'} (${items} items, ${secrets} secrets).`,
    minutes: LEAD_MINUTES,
    ifLate: 'significance stays undecided and no clock runs',
    fields: [
      { name: 'significant', label: 'Is the breach significant?', type: 'yes_no', required: true },
      { name: 'reason', label: 'Why', type: 'text', required: true },
      ...clocks.map((clock) => ({
        name: entryOf(clock),
        label: `${clock.name} (${lengthOf(clock)}, ${clock.basis}): ${momentOf(clock)}, UTC; empty when it does not apply`,
        type: 'instant' as const,
        required: false,
      })),
    ],
  });
  await announce(run);
  await awaitTasks(run, [task.taskId], 'Significance');
}

/** The lead's word starts the clocks, each at its own moment, also when it comes late. */
export function decideSignificance(run: CaseRun, { result, doneBy = 'unknown' }: HumanTask): void {
  const { clocks } = policyOf(run).disclosure;
  const significant = result?.['significant'] === true;
  const started = significant ? clocks.flatMap((c) => startClock(c, result[entryOf(c)], doneBy) ?? []) : [];
  run.state.disclosure = { ...run.state.disclosure, significant, clocks: started };
  tell(run, `The breach is ${significant ? 'significant' : 'not significant'}, says \`${doneBy}\``);
  for (const clock of started) tell(run, `Clock **${clock.id}** runs from ${clock.startedAt} until ${clock.dueAt}`);
}
