export const about = {
  title: 'Google Security Operations (Chronicle): rule detection',
  sender:
    'a function or a SOAR playbook that reads detections (`legacySearchDetections`, a response integration) and posts them, one or the list in `detections`',
  auth: 'hmac from a function, oidc from a Google service account; bearer from a SOAR action',
  states: '`detection[].alertState` NOT_ALERTING raises nothing; `feedbackSummary.status` CLOSED closes',
  notes:
    'Identity: `id` (`de_…`). Subjects: `principal.user` of the UDM events (`userid`, `emailAddresses`, `productObjectId`), `target.user` of a sign-in, and of other events only where no actor is named; without events people in outcomes and detection fields. Severity: rule label `severity`, else the risk score.',
} as const;
