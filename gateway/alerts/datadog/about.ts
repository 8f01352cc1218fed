export const about = {
  title: 'Datadog: security signal and monitor (webhook), signal of the API',
  sender:
    'the Webhooks integration with the payload `{"security_signal_id":"$SECURITY_SIGNAL_ID","security_signal_severity":"$SECURITY_SIGNAL_SEVERITY","security_signal_title":"$SECURITY_SIGNAL_TITLE","security_signal_attributes":$SECURITY_SIGNAL_ATTRIBUTES,"security_rule_id":"$SECURITY_RULE_ID","alert_cycle_key":"$ALERT_CYCLE_KEY","alert_transition":"$ALERT_TRANSITION","alert_title":"$ALERT_TITLE","alert_priority":"$ALERT_PRIORITY","date":"$DATE","tags":"$TAGS","link":"$LINK"}`',
  auth: 'bearer or basic by the webhook’s custom headers; url-secret where it may not',
  states: '`$ALERT_TRANSITION` Recovered closes, Re-Triggered updates; an archived signal is closed',
  notes:
    'Identity: `$SECURITY_SIGNAL_ID`, else `$ALERT_CYCLE_KEY`, else the event’s `$ID`. Subjects: `@usr.email`, `@usr.id`, `@usr.name` and the fields of the log in the signal’s attributes, the fields it is grouped by, and tags. The default payload names nobody but in tags: give the webhook the payload above.',
} as const;
