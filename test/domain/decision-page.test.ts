import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { DEFAULT_DECISION } from '../../domain/weights.js';
import { withTables } from './decision-page.js';

test('the page shows the weights of today', () => {
  const page = readFileSync(new URL('../../docs/decision.md', import.meta.url), 'utf8');
  expect(page).toBe(withTables(page));
});

test('the shipped policy decides as a policy that says nothing of it', () => {
  const policy = parse(readFileSync(new URL('../../policy/default.yaml', import.meta.url), 'utf8')) as object;
  expect(policy).toMatchObject({ decision: DEFAULT_DECISION });
});
