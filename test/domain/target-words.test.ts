import { describe, expect, it } from 'vitest';
import { idsOf, TARGET_FIELDS, type ActTarget, type TargetType } from '../../domain/act-target.js';
import { targetWords } from '../../domain/target-words.js';

const targets = (Object.keys(TARGET_FIELDS) as TargetType[]).map((type) => {
  const fields = Object.fromEntries(TARGET_FIELDS[type].map((name) => [name, `${type}-${name}`]));
  return { type, ...fields, ...(type === 'sessions' || type === 'device' ? { sessionIds: ['s-1'] } : {}) } as ActTarget;
});

describe('a target in words', () => {
  it.each(targets.map((t) => [t.type, t] as const))('%s: has every id that it is made of', (_, target) => {
    const said = targetWords(target);
    for (const id of idsOf(target)) expect(said).toContain(id);
  });

  it('gives names where they are known, beside the ids', () => {
    const names = new Map([
      ['A1', 'DocSync'],
      ['U1', 'Ada Example'],
    ]);
    const said = targetWords({ type: 'grant', appId: 'A1', accountId: 'U1' }, (id) => names.get(id));
    expect(said).toBe('grant to app DocSync (A1) of Ada Example (U1)');
    expect(targetWords({ type: 'address', address: '203.0.113.7' })).toBe('address 203.0.113.7');
  });
});
