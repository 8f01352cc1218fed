import { expect, it } from 'vitest';
import { scopesOf } from '../../../platforms/slack/methods.js';
import { slackStoppingOrder } from '../../../platforms/slack/stopping-order.js';

it('deactivates before it ends sessions, and sweeps apps after', () => {
  expect(slackStoppingOrder(['remove_app', 'end_sessions', 'revoke_share', 'disable_account'])).toEqual([
    'disable_account',
    'end_sessions',
    'remove_app',
    'revoke_share',
  ]);
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
