import { describe, expect, it } from 'vitest';
import type { CasePolicy } from '../../domain/policy.js';
import { drawDetails } from '../../workflows/case/details.js';
import { at, caseState } from '../gateway/support/played-case.js';

const state = () => caseState({ mode: 'live' } as unknown as CasePolicy);

describe('the details of a case in the Temporal UI', () => {
  it('say the odds in people’s words, what is asked next, and until when the case keeps watch', () => {
    const text = drawDetails({
      ...state(),
      watchUntil: at(600),
      escalation: {
        ...{ decision: 'watch', verdict: 'suspicious', reasons: [], attack: 0.42 },
        ranking: [
          { explanation: 'own_work', probability: 0.55 },
          { explanation: 'intruder', probability: 0.42 },
        ],
        next: { fact: 'answer', swing: 0.3 },
      },
    });
    expect(text).toContain('### Decision: watch');
    expect(text).toContain('**Attack 42 %**: the person’s own ordinary work 55 %, somebody else in the account 42 %');
    expect(text).toContain('What we ask next: the person themselves');
    expect(text).toContain(`**Keeps watch until ${at(600)}**`);
  });

  it('say how a closed case ended, and never contained over an open step', () => {
    const [plan] = state().plans;
    const result = { planId: 'p-1', step: 1, at: at(0), text: '', writes: [], allowedBy: [] };
    const results = [
      { ...result, status: 'done', verified: true },
      { ...result, step: 2, status: 'task_open', verified: false },
    ] as const;
    const text = drawDetails({ ...state(), closedAs: 'contained', plans: [{ ...plan!, status: 'holding', results }] });
    expect(text).toContain('closed as partly contained');
    expect(drawDetails({ ...state(), closedAs: 'attempt_defeated' })).toContain('closed as attempt defeated');
  });

  it('stay as they were for a decision of an older version', () => {
    expect(drawDetails(state())).not.toContain('Attack');
  });
});
