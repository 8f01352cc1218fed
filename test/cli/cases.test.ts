import { describe, expect, it } from 'vitest';
import { describeCase, stageOf } from '../../cli/cases.js';
import { CLOSINGS } from '../../domain/case.js';
import type { CasePolicy } from '../../domain/policy.js';
import { caseState } from '../gateway/support/played-case.js';

const state = () => caseState({ mode: 'shadow' } as unknown as CasePolicy);

describe('a case at the terminal', () => {
  it('says the odds, what is asked next with the log that is missing, and shadow mode', () => {
    const lines = describeCase({
      ...state(),
      escalation: {
        ...{ decision: 'close', verdict: 'undetermined', reasons: [], attack: 0.2 },
        ranking: [{ explanation: 'false_alert', probability: 0.8 }],
        next: { fact: 'log', swing: 0.5 },
      },
    });
    expect(lines).toContain('attack 20 %: nothing of what the alert claims 80 %');
    expect(lines.find((l) => l.startsWith('asks next:'))).toContain('slack.messages');
    expect(lines).toContain('shadow mode: nothing is written at any vendor');
  });

  it.each(CLOSINGS)('closed as %s has its words', (closedAs) => {
    const said = stageOf({ stage: 'closed', closedAs });
    expect(said).toMatch(/^closed: [a-z ]+$/);
    expect(describeCase({ ...state(), stage: 'closed', closedAs })[0]).not.toContain('_contained');
  });

  it('is never contained while a planned act is not verified', () => {
    expect(describeCase({ ...state(), stage: 'closed', closedAs: 'contained' })[0]).toContain('closed: handed over');
  });
});
