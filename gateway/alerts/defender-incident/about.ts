export const about = {
  title: 'Microsoft Defender: incident with its alerts (Graph `security/incidents`, or Defender’s own `api/incidents`)',
  sender:
    'a Logic App or function that is started on a new or changed incident, reads it with `$expand=alerts` and posts it whole; one incident or a collection in `value`',
  auth: 'hmac from a function, oidc from a Logic App with a managed identity; bearer where neither can be done',
  states: '`status` of the alert; a resolved incident closes all of its alerts',
  notes:
    'Identity: `alerts[].id` (`alertId`). Subjects: user, mailbox and OAuth application evidence of each alert. Alerts are grouped by the incident, or by `redirectIncidentId` where it was merged. An incident without its alerts is refused.',
} as const;
