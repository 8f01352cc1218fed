import { sessionAims } from './aims/accounts.js';
import { defineAct } from './define.js';

export const endSessions = defineAct({
  kind: 'end_sessions',
  name: 'End all sessions',
  targets: ['sessions'],
  needs: 'an admin API that signs one account out everywhere',
  phase: 'sessions',
  everywhere: true,
  risk: 'low',
  reversible: false,
  undo: 'Nothing to undo: the person signs in again.',
  losses: 'Unsaved work in open sessions.',
  d3fend: 'D3-ST',
  mitigation: 'M1036',
  rule: 'automatic',
  plannedFor: ['compromised', 'insider'],
  aims: sessionAims,
});
