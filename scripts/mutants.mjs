// `npm run mutants`: changes the files that decide on a write in small ways, one at a time, and sees whether a test notices.
// Arguments are files, instead of all. Fails under the floor of stryker.config.mjs, and on a survivor that docs/mutants.md does
// not explain.
import { Stryker } from '@stryker-mutator/core';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import config from '../stryker.config.mjs';
import { changeOf, compare, entriesOf, rowOf, textAt } from './lib/mutants-page.mjs';
import { ROOT } from './lib/setup.mjs';

const MOST_LINES = 60;
const NOTICED = ['Killed', 'Timeout'];
const MISSED = ['Survived', 'NoCoverage'];

process.chdir(ROOT);
const files = process.argv.length > 2 ? process.argv.slice(2) : config.mutate;
const began = Date.now();
const mutants = (await new Stryker({ mutate: files }).runMutationTest()).map((m) => ({
  ...m,
  file: relative(ROOT, m.fileName),
  line: m.location.start.line,
}));

for (const file of files) {
  const own = mutants.filter((m) => m.file === file);
  const noticed = own.filter((m) => NOTICED.includes(m.status)).length;
  const missed = own.filter((m) => MISSED.includes(m.status)).length;
  if (noticed + missed === 0) fail(`${file}: no mutants. Has it moved?`);
  else console.log(`${percent(noticed, missed)} ${file}: ${String(noticed)} noticed, ${String(missed)} not`);
}

const survivors = mutants
  .filter((m) => MISSED.includes(m.status))
  .map(({ file, line, location, mutatorName, replacement }) => {
    const original = textAt(readFileSync(join(ROOT, file), 'utf8'), location);
    return { file, line, what: changeOf(mutatorName, original, replacement) };
  })
  .sort((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line);
const page = entriesOf(readFileSync(join(ROOT, 'docs/mutants.md'), 'utf8'));
const { unlisted, unexplained, gone } = compare(
  page.filter((e) => files === config.mutate || files.includes(e.file)),
  survivors,
);
if (unlisted.length > 0) fail('No test notices these. Write one, or say in docs/mutants.md why none can:');
say(unlisted);
if (unexplained.length > 0) fail('docs/mutants.md gives no reason for these:');
say(unexplained);
if (gone.length > 0) console.log('On docs/mutants.md, but not among the survivors; take them off:');
say(gone);

const noticed = mutants.filter((m) => NOTICED.includes(m.status)).length;
console.log(
  `${percent(noticed, survivors.length)} of ${String(noticed + survivors.length)} mutants noticed (floor ${String(config.thresholds.break)} %) in ${String(Math.round((Date.now() - began) / 1000))} s`,
);

/** @param {string} why */
function fail(why) {
  process.exitCode = 1;
  console.log(why);
}

/** As they stand on the page, to be pasted. @param {readonly import('./lib/mutants-page.mjs').Survivor[]} rows */
function say(rows) {
  for (const [n, row] of rows.slice(0, MOST_LINES).entries()) {
    if (row.file !== rows[n - 1]?.file) console.log(`## \`${row.file}\``);
    console.log(rowOf(row));
  }
  if (rows.length > MOST_LINES) console.log(`… and ${String(rows.length - MOST_LINES)} more`);
}

/** @param {number} noticed @param {number} missed */
function percent(noticed, missed) {
  return `${((100 * noticed) / Math.max(noticed + missed, 1)).toFixed(1)} %`;
}
