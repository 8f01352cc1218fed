import { mailRuleAims } from './aims/content.js';
import { defineAct } from './define.js';

export const removeMailRule = defineAct({
  kind: 'remove_mail_rule',
  name: 'Remove the mail rule',
  targets: ['mail_rule'],
  needs: 'rules of a mailbox that an administrator can change',
  phase: 'content',
  everywhere: true,
  risk: 'low',
  reversible: true,
  undo: 'The rule is made again.',
  losses: '',
  d3fend: 'D3-OE',
  mitigation: 'M1047',
  rule: 'one_responder',
  plannedFor: ['compromised', 'insider'],
  aims: mailRuleAims,
});
