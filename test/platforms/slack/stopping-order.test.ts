import { expect, it } from 'vitest';
import { PHASES, type Phase } from '../../../domain/acts/index.js';
import { scopesOf } from '../../../platforms/slack/methods.js';
import { SLACK_ORDER } from '../../../platforms/slack/stopping-order.js';

it('has a place for every phase: deactivates before it ends sessions, and sweeps apps after', () => {
  expect([...SLACK_ORDER].sort()).toEqual([...PHASES].sort());
  const place = (phase: Phase): number => SLACK_ORDER.indexOf(phase);
  expect(place('preserve')).toBeLessThan(place('lock'));
  expect(place('lock')).toBeLessThan(place('sessions'));
  expect(place('sessions')).toBeLessThan(place('grants'));
});

it('asks for the fewest scopes per role and token', () => {
  expect(scopesOf('evidence', 'audit')).toEqual(['auditlogs:read']);
  expect(scopesOf('people', 'bot')).toEqual(['chat:write', 'im:history', 'im:write']);
  expect(scopesOf('people', 'admin')).toEqual([]);
  expect(scopesOf('containment', 'admin').filter((s) => s.endsWith(':write'))).toEqual([
    'admin.apps:write',
    'admin.users:write',
    'files:write',
  ]);
});
