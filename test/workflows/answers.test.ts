import { describe, expect, it } from 'vitest';
import type { CaseState } from '../../domain/case.js';
import type { ContainmentPlan } from '../../domain/plan.js';
import { answer } from '../../gateway/case-client.js';
import { answerSignal, answerUpdate, containmentChangedSignal } from '../../workflows/messages.js';
import { useDevServer } from '../support/temporal.js';
import { assessmentOf, casePolicy, INSIDE, planOf, STRANGE } from './support/facts.js';
import { answerTo, authored, decisionOn, reportOn } from './support/people.js';
import { usePlaybook, type RunningCase } from './support/running.js';
import { PlayedWorld } from './support/world.js';

const temporal = useDevServer();
const { withCase } = usePlaybook(temporal);

const strange = (): PlayedWorld =>
  new PlayedWorld({ assess: async ({ depth }) => assessmentOf({ depth, ...STRANGE }) });

const say = async ({ handle, caseId }: RunningCase, said: 'me' | 'not_me' | 'unsure'): Promise<void> =>
  await handle.executeUpdate(answerUpdate, { args: [answerTo(caseId, said)] });

const answered = ({ contact }: CaseState): readonly unknown[] => [
  contact?.outcome,
  ...(contact?.later ?? []).map((l) => l.answer),
];

describe('another answer', () => {
  it('keeps a case from closing as benign: "me", then "not me"', async () => {
    await withCase(strange(), async (running) => {
      await running.until((s) => s.contact?.outcome === 'waiting');
      await say(running, 'me');
      // It would close as benign once its logs have settled, hours from now.
      const { rounds } = await running.until((s) => s.lagUntil !== undefined);
      await say(running, 'not_me');
      const state = await running.until((s) => s.escalation?.decision === 'escalate');
      expect(answered(state)).toEqual(['me', 'not_me']);
      expect(state.verdict).toBe('compromised');
      expect(state.rounds).toBeGreaterThan(rounds);
      expect(state.timeline.map((e) => e.text)).toContainEqual(expect.stringMatching(/not_me.*both stand/));
    });
  });

  it('takes nothing back: "not me", then "me"', async () => {
    await withCase(strange(), async (running) => {
      await running.until((s) => s.contact?.outcome === 'waiting');
      await say(running, 'not_me');
      await running.task('significance');
      const { rounds } = await running.view();
      await running.handle.signal(answerSignal, answerTo(running.caseId, 'me'));
      const state = await running.until((s) => s.rounds > rounds && s.contact?.weighed !== undefined);
      expect(answered(state)).toEqual(['not_me', 'me']);
      expect(state).toMatchObject({ verdict: 'compromised', escalation: { decision: 'escalate' }, refused: [] });
    });
  });

  it('goes into the next decision when it comes while a plan is decided on', async () => {
    const plans: ContainmentPlan[] = [];
    const world = new PlayedWorld({
      assess: async ({ depth }) => assessmentOf({ depth, ...INSIDE }),
      planContainment: async ({ caseId, purpose }) => {
        if (purpose === 'first_steps') return undefined;
        const plan = planOf(caseId, [{ kind: 'hold_data', rule: 'two' }], { planId: `plan-${caseId}-${plans.length}` });
        plans.push(plan);
        return authored(plan);
      },
    });
    await withCase(world, async (running) => {
      await running.until((s) => s.contact?.outcome === 'waiting');
      await say(running, 'me');
      await running.complete(await running.task('interview'), 'p-responder', { explained: 'no' });
      const { verdict, stage } = await running.until((s) => s.plans.length === 1);
      expect({ verdict, stage }).toEqual({ verdict: 'insider', stage: 'containment' });
      await say(running, 'not_me');
      const [plan] = plans;
      const decisions = [decisionOn(plan!, 'deny', 'p-lead')];
      await running.handle.signal(containmentChangedSignal, reportOn(plan!, 'denied', [], { decisions }));
      await running.until((s) => s.plans.length === 2);
      expect(
        world
          .asked('planContainment')
          .map((a) => a.verdict)
          .slice(-2),
      ).toEqual(['insider', 'insider']);
      // Nothing shows anybody else in the account: what the person says against it is kept, and moves nothing.
      expect(answered(await running.view())).toEqual(['me', 'not_me']);
    });
  });

  it('is refused when the case has closed, and while it closes', async () => {
    const world = strange();
    world.answer({ openCase: async () => casePolicy({ pace: { lag: 1_000_000, people: 1 } }) });
    await withCase(world, async (running) => {
      const { caseId } = running;
      const late = (): Promise<unknown> =>
        answer(temporal.client, caseId, answerTo(caseId, 'not_me')).catch((error: unknown) => error);
      const meanwhile = new Promise<unknown>((resolve) => {
        world.answer({
          closeCase: async () => {
            resolve(await late());
            return { html: 'report.html', json: 'report.json', sha256: '0' };
          },
        });
      });
      await running.until((s) => s.contact?.outcome === 'waiting');
      await say(running, 'me');
      expect(await meanwhile).toMatchObject({ code: 'CASE_CLOSED' });
      expect(answered(await running.end())).toEqual(['me']);
      expect(await late()).toMatchObject({ code: 'CASE_CLOSED' });
    });
  });
});
