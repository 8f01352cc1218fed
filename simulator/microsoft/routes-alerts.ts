import { OPERATIONS } from '../../platforms/microsoft/operations.js';
import type { Entity } from './odata.js';
import type { Router } from './routing.js';
import { newestFirst } from './routes-logs.js';
import { deviceId, guid, machineId, type Rows } from './rows.js';
import type { TenantState } from './state.js';

type AlertRow = Rows['alert'][number];

/** Defender alerts, and the incidents that they were put into. */
export function alertRoutes(router: Router, state: TenantState): void {
  router.on(OPERATIONS.alerts, (call) =>
    router.collection(
      call,
      newestFirst(state.visible(state.rows.alert)).map((r) => alertEntity(state, r)),
      {
        filter: {
          createdDateTime: ['ge', 'le', 'gt', 'lt'],
          lastUpdateDateTime: ['ge', 'le', 'gt', 'lt'],
          severity: ['eq'],
          status: ['eq'],
        },
      },
    ),
  );
  router.on(OPERATIONS.incidents, (call) => {
    const expanded = call.query['$expand'] === 'alerts';
    const groups = new Map<string, AlertRow[]>();
    for (const row of state.visible(state.rows.alert)) {
      const name = incidentOf(row.fields);
      groups.set(name, [...(groups.get(name) ?? []), row]);
    }
    return router.collection(
      call,
      [...groups].map(([name, rows]) => incidentEntity(state, name, rows, expanded)),
      {
        filter: {
          createdDateTime: ['ge', 'le', 'gt', 'lt'],
          lastUpdateDateTime: ['ge', 'le', 'gt', 'lt'],
          severity: ['eq'],
          status: ['eq'],
        },
        top: 50,
        maxTop: 50,
      },
    );
  });
}

/** In every alert of Defender for Cloud Apps; its `appId` is a number of the catalogue. */
const CLOUD_APPLICATION = {
  '@odata.type': '#microsoft.graph.security.cloudApplicationEvidence',
  ...{ appId: 11161, displayName: 'Microsoft 365', instanceId: 0, instanceName: 'Microsoft 365', saasAppId: 11161 },
};

const incidentOf = (f: AlertRow['fields']): string => f.incident ?? `person ${f.user ?? ''}`;
const incidentId = (f: AlertRow['fields']): string =>
  String(Number.parseInt(guid(`incident:${incidentOf(f)}`).slice(0, 8), 16));

function incidentEntity(state: TenantState, name: string, rows: readonly AlertRow[], expanded: boolean): Entity {
  const [first] = rows;
  const last = rows.at(-1);
  const known = state.visible(state.rows.incident).find((r) => r.fields.name === name)?.fields;
  return {
    id: first ? incidentId(first.fields) : name,
    displayName: `Multi-stage incident: ${first?.fields.title ?? ''}`,
    severity: first?.fields.severity ?? 'unknown',
    status: known?.status ?? 'active',
    classification: known?.classification ?? 'unknown',
    determination: known?.determination ?? 'unknown',
    redirectIncidentId: known?.status === 'redirected' ? '1' : null,
    createdDateTime: first?.at.toISOString(),
    lastUpdateDateTime: last?.at.toISOString(),
    ...(expanded ? { alerts: rows.map((r) => alertEntity(state, r)) } : {}),
  };
}

function alertEntity(state: TenantState, { rowId, at, fields: f }: Rows['alert'][number]): Entity {
  const user = state.user(f.user);
  // Seven digits of fraction, as the real service writes them.
  const time = at.toISOString().replace('Z', '0000Z');
  const base = { createdDateTime: time, verdict: 'suspicious', remediationStatus: 'none', roles: [], tags: [] };
  return {
    id: `ad${guid(`alert:${rowId}`)}`,
    providerAlertId: guid(`alert:${rowId}`),
    incidentId: incidentId(f),
    status: 'new',
    severity: f.severity,
    serviceSource: f.serviceSource,
    detectionSource: 'microsoftDefenderForCloudApps',
    title: f.title,
    category: f.category,
    mitreTechniques: f.mitre,
    createdDateTime: time,
    lastUpdateDateTime: time,
    firstActivityDateTime: time,
    lastActivityDateTime: time,
    evidence: [
      ...(user === undefined
        ? []
        : [
            {
              ...base,
              roles: f.roles,
              '@odata.type': '#microsoft.graph.security.userEvidence',
              userAccount: {
                accountName: user.upn.split('@')[0] ?? '',
                azureAdUserId: user.id,
                userPrincipalName: user.upn,
              },
            },
          ]),
      ...(f.ip === undefined
        ? []
        : [
            {
              ...base,
              '@odata.type': '#microsoft.graph.security.ipEvidence',
              ipAddress: f.ip,
              countryLetterCode: null,
            },
          ]),
      ...(f.session === undefined
        ? []
        : [
            {
              ...base,
              '@odata.type': '#microsoft.graph.security.cloudLogonSessionEvidence',
              sessionId: f.session,
            },
          ]),
      ...(f.device === undefined
        ? []
        : [
            {
              ...base,
              '@odata.type': '#microsoft.graph.security.deviceEvidence',
              mdeDeviceId: machineId(f.device),
              azureAdDeviceId: deviceId(f.device),
            },
          ]),
      ...(f.app === undefined
        ? []
        : [
            {
              ...base,
              '@odata.type': '#microsoft.graph.security.oauthApplicationEvidence',
              appId: f.app,
              displayName: state.appBy(f.app).name,
            },
          ]),
      ...(f.serviceSource === 'microsoftDefenderForCloudApps' ? [{ ...base, ...CLOUD_APPLICATION }] : []),
      ...f.evidence,
    ],
  };
}
