import { readFileSync, writeFileSync } from 'node:fs';
import { withTables } from '../test/domain/decision-page.js';

/** Writes the tables of docs/decision.md: run it after a change of a weight, a prior or a threshold, and `npm run verdicts` before it. */
const page = new URL('../docs/decision.md', import.meta.url);
writeFileSync(page, withTables(readFileSync(page, 'utf8')));
