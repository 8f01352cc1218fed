import { credentialAims } from './aims/accounts.js';
import { defineAct } from './define.js';

export const resetCredentials = defineAct({
  kind: 'reset_credentials',
  name: 'Reset the password',
  targets: ['account'],
  needs: 'passwords that the platform itself keeps',
  phase: 'credentials',
  everywhere: true,
  risk: 'medium',
  reversible: false,
  undo: 'The help desk gives the person a new password after checking who they are.',
  losses: 'The old password.',
  d3fend: 'D3-PR',
  mitigation: 'M1027',
  rule: 'one_responder',
  plannedFor: ['compromised'],
  aims: credentialAims,
});
