import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CORPUS, indexPage, labelled } from '../test/verdicts/index-page.js';

/** Writes the corpus's README.md: run it after a situation was added or changed. */
writeFileSync(join(CORPUS, 'README.md'), indexPage(labelled()));
