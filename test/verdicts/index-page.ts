import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseScenario, type Scenario } from '../../simulator/core/scenario.js';
import { expected, type Expected } from './expected.js';

export const CORPUS = fileURLToPath(new URL('corpus/', import.meta.url));

/** What goes wrong in kind, as an analyst would say it: the number before a folder's name. */
export const KINDS = {
  1: 'The window: it happened days before the alert, or a little each day',
  2: 'The poisoned baseline: what the thief did makes the thief look habitual',
  3: "The vendor's own word about the sign-in",
  4: 'Apps, tokens and jobs as actors',
  5: 'A failed attempt is no success, and one success among failures is',
  6: 'One event told several times, and alerts that join late',
  7: 'Impact alone makes no insider; what does',
  8: 'Everyday change, and what only looks like it',
  9: 'Controls that are changed or weakened',
  10: 'What is written: secrets, and talk about secrets',
  11: 'Answers: me, not me, unsure, silence, one after the other',
  12: 'How a case ends: shadow mode, a log that is missing, open tasks, nothing',
  13: 'Beyond the subject: the same address, app or device elsewhere; guests and shared accounts',
  14: "The house's own traces: resets, roll-outs, help desk",
  15: 'Exposure: what was read and whose it was',
} as const;

export interface Labelled {
  readonly name: string;
  readonly kind: number;
  readonly scenario: Scenario;
  readonly wanted: Expected;
}

/** All scenarios of the corpus with their labels, by name. Throws a ZodError for one that is none. */
export function labelled(): readonly Labelled[] {
  return readdirSync(CORPUS, { withFileTypes: true })
    .filter((e) => e.isDirectory())
    .map(({ name }) => ({
      name,
      kind: Number(name.slice(0, 2)),
      scenario: parseScenario(readFileSync(join(CORPUS, name, 'scenario.yaml'), 'utf8')),
      wanted: expected.parse(JSON.parse(readFileSync(join(CORPUS, name, 'expected.json'), 'utf8'))),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

const INTRODUCTION = `# The corpus: situations and what a good responder decides

Each folder is one situation: \`scenario.yaml\` (people, rows of the tenants' logs, plays), the alert as a detector sent it, and
\`expected.json\`, the label. The alert is short and weak on purpose: what decides lies in the logs and has to be found there, and half
of the situations are harmless. All of it is made up.

People have ordinary months: a line under \`life\` (\`hanna: { job: payroll_clerk, platform: microsoft, days: 60 }\`) tells sign-ins,
files, messages and meetings with their weeks, nights and month ends (\`simulator/core/ordinary-life.ts\`). The scenario's own rows come on
top of these; \`decisive\` ones are the attack. A scenario starts on its own weekday and hour (\`now\`, a Wednesday at three unless it says
so), so that it reads the same whenever it is run.

A label says what a careful senior analyst would accept. An attack is \`compromised\` or \`insider\`, and \`suspicious\` beside it only where the
evidence leaves it open; something harmless is \`benign\` or \`false_positive\`, and \`suspicious\` or \`undetermined\` only where a careful analyst
might stop there. \`mustNot\` on a harmless person means any act: even a plan that is denied is wrong.

This page is written by \`node --import tsx scripts/verdicts-index.ts\`.
`;

/** The text of README.md beside the folders. */
export function indexPage(all: readonly Labelled[]): string {
  const kinds = Object.entries(KINDS).map(([kind, text]) => `${kind}. ${text}`);
  const rows = all.map(({ name, kind, scenario, wanted }) =>
    [name, kind, [...new Set(scenario.alerts.map((a) => a.platform))].join(', '), wanted.truth, wanted.situation].join(
      ' | ',
    ),
  );
  const harmless = all.filter(({ wanted }) => wanted.truth === 'benign').length;
  return [
    INTRODUCTION,
    '## Kinds',
    '',
    ...kinds,
    '',
    `## ${all.length} situations, ${harmless} of them harmless`,
    '',
    '| name | kind | platform | truth | situation |',
    '|---|---|---|---|---|',
    ...rows.map((row) => `| ${row} |`),
    '',
  ].join('\n');
}
