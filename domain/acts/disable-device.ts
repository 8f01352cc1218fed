import { strangersDeviceAims } from './aims/origins.js';
import { defineAct } from './define.js';

export const disableDevice = defineAct({
  kind: 'disable_device',
  name: 'Disable the device in the directory',
  targets: ['device'],
  needs: 'a directory of devices that vouch for whoever signs in on them',
  phase: 'devices',
  everywhere: false,
  risk: 'medium',
  reversible: true,
  undo: 'The device is enabled again.',
  losses: 'Nobody signs in on the device meanwhile.',
  d3fend: 'D3-CR',
  mitigation: 'M1032',
  rule: 'one_responder',
  plannedFor: ['compromised'],
  aims: strangersDeviceAims,
});
