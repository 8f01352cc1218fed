import { addressAims } from './aims/origins.js';
import { defineAct } from './define.js';

export const blockIp = defineAct({
  kind: 'block_ip',
  name: 'Block the address',
  targets: ['address'],
  needs: 'a list of addresses that sign-in is refused from',
  phase: 'network',
  everywhere: true,
  risk: 'medium',
  reversible: true,
  undo: 'The address is taken off the list.',
  losses: 'Everybody behind the address is kept out meanwhile.',
  d3fend: 'D3-NTF',
  mitigation: 'M1037',
  rule: 'one_responder',
  plannedFor: ['compromised'],
  aims: addressAims,
});
