import { accountAims } from './aims/accounts.js';
import { defineAct } from './define.js';

export const disableAccount = defineAct({
  kind: 'disable_account',
  name: 'Disable the account',
  targets: ['account'],
  needs: 'an admin API that blocks sign-in of one account',
  phase: 'lock',
  everywhere: true,
  risk: 'medium',
  reversible: true,
  undo: 'The account is enabled again.',
  losses: 'The person cannot work meanwhile.',
  d3fend: 'D3-AL',
  mitigation: 'M1018',
  rule: 'one_responder',
  plannedFor: ['compromised', 'insider'],
  aims: accountAims,
});
