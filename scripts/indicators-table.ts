import { writeFileSync } from 'node:fs';
import { indicatorsPage } from '../test/domain/indicators/indicators-page.js';

/** Writes docs/indicators.md: run it after a change of what an indicator says of itself, or of its cases. */
writeFileSync(new URL('../docs/indicators.md', import.meta.url), indicatorsPage());
