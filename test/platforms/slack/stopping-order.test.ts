import { expect, it } from 'vitest';
import { ACTION_KINDS, type ActionKind } from '../../../domain/plan.js';
import { scopesOf } from '../../../platforms/slack/methods.js';
import { SLACK_ORDER } from '../../../platforms/slack/stopping-order.js';

it('has a place for every kind: deactivates before it ends sessions, and sweeps apps after', () => {
  expect([...SLACK_ORDER].sort()).toEqual([...ACTION_KINDS].sort());
  const place = (kind: ActionKind): number => SLACK_ORDER.indexOf(kind);
  expect(place('disable_account')).toBeLessThan(place('end_sessions'));
  expect(place('end_sessions')).toBeLessThan(place('remove_app'));
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
