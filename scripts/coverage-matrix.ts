import { writeFileSync } from 'node:fs';
import { coveragePage } from '../test/conformance/coverage-page.js';

/** Writes docs/coverage.md: run it after a change of a vendor's table, of a simulated route or of a drive. */
writeFileSync(new URL('../docs/coverage.md', import.meta.url), coveragePage());
