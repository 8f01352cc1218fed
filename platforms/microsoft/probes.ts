import { quoted, type MicrosoftClient } from './client.js';
import { OPERATIONS, type MicrosoftOperation } from './operations.js';
import type { MicrosoftSettings } from './settings.js';

interface Probe {
  readonly client: MicrosoftClient;
  readonly operation: MicrosoftOperation;
  readonly settings: MicrosoftSettings;
  readonly signal: AbortSignal | undefined;
}

const first =
  (query: (settings: MicrosoftSettings) => Readonly<Record<string, string>> = () => ({ $top: '1' })) =>
  ({ client, operation, settings, signal }: Probe): Promise<unknown> =>
    client.page(operation, { query: query(settings), signal });
const listed = ({ client, operation, signal }: Probe): Promise<unknown> => client.list(operation, { signal });

/** Reads that need no particular person, device or file, one row each: what a licence refuses shows here. */
export const PROBES: Readonly<Record<string, (probe: Probe) => Promise<unknown>>> = {
  [OPERATIONS.users.name]: first(() => ({ $top: '1', $select: 'id' })),
  [OPERATIONS.roleAssignments.name]: first(),
  [OPERATIONS.findServicePrincipal.name]: first(({ credential }) => ({
    $filter: `appId eq ${quoted(credential.clientId)}`,
  })),
  [OPERATIONS.appGrants.name]: first(),
  [OPERATIONS.devices.name]: first(() => ({ $top: '1', $select: 'id' })),
  [OPERATIONS.signIns.name]: first(),
  [OPERATIONS.directoryAudits.name]: first(),
  [OPERATIONS.riskDetections.name]: first(),
  [OPERATIONS.alerts.name]: first(),
  [OPERATIONS.incidents.name]: first(),
  [OPERATIONS.auditQueries.name]: first(),
  [OPERATIONS.activitySubscriptions.name]: listed,
  [OPERATIONS.namedLocations.name]: first(),
  [OPERATIONS.accessPolicies.name]: first(),
  [OPERATIONS.machines.name]: first(),
  [OPERATIONS.machineActions.name]: first(),
  [OPERATIONS.indicators.name]: first(),
  [OPERATIONS.managedDevices.name]: first(),
};
