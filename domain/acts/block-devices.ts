import { accountAims } from './aims/accounts.js';
import { defineAct } from './define.js';

export const blockDevices = defineAct({
  kind: 'block_devices',
  name: 'Block the devices of the account',
  targets: ['account'],
  needs: 'a list of the devices that the account is used on',
  phase: 'devices',
  everywhere: false,
  risk: 'medium',
  reversible: true,
  undo: 'The devices are approved again.',
  losses: '',
  d3fend: 'D3-UAP',
  mitigation: 'M1036',
  rule: 'one_responder',
  plannedFor: ['compromised'],
  aims: accountAims,
});
