import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isOperation } from '../../domain/operation.js';
import { computeFindings } from '../../domain/indicators/index.js';
import { AWAY, event, homePast, input } from './fixtures.js';

it('is the same with and without the dot at its end and in any case, whoever wrote it', () => {
  for (const [operation, written] of [
    ['Add member to role', 'Add member to role.'],
    ['Add member to role.', 'Add member to role'],
    ['Add member to role.', 'add Member to role'],
    ['pref.two_factor_auth_changed', 'pref.*'],
    ['pref.', 'pref.*'],
    ['PREF.x', 'pref.*'],
  ] as const)
    expect(isOperation(operation, written)).toBe(true);
  expect(isOperation('Add member to role', 'Add member to group')).toBe(false);
  expect(isOperation('prefs_setting_changed', 'pref.*')).toBe(false);
});

it('holds for every name and its own beginnings', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'B', '.', ' ', '-', '_', '7'), minLength: 1 });
  fc.assert(
    fc.property(name, fc.nat(), (name, n) => {
      const trimmed = name.trim();
      if (!trimmed.endsWith('.')) expect(isOperation(`${trimmed}.`, trimmed)).toBe(true);
      if (!/\.$/.test(trimmed)) expect(isOperation(trimmed, `${trimmed.slice(0, n)}*`)).toBe(true);
    }),
  );
});

it.each(['Add member to role', 'Add member to role.', 'Add eligible member to role.', 'Add scoped member to role'])(
  'finds a role that is given from a foreign session, whichever log the row is from: %s',
  (operation) => {
    const at = '2026-03-10T10:00:00.000Z';
    const given = event({ kind: 'role_change', logSource: 'iam', platform: 'microsoft', at, operation, ...AWAY });
    const entered = event({ kind: 'sign_in', logSource: 'user_access', platform: 'microsoft', at, ...AWAY });
    const findings = computeFindings(input([...homePast(), entered, given]));
    expect(findings.filter((f) => f.kind === 'config_or_api_change')).toMatchObject([
      { whose: 'other', foreignEvents: expect.arrayContaining([given.id]) as string[] },
    ]);
  },
);
