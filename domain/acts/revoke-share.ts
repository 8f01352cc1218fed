import { shareAims } from './aims/content.js';
import { defineAct } from './define.js';

export const revokeShare = defineAct({
  kind: 'revoke_share',
  name: 'Take back the share',
  targets: ['link'],
  needs: 'sharing of files that can be listed and taken back',
  phase: 'content',
  everywhere: true,
  risk: 'low',
  reversible: false,
  undo: 'The owner shares the file again.',
  losses: 'The addresses of the links that were taken back.',
  d3fend: 'D3-NRAM',
  mitigation: 'M1022',
  rule: 'one_responder',
  plannedFor: ['compromised', 'insider'],
  aims: shareAims,
});
