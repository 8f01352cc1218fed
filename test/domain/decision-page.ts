import { EXPLANATIONS, EXPLANATION_WORDS, type Explanation } from '../../domain/explanations.js';
import { ATTRIBUTION, DEFAULT_DECISION, EVIDENCE, FACTS, PRIORS } from '../../domain/weights.js';

const PLACE = /<!-- weights -->[^]*<!-- \/weights -->/;

/** `docs/decision.md` with the tables of today's weights. */
export const withTables = (page: string): string =>
  page.replace(PLACE, `<!-- weights -->\n\n${tables()}\n\n<!-- /weights -->`);

function tables(): string {
  const { thresholds, watch } = DEFAULT_DECISION;
  return [
    '### Explanations, and how likely each is before anything is known',
    table(
      ['explanation', 'word', 'prior'],
      EXPLANATIONS.map((e) => [EXPLANATION_WORDS[e], `\`${e}\``, signed(PRIORS[e])]),
    ),
    `### Whose an episode is (own from ${signed(ATTRIBUTION.own)}, somebody else's down to ${signed(ATTRIBUTION.other)}; an app is a job from ${signed(ATTRIBUTION.job)}, rogue down to ${signed(ATTRIBUTION.app)})`,
    table(
      ['fact', 'weight', 'says', 'source'],
      Object.entries(FACTS).map(([code, { weight, says, source }]) => [`\`${code}\``, signed(weight), says, source]),
    ),
    '### What speaks for and against the explanations',
    table(
      ['evidence', 'says', 'weights', 'source'],
      Object.entries(EVIDENCE).map(([code, { weights, says, source }]) => [
        `\`${code}\``,
        says,
        weightsOf(weights),
        source,
      ]),
    ),
    '### Thresholds',
    table(
      ['what', 'probability of an attack'],
      [
        ['keep watch, ask people and a responder', String(thresholds.watch)],
        [
          'escalate to a responder',
          `${thresholds.escalate}; at the end of a watch ${Math.round((thresholds.escalate - thresholds.watchSensitivity) * 100) / 100}`,
        ],
        [
          'propose an act of low, medium, high harm',
          `${thresholds.propose.low}, ${thresholds.propose.medium}, ${thresholds.propose.high} against all harmless explanations; ${thresholds.special} more for VIPs and administrators`,
        ],
        ['watch', `${watch.days} days, read again every ${watch.everyHours} hours`],
      ],
    ),
  ].join('\n\n');
}

const signed = (n: number): string => (n > 0 ? `+${n}` : String(n));
const weightsOf = (weights: Readonly<Partial<Record<Explanation, number>>>): string =>
  Object.entries(weights)
    .map(([e, w]) => `${e.replace('_work', '')} ${signed(w)}`)
    .join(', ');
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((r) => `| ${r.join(' | ')} |`).join('\n');
