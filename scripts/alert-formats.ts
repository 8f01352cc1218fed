import { readFileSync, writeFileSync } from 'node:fs';
import { withFormats } from '../test/gateway/alerts/formats-page.js';

/** Writes the formats of docs/alerts.md: run it after a change of a format's folder. */
const page = new URL('../docs/alerts.md', import.meta.url);
writeFileSync(page, withFormats(readFileSync(page, 'utf8')));
