import { authMethodAims } from './aims/auth-methods.js';
import { defineAct } from './define.js';

export const removeAuthMethod = defineAct({
  kind: 'remove_auth_method',
  name: 'Remove a second factor',
  targets: ['auth_method'],
  needs: 'an admin API that lists and deletes factors one by one',
  phase: 'credentials',
  everywhere: false,
  risk: 'medium',
  reversible: false,
  undo: 'The person registers it again.',
  losses: 'The registration: a removed factor does not come back.',
  d3fend: 'D3-CR',
  mitigation: 'M1032',
  rule: 'one_responder',
  plannedFor: ['compromised'],
  aims: authMethodAims,
});
