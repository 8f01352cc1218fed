import { appAims } from './aims/content.js';
import { defineAct } from './define.js';

export const removeApp = defineAct({
  kind: 'remove_app',
  name: 'Remove the app',
  targets: ['app'],
  needs: 'an admin API that takes an app away',
  phase: 'grants',
  everywhere: true,
  risk: 'medium',
  reversible: true,
  undo: 'The app is allowed again.',
  losses: 'Everybody who uses the app is cut off meanwhile.',
  d3fend: 'D3-CR',
  mitigation: 'M1042',
  rule: 'one_responder',
  plannedFor: ['app', 'compromised'],
  aims: appAims,
});
