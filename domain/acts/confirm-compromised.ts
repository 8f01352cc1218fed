import { accountAims } from './aims/accounts.js';
import { defineAct } from './define.js';

export const confirmCompromised = defineAct({
  kind: 'confirm_compromised',
  name: 'Tell the identity provider',
  targets: ['account'],
  needs: 'an identity provider with a risk engine of its own',
  phase: 'risk',
  everywhere: false,
  risk: 'low',
  reversible: true,
  undo: 'The risk is dismissed.',
  losses: '',
  d3fend: 'D3-AMED', // Nothing is taken away: the provider's own policies deny access from then on.
  mitigation: 'M1036',
  rule: 'one_responder',
  plannedFor: ['compromised'],
  aims: accountAims,
});
