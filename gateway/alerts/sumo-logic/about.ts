import type { AboutFormat } from '../kit/parser.js';

export const about: AboutFormat = {
  name: 'sumo-logic',
  product: 'Sumo Logic',
  sends: 'a monitor or scheduled search by a webhook connection, or a Cloud SIEM Insight, one or `data.objects[]`',
  auth: ['bearer', 'basic', 'url-secret'],
  shape:
    '`readableId` of an Insight, `entity.entityType` with `signals`, or `triggerType`, `triggerTime` or `alertResponseUrl` with a name or results',
  identity: '`Id`, else the alert’s address, else name and time; of an Insight `id`',
  subjects:
    'who acted in the rows of the results (`user_email`, `actor.email`, `UserId`, …); of an Insight the account that is its entity, else `user_email` and `user_username` of the records',
  states: '`TriggerType` Resolved… and Normal close; `status.name` of an Insight',
  setUp:
    'Set the secret in a header of the connection, and as payload `{"id":"{{Id}}","alertName":"{{AlertName}}","triggerType":"{{TriggerType}}","triggerTime":"{{TriggerTime}}","severity":"high","resultsJson":"{{ResultsJson}}","alertResponseUrl":"{{AlertResponseUrl}}"}`; let the search output one row per person. An automation, or what reads the API, posts an Insight whole.',
  nobodyWithout: ['entity', 'involvedEntities', 'signals.0.allRecords.0.user_username'],
};
