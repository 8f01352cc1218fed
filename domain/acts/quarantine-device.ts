import { deviceAims } from './aims/origins.js';
import { defineAct } from './define.js';

export const quarantineDevice = defineAct({
  kind: 'quarantine_device',
  name: 'Quarantine the device',
  targets: ['device'],
  needs: 'management of devices that can isolate or lock one',
  phase: 'devices',
  everywhere: true,
  risk: 'high',
  reversible: true,
  undo: 'The device is let back to the network.',
  losses: 'The person cannot work on the device meanwhile.',
  d3fend: 'D3-NI',
  mitigation: 'M1030',
  rule: 'two_responders',
  plannedFor: ['compromised'],
  aims: deviceAims,
});
