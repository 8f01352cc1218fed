export const about = {
  title: 'Microsoft 365: alert records of the Management Activity API, alerts of Defender for Cloud Apps',
  sender:
    'a function that reads the content blobs of `Audit.General` and posts the records, one or a list; the rows of an audit search; a Power Automate flow on an alert of Defender for Cloud Apps. Its SIEM agent sends CEF: format `cef`',
  auth: 'hmac from a function, oidc from a Logic App with a managed identity; url-secret or bearer from Power Automate',
  states:
    '`Status` (Resolved and Dismissed close, Investigating updates), `AlertUpdated`; of Cloud Apps `resolutionStatusValue`, `resolveTime`',
  notes:
    'Identity: `AlertId`, of a further entity with it; of Cloud Apps `_id`. Subjects: `Data.suid`, else `Data.f3u`, else the entity when it is an account; entities of the kinds account and user. `UserId` of an alert is a service and recipients of a mail are no suspects. Records that are no alerts are passed over.',
} as const;
