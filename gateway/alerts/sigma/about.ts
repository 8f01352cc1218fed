export const about = {
  title: 'Sigma: matches of rules (Zircolite, Chainsaw, Hayabusa, or rule and event side by side)',
  sender:
    'the pipeline that runs the rules posts the tool’s JSON, or `quell alert send FILE` sends its file (JSON or JSON lines); else `{"rule":{"title":…,"id":…,"level":…,"tags":[…]},"event":{…}}` with the event in its log’s own fields',
  auth: 'hmac from your own pipeline',
  states: 'always new',
  notes:
    'Identity: the rule’s id and the log’s own ids of the matched events, else what they say. Subjects: who acted in the event (Slack audit entry, Office 365 record, Entra sign-in, Google activity, ECS, CIM); one alert for each person of a match. The rule’s `attack.t…` tags are the techniques.',
} as const;
