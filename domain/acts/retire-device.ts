import { deviceAims } from './aims/origins.js';
import { defineAct } from './define.js';

export const retireDevice = defineAct({
  kind: 'retire_device',
  name: 'Retire the device',
  targets: ['device'],
  needs: 'management of devices that can take the organisation’s data off one',
  phase: 'devices',
  everywhere: false,
  risk: 'high',
  reversible: false,
  undo: 'The person enrols the device again.',
  losses: 'The data, mail and apps of the organisation on the device.',
  d3fend: 'D3-OE',
  mitigation: 'M1057',
  rule: 'two_responders',
  plannedFor: [],
  aims: deviceAims,
});
