import { describe, expect, it } from 'vitest';
import { list, portOver, readSource, type Answers } from './canned.js';
import { consent } from './recorded.js';

const APP = '44444444-4444-4444-8444-444444444444';
const OBJECT = '33333333-3333-4333-8333-333333333333';
const GRAPH = '00000003-0000-0000-c000-000000000000';
const prop = (displayName: string, newValue: unknown, oldValue: unknown = null) => ({
  displayName,
  oldValue,
  newValue,
});
const text = (value: string): string => JSON.stringify(value);
const target = (modifiedProperties: readonly unknown[], extra: object = {}) => ({
  ...{ id: OBJECT, displayName: 'Mail Helper', type: 'ServicePrincipal', modifiedProperties },
  ...extra,
});
const row = (extra: object) => ({ ...consent, additionalDetails: [], ...extra });
const read = async (audit: object, answers: Answers = {}) => {
  const { events } = await readSource(
    portOver({ directoryAudits: list(audit), ...answers }),
    'microsoft.directory_audits',
  );
  return events[0];
};
const grants = (...scopes: readonly string[]): string =>
  scopes
    .map(
      (s) =>
        `[Id: x, ClientId: ${OBJECT}, PrincipalId: p, ResourceId: r, ConsentType: Principal, Scope: ${s}, CreatedDateTime: , LastModifiedDateTime ]`,
    )
    .join(', ');

describe('a consent', () => {
  it('gives all scopes of all its grants, and not those that were there before', async () => {
    const permissions = text(`[${grants('Calendars.Read')}] => [${grants('User.Read', 'Chat.Read Files.Read.All')}]; `);
    const event = await read(
      row({
        targetResources: [
          target([prop('ConsentAction.Permissions', permissions), prop('TargetId.ServicePrincipalNames', text(APP))]),
        ],
      }),
    );
    expect(event?.app).toEqual({ id: APP, name: 'Mail Helper', scopes: ['User.Read', 'Chat.Read', 'Files.Read.All'] });
  });

  it.each([
    [
      'one of several names',
      [prop('TargetId.ServicePrincipalNames', text(`https://helper.example.com;${APP.toUpperCase()}`))],
      [],
    ],
    [
      'a name as a list',
      [prop('TargetId.ServicePrincipalNames', JSON.stringify(['https://helper.example.com', `api://${APP}`]))],
      [],
    ],
    ['the details alone', [], [{ key: 'AppId', value: APP }]],
    ['the property of the principal', [prop('ServicePrincipal.AppId', text(APP))], []],
  ])('is of the app by %s', async (_, properties, additionalDetails) => {
    expect(await read(row({ targetResources: [target(properties)], additionalDetails }))).toMatchObject({
      app: { id: APP },
      target: { type: 'app', id: APP },
    });
  });

  it.each([
    ['success', 'success'],
    ['failure', 'failure'],
    ['timeout', undefined],
    ['unknownFutureValue', undefined],
  ])('that ended as %s has the outcome %s: what nobody knows may have been given', async (result, outcome) => {
    expect((await read({ ...consent, result }))?.outcome).toBe(outcome);
  });

  it('to a service is about the app, and not the service that is opened to it', async () => {
    const ofService = target(
      [
        prop('DelegatedPermissionGrant.Scope', text(' Chat.Read offline_access')),
        prop('DelegatedPermissionGrant.ConsentType', text('AllPrincipals')),
        prop('ServicePrincipal.ObjectID', text(OBJECT)),
        prop('ServicePrincipal.AppId', text(APP)),
        prop('TargetId.ServicePrincipalNames', text(`${GRAPH};https://graph.microsoft.com`)),
      ],
      { id: '99999999-9999-4999-8999-999999999999', displayName: 'Microsoft Graph' },
    );
    const event = await read(
      row({ activityDisplayName: 'Add delegated permission grant', targetResources: [ofService, target([])] }),
    );
    expect(event).toMatchObject({
      app: { id: APP, name: 'Mail Helper', scopes: ['Chat.Read', 'offline_access'] },
      labels: ['admin_consent'],
    });
  });

  it('of an app that the row names by its object alone is looked up, and stays what it is called when it is gone', async () => {
    const bare = row({ targetResources: [target([])] });
    expect((await read(bare, { servicePrincipal: { id: OBJECT, appId: APP } }))?.app?.id).toBe(APP);
    expect((await read(bare))?.app?.id).toBe(OBJECT);
  });

  it('that Teams gives in a person’s name is a grant, by no hand and from no place of the person’s', async () => {
    const user = {
      ...consent.initiatedBy.user,
      displayName: 'Microsoft Teams Graph Service',
      ipAddress: '203.0.113.50',
    };
    const event = await read({
      ...consent,
      activityDisplayName: 'Grant contextual consent to application',
      initiatedBy: { user },
    });
    expect(event).toMatchObject({ kind: 'app_grant', app: { id: APP } });
    for (const field of ['ip', 'userAgent', 'actor']) expect(event).not.toHaveProperty(field);
  });

  it('that the sign-in service writes carries its machine and name, which are nobody’s', async () => {
    const details = (value: string) => ({ additionalDetails: [{ key: 'User-Agent', value }] });
    const written = await read({ ...consent, ...details('EvoSTS') });
    expect(written).toMatchObject({ kind: 'app_grant', actor: consent.initiatedBy.user.id });
    expect(written).not.toHaveProperty('ip');
    expect(written).not.toHaveProperty('userAgent');
    // A client’s name is what the client says: on what it does not write the service vouches for nothing.
    expect(await read({ ...consent, activityDisplayName: 'Add member to role', ...details('EvoSTS') })).toMatchObject({
      ip: '198.51.100.7',
    });
  });
});

describe('who acted', () => {
  it('is the app by its client id, also where the row has only its object: our own is recognised by it', async () => {
    const app = { appId: null, displayName: 'Quell containment', servicePrincipalId: OBJECT };
    const disabled = { ...consent, activityDisplayName: 'Disable account', initiatedBy: { user: null, app } };
    expect(await read(disabled, { servicePrincipal: { id: OBJECT, appId: APP.toUpperCase() } })).toMatchObject({
      actor: APP,
      app: { id: APP },
    });
  });

  it('of Microsoft’s own support tenant brings no address of the person’s', async () => {
    const user = {
      id: 'x',
      userPrincipalName: 'fim_password_service@support.onmicrosoft.com',
      ipAddress: '203.0.113.50',
    };
    expect(
      await read({ ...consent, activityDisplayName: 'Reset password (self-service)', initiatedBy: { user } }),
    ).not.toHaveProperty('ip');
  });

  it('gives a role: the row of the directory is the operation that the policy names', async () => {
    const given = {
      ...consent,
      activityDisplayName: 'Add member to role',
      category: 'RoleManagement',
      targetResources: [
        target([prop('Role.DisplayName', text('Global Administrator'))], {
          id: 'kim',
          type: 'User',
          displayName: 'Kim',
        }),
      ],
    };
    expect(await read(given)).toMatchObject({
      kind: 'role_change',
      operation: 'Add member to role',
      weakens: 'role',
      labels: ['role:Global Administrator'],
    });
  });
});
