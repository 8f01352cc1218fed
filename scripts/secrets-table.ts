import { readFileSync, writeFileSync } from 'node:fs';
import { withTables } from '../test/activities/analysis/labelled-secrets/tables.js';

/** Writes the tables of docs/secrets.md: run it after a change of what is looked for, or of the labelled set. */
const page = new URL('../docs/secrets.md', import.meta.url);
writeFileSync(page, withTables(readFileSync(page, 'utf8')));
