import type { AboutFormat } from '../kit/parser.js';

export const about: AboutFormat = {
  name: 'sigma',
  product: 'Sigma',
  sends: 'matches of rules as Zircolite, Chainsaw and Hayabusa write them, or rule and event side by side',
  auth: ['hmac'],
  shape:
    'a rule’s title and level (`title`, `rule_level`, `RuleTitle`, `rule.title`) with its events (`matches`, `document`, `event` and others) or in their row',
  identity: 'the rule’s id and the log’s own ids of the matched events, else what they say',
  subjects:
    'who acted in the event (Slack audit entry, Office 365 record, Entra sign-in, Google activity, ECS, CIM); one alert for each person of a match',
  states: 'always new',
  setUp:
    'The pipeline that runs the rules posts the tool’s JSON, or `quell alert send FILE` sends its file (JSON or JSON lines). Else post `{"rule":{"title":…,"id":…,"level":…,"tags":[…]},"event":{…}}` with the event in its log’s own fields. The rule’s `attack.t…` tags are the techniques.',
  nobodyWithout: ['matches.0.actor'],
};
