import type { AboutFormat } from '../kit/parser.js';

export const about: AboutFormat = {
  name: 'office-365-alert',
  product: 'Microsoft 365',
  sends:
    'alert records of the Management Activity API, one, a list or rows of an audit search (`AuditData`), and alerts of Defender for Cloud Apps',
  auth: ['hmac', 'oidc', 'bearer', 'url-secret'],
  shape:
    '`Operation` with `RecordType` or `AlertId` and `Workload`, `UserId` or `CreationTime`; of Cloud Apps `_id` with `entities` of its kinds',
  identity: '`AlertId`, of a further entity with it; of Cloud Apps `_id`',
  subjects:
    '`Data.suid`, else `Data.f3u`, else the entity when it is an account; of Cloud Apps the entities of the kinds account and user. `UserId` of an alert is a service, and recipients of a mail are no suspects',
  states:
    '`Status` (Resolved and Dismissed close, Investigating updates), `AlertUpdated`; of Cloud Apps `resolutionStatusValue`, `resolveTime`. Records that are no alerts are passed over',
  setUp:
    'A function reads the content blobs of `Audit.General` and posts the records; or a Power Automate flow posts an alert of Defender for Cloud Apps. The SIEM agent of Cloud Apps sends CEF: take `cef`.',
  nobodyWithout: ['Data', 'AlertEntityId'],
};
