import type { Finding } from '../finding.js';
import type { Indicator } from './indicator.js';
import { eachGroup } from './shared/each-group.js';
import type { View } from './view.js';

export const platformAlert: Indicator = {
  id: 'platform-alert',
  kind: 'platform_alert',
  what: 'The platform raised an alert of its own.',
  why: 'Are there any alerts from the messaging platform indicating potential security risks?',
  sources: ['platform_alerts'],
  attack: ['T1213.005'],
  falsePositives: [
    'Alerts that say “unusual” and no more: medium confidence unless the reason stands in the policy’s list.',
    'The same event told by a sign-in, a risk and an alert: it is weighed once.',
  ],
  find,
};

function find(view: View): readonly Finding[] {
  const { suspiciousReasons } = view.input.thresholds.signIn;
  return eachGroup(platformAlert, view, view.of('platform_alert'), {
    name: 'alerts of the platform',
    confidence: (events) =>
      events.some((e) => (e.reasons ?? []).some((r) => suspiciousReasons.includes(r))) ? 'high' : 'medium',
    text: (events) =>
      `The platform raised: ${[...new Set(events.flatMap((e) => e.reasons ?? [e.operation]))].join(', ')}`,
  });
}
