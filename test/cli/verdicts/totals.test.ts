import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { missed, readThresholds } from '../../../cli/demo/verdicts/thresholds.js';
import { totalsOf } from '../../../cli/demo/verdicts/totals.js';
import { row } from './scene.js';

const benign = row({ truth: 'benign', escalated: false, rejected: true, attack: 0 });

describe('totals', () => {
  it('rate attacks and harmless apart', () => {
    const rows = [row(), row({ escalated: false }), benign, { ...benign, rejected: false, proposed: ['block_ip x'] }];
    expect(totalsOf(rows)).toMatchObject({
      ...{ scenarios: 4, attacks: 2, truePositiveRate: 0.5 },
      ...{ harmless: 2, harmlessWithActs: 1, falsePositiveRejection: 0.5 },
    });
  });
  it('leave out of detection and confidence what nobody could know', () => {
    const rows = [row(), row({ knowable: false, escalated: false, attack: 0 })];
    expect(totalsOf(rows)).toMatchObject({ truePositiveRate: 1, brier: 0, attacks: 2 });
  });
  it('square the error of the confidence', () => {
    expect(totalsOf([row({ attack: 0.5 }), benign]).brier).toBeCloseTo(0.125);
    expect(totalsOf([{ ...benign, attack: 1 }]).brier).toBe(1);
  });
  it('count acts and facts over all scenarios, those of a run without a case as missing', () => {
    const half = row({
      acts: { expected: 2, missing: ['a'], forbidden: ['b'] },
      says: { expected: 2, missing: ['c'] },
    });
    const none = row({ cases: 0, acts: { expected: 2, missing: [], forbidden: [] }, failure: 'x' });
    expect(totalsOf([half, none])).toMatchObject({ actsDone: 0.25, forbiddenActs: 1, said: 0.5, failed: 1 });
  });
  it('take novel facts of attacks alone, the mean and the median', () => {
    const rows = [row({ novel: ['a'] }), row({ novel: ['a', 'b', 'c', 'd', 'e', 'f'] }), { ...benign, novel: ['z'] }];
    expect(totalsOf(rows)).toMatchObject({ novelPerAttack: 3.5, novelMedian: 3.5 });
  });
  it('say nothing about what was not there', () => {
    expect(totalsOf([benign])).toMatchObject({
      truePositiveRate: undefined,
      novelPerAttack: undefined,
      actsDone: undefined,
    });
  });
});

describe('thresholds', () => {
  const totals = totalsOf([row(), row({ verdictRight: false }), benign]);
  it('are missed below a least and above a most, and say by how much', () => {
    expect(missed({ verdictRight: { min: 0.6 }, truePositiveRate: { min: 1 } }, totals)).toEqual([]);
    expect(missed({ verdictRight: { min: 0.7 } }, totals)).toEqual(['verdictRight: 0.667, wanted at least 0.7']);
    expect(missed({ harmlessWithActs: { max: 0 } }, totalsOf([{ ...benign, proposed: ['x'] }]))).toEqual([
      'harmlessWithActs: 1, wanted at most 0',
    ]);
  });
  it('are missed by a measure of nothing', () => {
    expect(missed({ truePositiveRate: { min: 0.5 } }, totalsOf([benign]))).toHaveLength(1);
  });
  it('of the repository can be read', () => {
    const wanted = readThresholds(new URL('../../verdicts/thresholds.yaml', import.meta.url).pathname);
    expect(wanted.verdictRight?.min).toBeGreaterThan(0);
  });
  it('refuse a measure that there is not', () => {
    const folder = mkdtempSync(join(tmpdir(), 'quell-thresholds-'));
    writeFileSync(join(folder, 't.yaml'), 'verdictsRight: { min: 1 }');
    expect(() => readThresholds(join(folder, 't.yaml'))).toThrow();
    rmSync(folder, { recursive: true });
  });
});
