import { OPERATIONS } from '../../platforms/microsoft/operations.js';
import { FilterError, type Entity } from './odata.js';
import type { Router } from './routing.js';
import { directoryAuditRoutes } from './routes-directory-audits.js';
import { deviceId, guid, type Rows } from './rows.js';
import type { TenantState } from './state.js';

const TIME = ['eq', 'ge', 'le'];

/** Entra logs, newest first. */
export function logRoutes(router: Router, state: TenantState): void {
  router.on(OPERATIONS.signIns, (call) => {
    // The documentation filters by one type at a time.
    if ((call.query['$filter']?.match(/signInEventTypes/g) ?? []).length > 1)
      throw new FilterError('Unsupported Query: more than one type of sign-ins');
    return router.collection(
      call,
      newestFirst([...state.visible(state.rows.sign_in), ...state.visible(state.rows.app_sign_in)])
        .flatMap((r) =>
          'user' in r.fields ? signInEntities(state, r as SignInRow) : [appSignInEntity(state, r as AppSignInRow)],
        )
        // Only those who ask for other types get other types.
        .filter((r) => r['isInteractive'] === true || /signInEventTypes/.test(call.query['$filter'] ?? '')),
      {
        filter: {
          createdDateTime: TIME,
          userId: ['eq'],
          userPrincipalName: ['eq', 'startswith'],
          ipAddress: ['eq', 'startswith'],
          appId: ['eq'],
          signInEventTypes: ['any'],
        },
        maxTop: 1000,
        top: 1000,
      },
    );
  });
  directoryAuditRoutes(router, state);
  router.on(OPERATIONS.riskDetections, (call) =>
    router.collection(
      call,
      newestFirst(state.visible(state.rows.risk)).map((r) => riskEntity(state, r)),
      {
        filter: {
          userId: ['eq'],
          activityDateTime: ['ge', 'le', 'gt', 'lt'],
          detectedDateTime: ['ge', 'le', 'gt', 'lt'],
          riskLevel: ['eq'],
        },
        top: 20,
        maxTop: 500,
      },
    ),
  );
}

export function newestFirst<T extends { readonly at: Date }>(rows: readonly T[]): readonly T[] {
  return [...rows].sort((a, b) => b.at.getTime() - a.at.getTime());
}

type SignInRow = Rows['sign_in'][number];
type AppSignInRow = Rows['app_sign_in'][number];

const ERROR_CODES = { success: 0, failure: 50126, blocked: 53003 } as const;

/** One sign-in has several rows: what was asked on the way stands before what came of it, each with a code of its own. */
function signInEntities(state: TenantState, row: SignInRow): readonly Entity[] {
  const entity = signInEntity(state, row);
  if (row.fields.auth !== 'mfa' || row.fields.result !== 'success' || row.fields.code !== undefined) return [entity];
  const asked = {
    ...entity,
    id: guid(`interrupt:${row.rowId}`),
    createdDateTime: new Date(row.at.getTime() - 8_000).toISOString(),
    authenticationDetails: [{ authenticationMethod: 'Password', succeeded: true }],
    status: { errorCode: 50074, failureReason: 'Strong Authentication is required.', additionalDetails: null },
  };
  return [entity, asked];
}

function signInEntity(state: TenantState, { rowId, at, fields: f }: Rows['sign_in'][number]): Entity {
  const user = state.user(f.user);
  const app = f.app === undefined ? undefined : [...state.apps.values()].find((a) => a.appId === f.app);
  const interactive = f.auth === 'token' ? false : f.interactive;
  return {
    id: guid(`sign_in:${rowId}`),
    createdDateTime: at.toISOString(),
    userId: f.user,
    userPrincipalName: user?.upn ?? '',
    userDisplayName: user?.name ?? '',
    appId: f.app ?? '1fec8e78-bce4-4aaf-ab1b-5451cc387264',
    appDisplayName: app?.name ?? 'Microsoft Teams',
    ipAddress: f.ip,
    autonomousSystemNumber: f.asn ?? 0,
    clientAppUsed: 'Browser',
    userAgent: f.userAgent,
    correlationId: guid(`correlation:${rowId}`),
    sessionId: f.session ?? null,
    conditionalAccessStatus: f.result === 'blocked' ? 'failure' : 'notApplied',
    isInteractive: interactive,
    signInEventTypes: [interactive ? 'interactiveUser' : 'nonInteractiveUser'],
    riskEventTypes_v2: f.risk,
    riskLevelDuringSignIn:
      f.risk.length > 0 ? (f.riskLevel ?? riskAbout(state, f, at)?.fields.level ?? 'medium') : 'none',
    ...authenticationFields(f.auth),
    riskState: f.risk.length > 0 ? 'atRisk' : 'none',
    resourceDisplayName: 'Microsoft Graph',
    status: {
      errorCode: f.code ?? ERROR_CODES[f.result],
      failureReason: f.result === 'success' ? 'Other.' : 'Refused.',
      additionalDetails: null,
    },
    deviceDetail: {
      deviceId: f.device === undefined ? '' : deviceId(f.device),
      displayName: f.device ?? '',
      operatingSystem: 'Windows',
      browser: 'Edge',
      isCompliant: f.compliant ?? f.deviceKnown,
      isManaged: f.managed ?? f.deviceKnown,
      trustType: f.deviceKnown ? 'Azure AD joined' : '',
    },
    location: {
      city: f.city ?? '',
      state: '',
      countryOrRegion: f.country ?? '',
      geoCoordinates: { altitude: null, latitude: f.lat ?? null, longitude: f.lon ?? null },
    },
  };
}

