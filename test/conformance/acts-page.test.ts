import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { actVendors } from './act-vendors.js';
import { actsPage } from './acts-page.js';

it('docs/acts.md is what `npm run acts-table` writes', () => {
  expect(readFileSync(new URL('../../docs/acts.md', import.meta.url), 'utf8')).toBe(actsPage());
});

it('docs/acts.md has no empty cell', () => {
  const rows = actsPage()
    .split('\n')
    .filter((line) => line.startsWith('|'));
  const cells = rows.flatMap((row) => row.slice(1, -1).split(/(?<!\\)\|/));
  expect(rows.length).toBeGreaterThan(100);
  expect(cells.filter((cell) => ['', '-', '—', 'undefined'].includes(cell.trim()))).toEqual([]);
});

describe.each(actVendors())('$title', ({ full, affected, trials }) => {
  it('says whom a write affects for every type of target that it resolves, and for no other', () => {
    expect(Object.keys(affected).sort()).toEqual(Object.keys(full.resolvers).sort());
  });
  it('tries what it declares, and nothing else', () => {
    expect([...new Set(trials.map((t) => t.kind))].sort()).toEqual(Object.keys(full.acts).sort());
  });
});
