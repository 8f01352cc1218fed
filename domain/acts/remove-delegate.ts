import { delegateAims } from './aims/delegates.js';
import { defineAct } from './define.js';

export const removeDelegate = defineAct({
  kind: 'remove_delegate',
  name: 'Remove the delegate',
  targets: ['delegate'],
  needs: 'delegates, senders and forwarding of a mailbox that an administrator can change',
  phase: 'content',
  everywhere: false,
  risk: 'medium',
  reversible: true,
  undo: 'The delegate is given access again.',
  losses: '',
  d3fend: 'D3-UAP',
  mitigation: 'M1042',
  rule: 'one_responder',
  plannedFor: ['compromised'],
  aims: delegateAims,
});
