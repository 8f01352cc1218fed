import type { AboutFormat } from '../kit/parser.js';

export const about: AboutFormat = {
  name: 'google-alert-center',
  product: 'Google Alert Center',
  sends: 'an alert, bare, in the list of the API (`alerts[]`), or in an envelope of Pub/Sub',
  auth: ['oidc', 'hmac'],
  shape: '`alertId` with `customerId`, `source` or `data`',
  identity: '`alertId`',
  subjects:
    'who acted, of `data`: `actorEmail`, `ruleViolationInfo.triggeringUserEmail`; else whose account it is: `email`, `userEmail`, `primaryAdminChangedEvent.updatedAdminEmail`, the sender of phishing from inside. People who were only affected are none',
  states: '`metadata.status`, `deleted`',
  setUp:
    'Give the Alert Center a Pub/Sub topic (`PATCH /v1beta1/settings`), and the topic a push subscription with a token for the audience of the source.',
  nobodyWithout: ['data.email'],
};
