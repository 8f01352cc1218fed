import { writeFileSync } from 'node:fs';
import { actsPage } from '../test/conformance/acts-page.js';

/** Writes docs/acts.md: run it after a change of the catalogue of acts, of an adapter's act, limitation or resolver, or of a trial. */
writeFileSync(new URL('../docs/acts.md', import.meta.url), actsPage());
