import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { judge, score } from '../labelled-secrets/score.js';
import { LANGUAGES } from '../labelled-secrets/row.js';
import { labelledSet } from '../labelled-secrets/set.js';
import { withTables } from '../labelled-secrets/tables.js';

const AT_LEAST = 0.95;

describe.each(['open', 'held-out'] as const)('the %s half of the labelled set', (half) => {
  const rows = labelledSet(half);
  const verdicts = judge(rows);

  it('is large, speaks every language, and is the same each time', () => {
    const { positives, decoys } = score(verdicts);
    expect(positives).toBeGreaterThanOrEqual(400);
    expect(decoys).toBeGreaterThanOrEqual(900);
    for (const language of LANGUAGES) {
      const own = rows.filter((r) => r.language === language);
      expect(own.filter((r) => r.secret !== undefined).length).toBeGreaterThan(10);
      expect(own.filter((r) => r.secret === undefined).length).toBeGreaterThan(20);
    }
    expect(labelledSet(half)).toEqual(rows);
  });

  it('is read with recall and precision of 0.95 or more, in every language too', () => {
    expect(score(verdicts).recall).toBeGreaterThanOrEqual(AT_LEAST);
    expect(score(verdicts).precision).toBeGreaterThanOrEqual(AT_LEAST);
    for (const language of LANGUAGES) {
      const own = score(verdicts.filter((v) => v.row.language === language));
      expect([language, own.recall >= 0.9, own.precision >= 0.9]).toEqual([language, true, true]);
    }
  });

  it('is no other half', () => {
    const other = new Set(labelledSet(half === 'open' ? 'held-out' : 'open').map((r) => r.text));
    expect(rows.filter((r) => other.has(r.text) && r.secret !== undefined)).toEqual([]);
  });
});

it('docs/secrets.md shows what is measured', () => {
  const page = readFileSync(new URL('../../../../docs/secrets.md', import.meta.url), 'utf8');
  expect(page).toBe(withTables(page));
});
