import type { Escalation } from '../../domain/case.js';
import { HOUR, now, plus } from '../clock.js';
import { decide, decisionPolicy, judgementOf } from './escalation.js';
import { collectAndAssess } from './evidence.js';
import { openInterview } from './interview.js';
import { hasNews, policyOf, tell, waitUntil, type CaseRun } from './run.js';
import { announce, openTask } from './tasks.js';

/**
 * A case that is neither clear nor quiet keeps watch: it asks a responder, reads again on a schedule for the days of the policy, and ends
 * with a second decision that is taken more easily.
 */
export async function keepWatch(run: CaseRun): Promise<Escalation> {
  const { state } = run;
  const { days, everyHours } = decisionPolicy(run).watch;
  const { pace } = policyOf(run);
  const until = plus(now(), (days * 24 * HOUR) / pace.lag);
  tell(run, `The case keeps watch until ${until}`);
  if (leansToInsider(state.escalation)) openInterview(run);
  askResponder(run);
  await announce(run);
  for (;;) {
    // Each time anew: an answer that changed nothing must not end every wait after it.
    const heard = heardOf(run);
    const next = [until, plus(now(), (everyHours * HOUR) / pace.lag)].sort()[0] ?? until;
    state.watchUntil = until;
    await waitUntil(
      run,
      () => hasNews(run) || heardOf(run) !== heard || judgementOf(run) !== undefined,
      next,
      `Keeps watch until ${until}; the evidence is read again at ${next}`,
    );
    delete state.watchUntil;
    const isJudged = judgementOf(run) !== undefined;
    if (!isJudged) await collectAndAssess(run, ['narrow', 'wide']);
    const watch = now() >= until || isJudged ? 'ended' : 'running';
    const escalation = decide(run, { settled: true, watch });
    if (escalation.decision !== 'watch' || watch === 'ended') return escalation;
  }
}

/** What people have said so far: tasks that were ended, and the subject's answer, also one that came after the silence. */
const heardOf = ({ state }: CaseRun): string =>
  `${state.tasks.filter((t) => t.status === 'done').length} ${state.contact?.outcome ?? ''}`;

const leansToInsider = (escalation: Escalation | undefined): boolean => {
  const of = (e: string): number => escalation?.ranking?.find((r) => r.explanation === e)?.probability ?? 0;
  return of('insider') > of('intruder') + of('app');
};

const RESPONDER_MINUTES = 4 * 60;

/** What falls short of a plan goes to a responder as a question, with the evidence. The verdict that comes back is signed, and the case follows it. */
export function askResponder(run: CaseRun): void {
  if (run.state.tasks.some((t) => t.kind === 'judgement' && t.status === 'open')) return;
  openTask(run, {
    kind: 'judgement',
    role: 'responder',
    text: 'The evidence is not clear. Look at what speaks for and against each explanation, and set the verdict when you can tell.',
    minutes: RESPONDER_MINUTES,
    ifLate: 'the case goes on by the evidence alone',
    fields: [
      {
        name: 'verdict',
        label: 'Verdict',
        type: 'choice',
        options: ['cannot_tell', 'benign', 'false_positive', 'compromised', 'insider'],
        required: true,
      },
      { name: 'reason', label: 'Why (kept in the evidence store)', type: 'text', required: true },
    ],
  });
}
