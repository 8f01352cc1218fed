import { tokenAims } from './aims/accounts.js';
import { defineAct } from './define.js';

export const revokeTokens = defineAct({
  kind: 'revoke_tokens',
  name: 'Revoke tokens and grants',
  targets: ['account', 'grant'],
  needs: 'grants of apps and tokens that can be listed and deleted',
  phase: 'grants',
  everywhere: true,
  risk: 'medium',
  reversible: false,
  undo: 'The person allows the apps again.',
  losses: 'Grants of apps.',
  d3fend: 'D3-CR',
  mitigation: 'M1018',
  rule: 'one_responder',
  plannedFor: ['compromised', 'app'],
  aims: tokenAims,
});
