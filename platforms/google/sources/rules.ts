import { compact } from '../../compact.js';
import type { EvidenceSource } from '../../ports.js';
import { riskLevel } from '../../risk.js';
import { inSteps } from '../../steps.js';
import { actsOf, type Mapper } from './reports.js';
import type { SourceContext } from './source.js';

/** Data loss prevention and activity rules that the person set off: in Chat, Drive, Gmail or Chrome. The address stands in a parameter. */
export function ruleSource(context: SourceContext): EvidenceSource {
  return {
    id: 'google.rules',
    logSource: 'platform_alerts',
    depth: 'narrow',
    kinds: ['platform_alert'],
    lagSeconds: 3600,
    read: inSteps(actsOf(context, { source: 'google.rules', application: 'rules', logSource: 'platform_alerts', map })),
  };
}

const map: Mapper = (event) => {
  if (event.name !== 'rule_match') return undefined;
  const resource = event.text('resource_id');
  return compact({
    kind: 'platform_alert' as const,
    ip: event.text('actor_ip_address'),
    labels: event.text('severity') === undefined ? undefined : [event.text('severity')?.toLowerCase() ?? ''],
    risk: riskLevel(event.text('severity')),
    reasons: ['rule_match', ...event.list('triggered_actions').map((a) => a.toLowerCase())],
    target:
      resource === undefined
        ? undefined
        : compact({ type: 'file' as const, id: resource, name: event.text('resource_title') }),
  });
};
