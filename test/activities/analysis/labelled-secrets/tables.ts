import { LANGUAGES, type Row } from './row.js';
import { judge, score, type Verdict } from './score.js';
import { labelledSet, type Half } from './set.js';

const HALVES: readonly Half[] = ['open', 'held-out'];
const BEGIN = '<!-- Written by `npm run secrets-table` from the labelled set. -->';
const END = '<!-- End of what is written by `npm run secrets-table`. -->';

/** `docs/secrets.md` with its tables as they are measured now. Throws when the page has no place for them. */
export function withTables(page: string): string {
  const from = page.indexOf(BEGIN);
  const to = page.indexOf(END);
  if (from < 0 || to < from) throw new Error('docs/secrets.md has no place for the tables');
  return `${page.slice(0, from)}${BEGIN}\n\n${tables()}\n\n${page.slice(to)}`;
}

function tables(): string {
  const verdicts = HALVES.map((half) => judge(labelledSet(half)));
  const sizes = verdicts.map(score);
  const total = HALVES.map(
    (half, i) =>
      `| ${half} | ${sizes[i]?.positives} | ${sizes[i]?.decoys} | ${rate(sizes[i]?.recall)} | ${rate(sizes[i]?.precision)} |`,
  );
  return [
    ['| half | secrets | decoys | recall | precision |', '|---|---|---|---|---|', ...total].join('\n'),
    table('kind of text', kindsOf(verdicts.flat()), verdicts, (row) => row.kind),
    table('language', [...LANGUAGES, 'any'], verdicts, (row) => row.language),
  ].join('\n\n');
}

/** Decoys of a kind are counted beside its secrets; most kinds have only one of both. */
function table(
  name: string,
  groups: readonly string[],
  verdicts: readonly (readonly Verdict[])[],
  groupOf: (row: Row) => string,
): string {
  const cells = (group: string): string =>
    verdicts
      .map((half) => score(half.filter((v) => groupOf(v.row) === group)))
      .map(
        (s) => `${s.positives === 0 ? '' : `${s.found} of ${s.positives}`} | ${s.wrong} in ${s.positives + s.decoys}`,
      )
      .join(' | ');
  return [
    `| ${name} | open: found | wrong | held out: found | wrong |`,
    '|---|---|---|---|---|',
    ...groups.map((group) => `| ${group} | ${cells(group)} |`),
  ].join('\n');
}

const kindsOf = (verdicts: readonly Verdict[]): readonly string[] => [...new Set(verdicts.map((v) => v.row.kind))];
const rate = (n = 0): string => n.toFixed(3);
