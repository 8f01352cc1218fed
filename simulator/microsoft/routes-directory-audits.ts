import { OPERATIONS } from '../../platforms/microsoft/operations.js';
import type { App, OwnAudit } from './entities.js';
import type { Entity } from './odata.js';
import type { Router } from './routing.js';
import { guid, type Rows } from './rows.js';
import type { TenantState } from './state.js';

const TIME = ['eq', 'ge', 'le'];

/** Entra's audit log: what people did, and what our own apps did. */
export function directoryAuditRoutes(router: Router, state: TenantState): void {
  router.on(OPERATIONS.directoryAudits, (call) => {
    const rows = [
      ...state.visible(state.rows.directory_audit).map((r) => auditEntity(state, r)),
      ...state.audits.map(ownAuditEntity),
    ];
    rows.sort((a, b) => Date.parse(b.activityDateTime) - Date.parse(a.activityDateTime));
    return router.collection(call, rows, {
      filter: {
        activityDateTime: TIME,
        activityDisplayName: ['eq', 'startswith'],
        'initiatedBy/user/id': ['eq'],
        'initiatedBy/app/appId': ['eq'],
        targetResources: ['any'],
      },
      maxTop: 1000,
    });
  });
}

function auditEntity(
  state: TenantState,
  { rowId, at, fields: f }: Rows['directory_audit'][number],
): Entity & { readonly activityDateTime: string } {
  const actor = state.user(f.user);
  const app = f.app === undefined ? undefined : state.appBy(f.app);
  const person = state.user(f.target);
  const forAll = f.adminConsent ?? actor?.admin === true;
  const changes = Object.entries(f.changes).map(([displayName, value]) => ({
    displayName,
    oldValue: null,
    newValue: JSON.stringify(value),
  }));
  const role =
    f.role === undefined
      ? []
      : [
          { displayName: 'Role.ObjectID', oldValue: null, newValue: JSON.stringify(guid(`role:${f.role}`)) },
          { displayName: 'Role.DisplayName', oldValue: null, newValue: JSON.stringify(f.role) },
        ];
  const isOfService = ON_A_SERVICE.test(f.activity);
  const targets = [
    ...(app && isOfService ? onService(state, app, f) : []),
    ...(app && !isOfService
      ? [
          {
            id: app.id,
            displayName: app.name,
            type: 'ServicePrincipal',
            modifiedProperties: [
              {
                displayName: 'ConsentContext.IsAdminConsent',
                oldValue: null,
                newValue: JSON.stringify(forAll ? 'True' : 'False'),
              },
              {
                displayName: 'ConsentAction.Permissions',
                oldValue: '""',
                newValue: JSON.stringify(`[] => [${grantsIn(f, app.id, forAll)}]; `),
              },
              {
                displayName: 'TargetId.ServicePrincipalNames',
                oldValue: null,
                newValue: JSON.stringify(`https://${app.appId}.example.com;${app.appId}`),
              },
              ...changes,
            ],
          },
        ]
      : []),
    ...(person
      ? [
          {
            id: person.id,
            displayName: person.name,
            type: 'User',
            userPrincipalName: person.upn,
            modifiedProperties: [...role, ...(app ? [] : changes)],
          },
        ]
      : []),
    ...(f.role === undefined
      ? []
      : [{ id: guid(`role:${f.role}`), displayName: f.role, type: 'Role', modifiedProperties: [] }]),
    ...(f.setting === undefined
      ? []
      : [
          {
            id: /domain/i.test(f.activity) ? '' : guid(`setting:${f.setting}`),
            displayName: f.setting,
            type: /policy/i.test(f.activity) ? 'Policy' : 'Other',
            modifiedProperties: app || person ? [] : changes,
          },
        ]),
  ];
  return {
    id: `Directory_${guid(`directory_audit:${rowId}`)}`,
    activityDateTime: at.toISOString(),
    activityDisplayName: f.activity,
    category: f.category,
    correlationId: guid(`correlation:${rowId}`),
    result: f.result,
    resultReason: '',
    loggedByService: 'Core Directory',
    initiatedBy: {
      user: actor ? { id: actor.id, displayName: null, userPrincipalName: actor.upn, ipAddress: f.ip ?? '' } : null,
      app: null,
    },
    targetResources: targets,
    additionalDetails: [
      ...(f.userAgent === undefined ? [] : [{ key: 'User-Agent', value: f.userAgent }]),
      ...(app === undefined || isOfService ? [] : [{ key: 'AppId', value: app.appId }]),
    ],
  };
}

/** Rows of a single grant are about the service that is opened; the app is told by its object alone, and stands second. */
const ON_A_SERVICE = /^add (?:delegated permission grant|app role assignment to service principal)/i;
function onService(
  state: TenantState,
  app: App,
  { activity, scopes }: Rows['directory_audit'][number]['fields'],
): readonly Entity[] {
  const graph = state.appBy('00000003-0000-0000-c000-000000000000');
  const given = activity.includes('role') ? 'AppRole.Value' : 'DelegatedPermissionGrant.Scope';
  const property = (displayName: string, value: string): Entity => ({
    ...{ displayName, oldValue: null },
    newValue: JSON.stringify(value),
  });
  return [
    {
      ...{ id: graph.id, displayName: graph.name, type: 'ServicePrincipal' },
      modifiedProperties: [
        property(given, scopes.join(' ')),
        property('ServicePrincipal.ObjectID', app.id),
        property('TargetId.ServicePrincipalNames', `${graph.appId};https://graph.microsoft.com`),
      ],
    },
    { id: app.id, displayName: null, type: 'ServicePrincipal', modifiedProperties: [] },
  ];
}

/** A consent makes one grant for each service that it opens: here the first scope is of one, the rest of another. */
function grantsIn(f: Rows['directory_audit'][number]['fields'], clientId: string, forAll: boolean): string {
  const [first, ...rest] = f.scopes;
  return [first === undefined ? [] : [first], rest]
    .filter((scopes, n) => n === 0 || scopes.length > 0)
    .map(
      (scopes, n) =>
        `[Id: x${String(n)}, ClientId: ${clientId}, PrincipalId: ${forAll ? '' : (f.user ?? '')}, ResourceId: y${String(n)}, ConsentType: ${forAll ? 'AllPrincipals' : 'Principal'}, Scope: ${scopes.join(' ')}, CreatedDateTime: , LastModifiedDateTime ]`,
    )
    .join(', ');
}

function ownAuditEntity(a: OwnAudit): Entity & { readonly activityDateTime: string } {
  return {
    id: `Directory_${a.id}`,
    activityDateTime: a.at.toISOString(),
    activityDisplayName: a.activity,
    category: a.category,
    result: 'success',
    loggedByService: 'Core Directory',
    initiatedBy: { user: null, app: { appId: a.clientId, displayName: 'Quell', servicePrincipalId: null } },
    targetResources: [{ ...a.target, modifiedProperties: [] }],
    additionalDetails: [],
  };
}
