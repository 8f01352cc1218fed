import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { withFormats } from './formats-page.js';

it('docs/alerts.md shows the formats as their folders say them', () => {
  const page = readFileSync(new URL('../../../docs/alerts.md', import.meta.url), 'utf8');
  expect(page).toBe(withFormats(page));
});
