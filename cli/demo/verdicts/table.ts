import { paint } from '../../terminal.js';
import type { Row } from './judge.js';
import type { Totals } from './totals.js';

const mark = (ok: boolean): string => (ok ? 'yes' : 'NO');
const HEAD = [
  'scenario',
  'truth',
  'verdict',
  '',
  'closed as',
  '',
  'acts',
  'forbidden',
  'escal.',
  'novel',
  'says',
  'attack',
  'decided',
  'run',
];

/** A line for each scenario, and under it what is not as its label says. */
export function linesOfRows(rows: readonly Row[]): readonly string[] {
  const cells = rows.map(cellsOf);
  const widths = HEAD.map((name, i) => Math.max(name.length, ...cells.map((c) => c[i]?.length ?? 0)));
  const line = (c: readonly string[]): string =>
    c
      .map((text, i) => text.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  return [
    paint.bold(line(HEAD)),
    ...rows.flatMap((row, i) => [
      row.right ? line(cells[i] ?? []) : paint.red(line(cells[i] ?? [])),
      ...troublesOf(row).map((text) => paint.dim(`    ${text}`)),
    ]),
  ];
}

function cellsOf(row: Row): readonly string[] {
  const { acts, says } = row;
  const done = row.cases === 0 ? 0 : acts.expected - acts.missing.length;
  return [
    row.name,
    row.truth,
    row.got.map((g) => g.verdict).join(', ') || 'none',
    mark(row.verdictRight),
    row.got.map((g) => g.closedAs).join(', ') || 'none',
    mark(row.closingRight),
    `${done}/${acts.expected}`,
    String(acts.forbidden.length),
    row.escalated ? 'yes' : 'no',
    String(row.novel.length),
    `${says.expected - says.missing.length}/${says.expected}`,
    row.attack.toFixed(2),
    row.decidedAfter === undefined ? '-' : `${row.decidedAfter.toFixed(1)} s`,
    `${row.seconds.toFixed(0)} s`,
  ];
}

function troublesOf(row: Row): readonly string[] {
  const { acts, says } = row;
  return [
    ...(row.failure === undefined ? [] : row.failure.split('\n').slice(0, 4)),
    ...(row.casesRight ? [] : [`${row.cases} cases`]),
    ...acts.missing.map((act) => `not done: ${act}`),
    ...acts.forbidden.map((act) => `proposed and forbidden: ${act}`),
    ...says.missing.map((text) => `not told: ${text}`),
    ...(row.truth === 'benign' && row.proposed.length > 0 ? [`proposed: ${row.proposed.join(', ')}`] : []),
  ];
}

const percent = (rate: number | undefined): string => (rate === undefined ? '-' : `${Math.round(rate * 100)} %`);
const number = (value: number | undefined, unit = ''): string =>
  value === undefined ? '-' : `${value.toFixed(2)}${unit}`;

export function linesOfTotals(t: Totals): readonly string[] {
  const of = (n: number): string => `${n} of ${t.scenarios}`;
  const rows: readonly (readonly [string, string])[] = [
    ['as the label says', of(t.right)],
    ['verdict right', of(t.verdictRight)],
    ['closed right', of(t.closingRight)],
    ['acts right', of(t.actsRight)],
    ['expected acts done', percent(t.actsDone)],
    ['forbidden acts proposed', String(t.forbiddenActs)],
    ['attacks escalated (true positives)', percent(t.truePositiveRate)],
    ['harmless people with an act proposed', `${t.harmlessWithActs} of ${t.harmless}`],
    ['harmless alerts rejected', percent(t.falsePositiveRejection)],
    ['novel facts of an attack, mean and median', `${number(t.novelPerAttack)}, ${number(t.novelMedian)}`],
    ['facts told', percent(t.said)],
    ['time to decision, median', number(t.decidedAfterMedian, ' s')],
    ['Brier score', number(t.brier)],
    ['could not be run to the end', String(t.failed)],
  ];
  return rows.map(([name, value]) => `${name.padEnd(42)} ${value}`);
}
