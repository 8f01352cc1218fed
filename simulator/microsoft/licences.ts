import { OPERATIONS, type MicrosoftOperation } from '../../platforms/microsoft/operations.js';
import type { MicrosoftLicences } from '../../platforms/microsoft/settings.js';
import { fail, type Reply } from './replies.js';

type Licence = keyof MicrosoftLicences;

const GATES: Readonly<Record<Exclude<Licence, 'auditPremium'>, readonly MicrosoftOperation[]>> = {
  entraP1: [OPERATIONS.signIns, OPERATIONS.namedLocations, OPERATIONS.setNamedLocation, OPERATIONS.accessPolicies],
  entraP2: [OPERATIONS.riskDetections, OPERATIONS.riskyUser, OPERATIONS.confirmCompromised, OPERATIONS.dismissRisk],
  defender: [
    OPERATIONS.alerts,
    OPERATIONS.incidents,
    OPERATIONS.machine,
    OPERATIONS.machines,
    OPERATIONS.machineActions,
    OPERATIONS.isolate,
    OPERATIONS.release,
    OPERATIONS.indicators,
    OPERATIONS.submitIndicator,
    OPERATIONS.deleteIndicator,
  ],
  intune: [OPERATIONS.managedDevices, OPERATIONS.managedDevice, OPERATIONS.lockDevice, OPERATIONS.retireDevice],
};

/** Operations of the audit log that are written only with Audit (Premium). */
export const PREMIUM_AUDIT: ReadonlySet<string> = new Set([
  'MessagesListed',
  'MessageRead',
  'ChatRetrieved',
  'MessagesExported',
  'MessageHostedContentsListed',
  'MessageHostedContentRead',
  'SubscribedToMessages',
  'MessageCreatedNotification',
  'MessageSent',
  'MessageUpdated',
  'MessageDeleted',
]);

/**
 * What a tenant without the licence answers; undefined when it has it. The code for sign-ins is Entra's own; the others
 * are not established and worded as missing rights are, save Intune's, which is reported as a 400.
 */
export function gate(operation: MicrosoftOperation, licences: Required<MicrosoftLicences>): Reply | undefined {
  const missing = (Object.keys(GATES) as (keyof typeof GATES)[]).find(
    (licence) => !licences[licence] && GATES[licence].some((o) => o.name === operation.name),
  );
  if (missing === undefined) return undefined;
  if (operation.name === OPERATIONS.signIns.name)
    return fail(
      403,
      'Authentication_RequestFromNonPremiumTenantOrB2CTenant',
      'Neither tenant is B2C or tenant doesn’t have premium license',
    );
  return missing === 'intune'
    ? fail(400, 'BadRequest', 'Request not applicable to target tenant.')
    : fail(403, 'Forbidden', 'Your tenant is not licensed for this feature.', operation.api);
}
