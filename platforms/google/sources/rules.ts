import { compact } from '../../kit/compact.js';
import type { EvidenceSource } from '../../ports.js';
import { riskLevel } from '../../risk.js';
import { inSteps } from '../../kit/steps.js';
import { RULE_EVENTS } from './events.js';
import { actsOf, type Mapper, type ReportEvent, type ReportLog } from './reports.js';
import type { SourceContext } from './source.js';

/** Data loss prevention, label and activity rules that the person set off, and what was done then: in Chat, Drive, Gmail or Chrome. */
export function ruleSource(context: SourceContext): EvidenceSource {
  return {
    id: RULE_LOG.source,
    logSource: 'platform_alerts',
    depth: 'narrow',
    kinds: ['platform_alert'],
    lagSeconds: 3600,
    read: inSteps(actsOf(context, RULE_LOG)),
  };
}

const map: Mapper = (event) => {
  if (typeof RULE_EVENTS[event.name] !== 'string') return undefined;
  const [severity, rule] = [event.text('severity'), event.text('rule_name')];
  const labels = [
    ...(severity === undefined ? [] : [severity.toLowerCase()]),
    ...(rule === undefined ? [] : [`rule:${rule}`]),
  ];
  return compact({
    kind: 'platform_alert' as const,
    // Of who set the rule off; the row's own address may be that of the service.
    ip: event.address('actor_ip_address'),
    deviceId: event.text('device_id'),
    labels: labels.length > 0 ? labels : undefined,
    risk: riskLevel(severity),
    reasons: [event.name, ...event.list('triggered_actions').map((action) => action.toLowerCase()), ...heldBack(event)],
    outcome: /block/i.test(event.name) ? ('blocked' as const) : undefined,
    target: targetOf(event),
  });
};
export const RULE_LOG: ReportLog = { source: 'google.rules', application: 'rules', logSource: 'platform_alerts', map };

/** Actions that the rule names and that were not carried out. */
const heldBack = (event: ReportEvent): readonly string[] =>
  event.list('suppressed_actions').map((action) => `suppressed:${action.toLowerCase()}`);

/** What set the rule off; the rule itself where the row names no such thing. */
function targetOf(event: ReportEvent) {
  const id = event.text('resource_id') ?? event.text('resource_name');
  if (id !== undefined) return compact({ type: 'file' as const, id, name: event.text('resource_title') });
  const rule = event.text('rule_id') ?? event.text('rule_resource_name');
  return rule === undefined
    ? undefined
    : compact({ type: 'setting' as const, id: rule, name: event.text('rule_name') });
}
