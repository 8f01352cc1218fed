import type { Need } from '../needs.js';
import type { VendorRole } from '../operation.js';
import { askedFor, OPERATIONS, type MicrosoftApi, type MicrosoftOperation } from './operations.js';
import { licensed, type MicrosoftLicences } from './settings.js';

/** Where a permission is given: an API, or the Teams app, whose manifest asks for what concerns one chat alone. */
export type GivenBy = MicrosoftApi | 'teams-app';

/** A need of Microsoft: the permissions of one API, or of the Teams app. */
export interface MicrosoftNeed extends Need {
  readonly operation: MicrosoftOperation;
  readonly of: GivenBy;
}

/** How the tenant is used. What is not said is there. */
export interface MicrosoftUse {
  readonly licences?: MicrosoftLicences | undefined;
  /** Whether mails are sent, and whether the bot talks in Teams. */
  readonly mail?: boolean;
  readonly teams?: boolean;
}

/** Given with the installation of the Teams app for one chat or team, and never in a token. */
export const isResourceSpecific = (permission: string): boolean => /\.(Chat|Group|Team)$/.test(permission);

const NAMES = {
  entraP1: 'Entra ID P1',
  entraP2: 'Entra ID P2',
  defender: 'Microsoft Defender',
  intune: 'Microsoft Intune',
} as const;
const LICENCES: readonly (readonly [keyof typeof NAMES, (o: MicrosoftOperation) => boolean])[] = [
  ['entraP1', ({ path }) => path === '/auditLogs/signIns' || path.startsWith('/identity/conditionalAccess/')],
  ['entraP2', ({ path }) => path.startsWith('/identityProtection/')],
  ['defender', ({ path, api }) => api === 'defender' || /^\/security\/(alerts_v2|incidents)/.test(path)],
  ['intune', ({ path }) => path.startsWith('/deviceManagement/')],
];

/**
 * What a role needs of a tenant that is used so. Several permissions may let an operation: the one that is there counts
 * (`given`), else the one that is asked for.
 */
export function microsoftNeeds(
  role: VendorRole,
  use: MicrosoftUse = {},
  given: ReadonlyMap<GivenBy, ReadonlySet<string>> = new Map(),
): readonly MicrosoftNeed[] {
  const operations = (Object.values(OPERATIONS) as readonly MicrosoftOperation[]).filter(
    (o) => o.roles.includes(role) && isUsed(o, role, use),
  );
  const asked = askedFor(operations);
  return operations.map((operation) => {
    const held = (scope: string): boolean => given.get(givenBy(operation, scope))?.has(scope) ?? false;
    const choices = operation.scopes.filter((s) => asked.has(s));
    const scope = choices.find(held) ?? operation.scopes.find(held) ?? choices[0];
    const licence = LICENCES.find(([, fits]) => fits(operation))?.[0];
    return {
      operation,
      of: scope === undefined ? operation.api : givenBy(operation, scope),
      scopes: scope === undefined ? [] : [scope],
      ...(licence === undefined ? {} : { plan: NAMES[licence] }),
    };
  });
}

const givenBy = ({ api }: MicrosoftOperation, scope: string): GivenBy =>
  isResourceSpecific(scope) ? 'teams-app' : api;

function isUsed(
  operation: MicrosoftOperation,
  role: VendorRole,
  { licences, mail = true, teams = true }: MicrosoftUse,
): boolean {
  const has = licensed(licences);
  if (role === 'people') return operation.limit.bucket === 'microsoft outlook' ? mail : teams;
  // Indicators of Defender block addresses where there is no Conditional Access.
  if (operation.path.startsWith('/api/indicators')) return has.defender && !has.entraP1;
  return LICENCES.every(([licence, fits]) => has[licence] || !fits(operation));
}
