import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideEscalation, type EscalationInput } from '../../domain/escalation.js';
import { mostTelling } from '../../domain/next-fact.js';
import { EVIDENCE, type EvidenceCode } from '../../domain/weights.js';
import { quietCase, told } from './decision-scene.js';

const next = (given: Partial<EscalationInput>) => {
  const input = { ...quietCase, ...given };
  return mostTelling(input, input.lines).next;
};
const unclear = [told('access.unknown', 1.5), told('collection.unknown')];
const insider = [told('acts.own'), told('collection.own'), told('collection.strange')];

describe('what a case asks for next', () => {
  it.each<[string, Partial<EscalationInput>, string]>([
    [
      'whether it was the person, where somebody else may have been in the account',
      { lines: unclear, foreignAccess: true },
      'answer',
    ],
    ['whether somebody asked for it, where the person’s own session collects', { lines: insider }, 'interview'],
    [
      'the interview, when the person has already answered',
      { lines: unclear, foreignAccess: true, contact: 'me' },
      'interview',
    ],
    ['the log that could not be read, when it could show everything', { lines: [], gaps: ['entra.sign_ins'] }, 'log'],
  ])('%s', (_, given, fact) => {
    expect(next(given)?.fact).toBe(fact);
  });

  it('is nothing when all that can be asked was answered', () => {
    for (const contact of ['me', 'not_me'] as const)
      for (const interview of ['yes', 'no'] as const)
        expect(next({ lines: unclear, contact, interview })).toBeUndefined();
  });

  it('goes on asking where the answer said nothing', () => {
    for (const contact of ['unsure', 'silent', 'not_contacted', 'waiting'] as const)
      expect(next({ lines: unclear, foreignAccess: true, contact })?.fact).toBe('answer');
    expect(next({ lines: insider, contact: 'me', interview: 'partly' })?.fact).toBe('interview');
  });

  it('is in the decision, with how far it would move the odds', () => {
    const { next: asked } = decideEscalation({ ...quietCase, lines: unclear, foreignAccess: true });
    expect(asked?.fact).toBe('answer');
    expect(asked?.swing).toBeGreaterThan(0.1);
  });

  it('moves the odds as far as its outcomes lie apart, and no other fact further', () => {
    const codes = (Object.keys(EVIDENCE) as EvidenceCode[]).filter((c) => !/^(?:answer|interview)\./.test(c));
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(...codes).map((code) => told(code)),
          { maxLength: 4 },
        ),
        fc.boolean(),
        (lines, foreignAccess) => {
          const given = { ...quietCase, lines, foreignAccess };
          const attack = (more: Partial<EscalationInput>): number =>
            decideEscalation({ ...given, ...more }).attack ?? 0;
          const apart = (a: Partial<EscalationInput>, b: Partial<EscalationInput>): number =>
            Math.abs(attack(a) - attack(b));
          const swings = {
            answer: apart({ contact: 'me' }, { contact: 'not_me' }),
            interview: apart({ interview: 'yes' }, { interview: 'no' }),
          };
          const found = next(given);
          if (!found) return;
          expect(found.swing).toBeCloseTo(swings[found.fact as 'answer' | 'interview'], 2);
          expect(found.swing).toBeGreaterThanOrEqual(Math.max(...Object.values(swings)) - 0.002);
        },
      ),
      { numRuns: 200 },
    );
  });
});