/** Entra's own fields for how it was authenticated. */
function authenticationFields(auth: Rows['sign_in'][number]['fields']['auth']): Entity {
  if (auth === undefined) return {};
  const method = (authenticationMethod: string): object => ({ authenticationMethod, succeeded: true });
  return {
    authenticationProtocol: auth === 'device_code' ? 'deviceCode' : 'none',
    authenticationRequirement: auth === 'password' ? 'singleFactorAuthentication' : 'multiFactorAuthentication',
    authenticationDetails: {
      password: [method('Password')],
      mfa: [method('Password'), method('Mobile app notification')],
      phishing_resistant: [method('FIDO2 security key')],
      token: [method('Previously satisfied')],
      device_code: [method('Password'), method('Mobile app notification')],
    }[auth],
  };
}

/** One event in two logs: of the person, from the address, within a minute. */
const isSame = (
  a: { readonly user: string; readonly ip?: string | undefined },
  b: { readonly user: string; readonly ip?: string | undefined },
  apartMs: number,
): boolean => a.user === b.user && a.ip === b.ip && Math.abs(apartMs) <= 60_000;
const riskAbout = (
  state: TenantState,
  fields: Rows['sign_in'][number]['fields'],
  at: Date,
): Rows['risk'][number] | undefined =>
  state.rows.risk.find((r) => isSame(r.fields, fields, r.at.getTime() - at.getTime()));

function appSignInEntity(state: TenantState, { rowId, at, fields: f }: AppSignInRow): Entity {
  const app = state.appBy(f.app);
  return {
    id: guid(`app_sign_in:${rowId}`),
    createdDateTime: at.toISOString(),
    userId: '',
    userPrincipalName: '',
    appId: app.appId,
    appDisplayName: app.name,
    servicePrincipalId: app.id,
    servicePrincipalName: app.name,
    ipAddress: f.ip,
    isInteractive: false,
    signInEventTypes: ['servicePrincipal'],
    correlationId: guid(`correlation:${rowId}`),
    resourceDisplayName: 'Microsoft Graph',
    status: { errorCode: ERROR_CODES[f.result], failureReason: 'Other.', additionalDetails: null },
    deviceDetail: null,
    location: { city: '', state: '', countryOrRegion: f.country ?? '', geoCoordinates: null },
  };
}

function riskEntity(state: TenantState, { rowId, at, fields: f }: Rows['risk'][number]): Entity {
  const signIn = state.rows.sign_in.find((r) => isSame(r.fields, f, r.at.getTime() - at.getTime()));
  const userAgent = f.userAgent ?? signIn?.fields.userAgent;
  return {
    id: guid(`risk:${rowId}`).replaceAll('-', ''),
    riskEventType: f.riskType,
    riskLevel: f.level,
    riskState: 'atRisk',
    riskDetail: 'none',
    source: 'IdentityProtection',
    detectionTimingType: 'realtime',
    activity: 'signin',
    ipAddress: f.ip ?? null,
    location: { city: f.city ?? '', state: '', countryOrRegion: f.country ?? '' },
    activityDateTime: at.toISOString(),
    detectedDateTime: at.toISOString(),
    lastUpdatedDateTime: at.toISOString(),
    userId: f.user,
    userDisplayName: state.user(f.user)?.name ?? '',
    userPrincipalName: state.user(f.user)?.upn ?? '',
    requestId: signIn === undefined ? null : guid(`sign_in:${signIn.rowId}`),
    correlationId: signIn === undefined ? null : guid(`correlation:${signIn.rowId}`),
    additionalInfo: JSON.stringify(userAgent === undefined ? [] : [{ Key: 'userAgent', Value: userAgent }]),
  };
}
