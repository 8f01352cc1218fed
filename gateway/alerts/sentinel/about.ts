import type { AboutFormat } from '../kit/parser.js';

export const about: AboutFormat = {
  name: 'sentinel',
  product: 'Microsoft Sentinel',
  sends:
    'an incident or an alert by a Logic App: the envelope of an automation rule, the ARM resource, the SDK’s form, or the alert trigger’s; names in any case',
  auth: ['oidc', 'bearer', 'url-secret'],
  shape:
    '`name` or `id` with `incidentNumber`, `incidentUrl`, `relatedEntities` or `additionalData` (under `object` and `properties` too), or `SystemAlertId` with `Entities`',
  identity: '`SystemAlertId`, else `name`, else `id`',
  subjects:
    'entities of kind account (`UserPrincipalName`, `Name` with `UPNSuffix`, `AadUserId`, a cloud `Sid`), mailbox, cloud logon session and OAuth application; `CompromisedEntity` when none of them identifies anybody. `NTDomain\\Name`, `ObjectGuid` and an on-premises `Sid` alone identify nobody',
  states: '`status`',
  setUp:
    'A Logic App with the incident trigger (or the alert trigger) and one HTTP action that posts the trigger’s body as it is, with a managed identity.',
  nobodyWithout: ['object.properties.relatedEntities.0'],
};
