import { FINDING_KINDS } from '../../../domain/finding.js';
import { INDICATORS } from '../../../domain/indicators/index.js';
import type { Indicator } from '../../../domain/indicators/indicator.js';
import { TECHNIQUES } from '../../../domain/indicators/techniques.js';
import { casesOf } from './cases.js';

/** `docs/indicators.md`: what each indicator looks for, why, where, and what else looks like it. */
export function indicatorsPage(): string {
  const cases = INDICATORS.map(({ id }) => casesOf(id));
  const sum = (list: 'match' | 'noMatch'): number => cases.reduce((n, c) => n + c[list].length, 0);
  return [
    '# Indicators',
    '',
    '<!-- Written by `npm run indicators-table` from the code. `test/domain/indicators/indicators.test.ts` fails when it is not what the script would write. -->',
    '',
    `What is looked for in the evidence: ${INDICATORS.length} pure functions over rows, each one file in \`domain/indicators/\` that says what is below. A finding has one of`,
    `${FINDING_KINDS.length} kinds, the numbers that were measured with their thresholds (policy section \`indicators\`), the rows that show it, and whose acts they are. What findings`,
    'mean together is weighed afterwards ([decision.md](decision.md)): none of them decides anything alone.',
    '',
    `Beside each file lie its cases, \`<name>.cases.yaml\`: rows in which it must find (${sum('match')} in all) or must not (${sum('noMatch')}). The row of the playbook that asks for it is quoted;`,
    '[playbook.md](playbook.md) has all rows.',
    '',
    table(
      ['indicator', 'finding', 'logs it looks in', 'ATT&CK', 'cases'],
      INDICATORS.map((i, n) => [
        `[${i.id}](#${i.id})`,
        code(i.kind),
        i.sources.map((s) => s.replaceAll('_', ' ')).join(', '),
        i.attack.length === 0 ? 'none: a history is no technique' : i.attack.join(', '),
        `${cases[n]?.match.length} + ${cases[n]?.noMatch.length}`,
      ]),
    ),
    ...INDICATORS.flatMap(section),
    '',
  ].join('\n');
}

function section({ id, kind, what, why, attack, falsePositives }: Indicator): readonly string[] {
  const { match, noMatch } = casesOf(id);
  return [
    '',
    `## ${id}`,
    '',
    `> ${why}`,
    '',
    `${what} Finding ${code(kind)}${attack.length === 0 ? '' : `; ${attack.map(technique).join(', ')}`}. Code: ${code(`domain/indicators/${id}.ts`)}.`,
    '',
    'What else looks like it:',
    '',
    ...falsePositives.map((text) => `- ${text}`),
    '',
    `Must find: ${match.map((c) => c.name).join('; ')}.`,
    '',
    `Must not find: ${noMatch.map((c) => c.name).join('; ')}.`,
  ];
}

const technique = (id: keyof typeof TECHNIQUES): string =>
  `[${id}](https://attack.mitre.org/techniques/${id.replace('.', '/')}/) ${TECHNIQUES[id]}`;
const code = (text: string): string => `\`${text}\``;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((r) => `| ${r.join(' | ')} |`).join('\n');
