import type { AboutFormat } from '../kit/parser.js';

export const about: AboutFormat = {
  name: 'defender-incident',
  product: 'Microsoft Defender',
  sends:
    'an incident with its alerts, one or `value[]`: Graph’s `security/incidents`, or Defender’s own `api/incidents`',
  auth: ['hmac', 'oidc', 'bearer'],
  shape:
    '`@odata.type` of an incident, `id` with `incidentWebUrl`, `incidentId` with `incidentName`, or `alerts[]` of Graph',
  identity:
    '`alerts[].id` (`alertId`); alerts are grouped by the incident, or by `redirectIncidentId` where it was merged',
  subjects:
    'user, mailbox and OAuth application evidence of each alert, as of `graph-alerts-v2`; of Defender’s own API the same kinds of `entities[]`',
  states: '`status` of the alert; a resolved incident closes all of its alerts',
  setUp:
    'A Logic App or function that is started on a new or changed incident reads it with `$expand=alerts` and posts it whole. An incident without its alerts is refused.',
  nobodyWithout: ['alerts.0.evidence.0'],
};
