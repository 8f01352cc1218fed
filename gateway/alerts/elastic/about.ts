import type { AboutFormat } from '../kit/parser.js';

export const about: AboutFormat = {
  name: 'elastic',
  product: 'Elastic Security',
  sends:
    'an alert document by a webhook connector: flat, nested, `_source` or `fields`, one, `alerts[]`, or the `hits.hits[]` of a search',
  auth: ['bearer', 'basic'],
  shape: '`kibana.alert.uuid` or `kibana.alert.rule.name`',
  identity: '`kibana.alert.uuid`',
  subjects:
    'who acted: the accounts of `m365_defender.alert.evidence` by their roles; `user.*`, `source.user.*` (address, name with domain, or id of the platform) and the actors of the integrations for Slack, Google Workspace, Office 365, Azure and Defender; where a service of the vendor wrote the row, `o365.audit.AlertEntityId`. `user.target` is whom it was done to; `related.user` does not say who did it',
  states: '`workflow_status`; a building block is no alert',
  setUp: 'A webhook connector with the body `{"alerts": {{{context.alerts.asJSON}}}}` and the secret in a header.',
  nobodyWithout: ['user'],
};
