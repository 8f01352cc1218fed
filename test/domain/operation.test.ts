import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isOperation } from '../../domain/operation.js';

it('is the same with and without the dot at its end, whoever wrote it', () => {
  for (const [operation, written] of [
    ['Add member to role', 'Add member to role.'],
    ['Add member to role.', 'Add member to role'],
    ['pref.two_factor_auth_changed', 'pref.*'],
    ['pref.', 'pref.*'],
  ] as const)
    expect(isOperation(operation, written)).toBe(true);
  expect(isOperation('Add member to role', 'Add member to group')).toBe(false);
  expect(isOperation('prefs_setting_changed', 'pref.*')).toBe(false);
});

it('holds for every name and its own beginnings', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(), (name, n) => {
      if (!/[*.]$/.test(name)) expect(isOperation(`${name}.`, name)).toBe(true);
      expect(isOperation(name, `${name.slice(0, n)}*`)).toBe(true);
    }),
  );
});
