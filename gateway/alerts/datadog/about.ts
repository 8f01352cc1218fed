import type { AboutFormat } from '../kit/parser.js';

export const about: AboutFormat = {
  name: 'datadog',
  product: 'Datadog',
  sends: 'a security signal or a monitor by the Webhooks integration, or a signal of the API, one or `data[]`',
  auth: ['bearer', 'basic', 'url-secret'],
  shape:
    '`security_signal_id`, `security_signal_attributes` or `alert_cycle_key`, `alert_transition` with the title or id of an alert, the default payload (`event_type`, `last_updated`, `org`, `title`), or `type` signal with `attributes`',
  identity: '`$SECURITY_SIGNAL_ID`, else `$ALERT_CYCLE_KEY`, else the event’s `$ID`; of the API `id`',
  subjects:
    '`@usr.email`, `@usr.id`, `@usr.name` and the fields of the log in the signal’s attributes, the fields it is grouped by, and tags',
  states: '`$ALERT_TRANSITION`: Recovered closes, Re-Triggered updates; an archived signal is closed',
  setUp:
    'Set the secret in the webhook’s custom headers, and as payload `{"security_signal_id":"$SECURITY_SIGNAL_ID","security_signal_severity":"$SECURITY_SIGNAL_SEVERITY","security_signal_title":"$SECURITY_SIGNAL_TITLE","security_signal_attributes":$SECURITY_SIGNAL_ATTRIBUTES,"security_rule_id":"$SECURITY_RULE_ID","alert_cycle_key":"$ALERT_CYCLE_KEY","alert_transition":"$ALERT_TRANSITION","alert_title":"$ALERT_TITLE","alert_priority":"$ALERT_PRIORITY","date":"$DATE","tags":"$TAGS","link":"$LINK"}`. The default payload names nobody but in tags.',
  nobodyWithout: ['security_signal_attributes.usr', 'security_rule_group_by_fields'],
};
