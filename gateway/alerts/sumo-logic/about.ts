export const about = {
  title: 'Sumo Logic: monitor or scheduled search (webhook), Cloud SIEM Insight',
  sender:
    'a webhook connection with the payload `{"id":"{{Id}}","alertName":"{{AlertName}}","triggerType":"{{TriggerType}}","triggerTime":"{{TriggerTime}}","severity":"high","resultsJson":"{{ResultsJson}}","alertResponseUrl":"{{AlertResponseUrl}}"}`; an automation or the API that posts an Insight whole',
  auth: 'bearer or basic: a webhook connection can set headers; url-secret where it may not',
  states: '`TriggerType` Resolved… and Normal close; `status.name` of an Insight',
  notes:
    'Identity: `Id`, else the alert’s address, else name and time; of an Insight `id`. Subjects: who acted in the rows of the results (`user_email`, `actor.email`, `UserId`, …); of an Insight the account that is its entity, else `user_email` and `user_username` of the records. Let the search output one row per person.',
} as const;
