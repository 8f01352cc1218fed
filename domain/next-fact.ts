import type { EscalationInput } from './escalation.js';
import { rank, type EvidenceLine } from './explanations.js';

/** A fact that the case could still learn, and what each outcome of it would add. */
interface Askable {
  readonly fact: 'answer' | 'interview' | 'log';
  readonly outcomes: readonly (readonly EvidenceLine[])[];
}

const one = (code: EvidenceLine['code'], group: string): readonly EvidenceLine[] => [{ code, group, strength: 1 }];

/** The single fact that would change the ranking most: what the case asks for next. Nothing when all that can be asked was answered. */
export function mostTelling(
  input: Pick<EscalationInput, 'contact' | 'contactIsSafe' | 'interview' | 'gaps' | 'foreignAccess' | 'policy'>,
  lines: readonly EvidenceLine[],
): { readonly next?: { readonly fact: Askable['fact']; readonly swing: number } } {
  const { decision } = input.policy;
  const attack = (more: readonly EvidenceLine[]): number =>
    rank([...lines, ...more], decision.weights, decision.priors).attack;
  const swings = askable(input).map(({ fact, outcomes }) => {
    const values = outcomes.map(attack);
    return { fact, swing: Math.round((Math.max(...values) - Math.min(...values)) * 1_000) / 1_000 };
  });
  const [most] = swings.sort((a, b) => b.swing - a.swing || (a.fact < b.fact ? -1 : 1));
  return most && most.swing > 0 ? { next: most } : {};
}

function askable({
  contact,
  contactIsSafe,
  interview,
  gaps,
  foreignAccess,
}: Parameters<typeof mostTelling>[0]): readonly Askable[] {
  const answered = (contact === 'me' && contactIsSafe) || contact === 'not_me';
  return [
    ...(answered
      ? []
      : [
          {
            fact: 'answer' as const,
            outcomes: [
              one('answer.me', 'answer'),
              one(foreignAccess ? 'answer.not_me' : 'answer.not_me.attempt', 'answer'),
            ],
          },
        ]),
    ...(interview === 'yes' || interview === 'no'
      ? []
      : [
          {
            fact: 'interview' as const,
            outcomes: [one('interview.yes', 'interview'), one('interview.no', 'interview')],
          },
        ]),
    ...(gaps.length === 0
      ? []
      : [
          {
            fact: 'log' as const,
            outcomes: [
              [],
              one('access.other', 'access'),
              [...one('access.other', 'access'), ...one('collection.other', 'collection other')],
            ],
          },
        ]),
  ];
}
