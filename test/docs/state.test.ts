import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { GRANTS } from '../../store/postgres/grants.js';
import { PROBLEMS } from '../../store/verify-check.js';

const page = readFileSync(new URL('../../docs/state.md', import.meta.url), 'utf8');
/** First cells of the tables of the page, each name in them alone. */
const named = page.split('\n').flatMap((line) => /^\| (`[^|]+`) \|/.exec(line)?.[1]?.match(/[\w./-]+/g) ?? []);

it.each(Object.keys(GRANTS))('the page of what is kept says who writes, reads and keeps %s', (table) => {
  expect(named).toContain(table);
});

it.each(Object.keys(PROBLEMS))('the page of what is kept says what %s means', (code) => {
  expect(named).toContain(code);
});
