import type { AboutFormat } from '../kit/parser.js';

export const about: AboutFormat = {
  name: 'google-secops',
  product: 'Google Security Operations (Chronicle)',
  sends: 'a detection of a rule, one or `detections[]`, in camel case or snake case',
  auth: ['hmac', 'oidc', 'bearer'],
  shape: '`type` RULE_DETECTION, or `collectionElements` with `detection`',
  identity: '`id` (`de_…`)',
  subjects:
    '`principal.user` of the UDM events (`userid`, `emailAddresses`, `productObjectId`), `target.user` of a sign-in, and of other events only where no actor is named; without events people in outcomes and detection fields',
  states: '`detection[].alertState` NOT_ALERTING raises nothing; `feedbackSummary.status` CLOSED closes',
  setUp:
    'A function or a SOAR playbook reads detections (`legacySearchDetections`, a response integration) and posts them. The severity is the rule label `severity`, else it is of the risk score.',
  nobodyWithout: ['detection.0.detectionFields', 'collectionElements.0.references.0.event.principal.user'],
};
