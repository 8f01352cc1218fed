import { accountAims } from './aims/accounts.js';
import { defineAct } from './define.js';

export const holdData = defineAct({
  kind: 'hold_data',
  name: 'Keep the data of the account',
  targets: ['account'],
  needs: 'a hold that outlasts deletion by the person',
  phase: 'preserve',
  everywhere: false,
  risk: 'low',
  reversible: true,
  undo: 'The hold is released.',
  losses: '',
  d3fend: 'D3-DI', // D3FEND has no technique for a hold; an inventory of the data is the nearest.
  mitigation: 'M1029',
  rule: 'one_responder',
  plannedFor: ['insider'],
  aims: accountAims,
});
