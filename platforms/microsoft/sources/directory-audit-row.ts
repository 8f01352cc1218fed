import { z } from 'zod';
import type { EventKind } from '../../../domain/evidence.js';
import { anId, asItCame, maybe, someList, someText } from '../../kit/rows.js';

const property = z.looseObject({ displayName: someText, oldValue: asItCame, newValue: asItCame });
const resource = z.looseObject({
  id: someText,
  displayName: someText,
  type: someText,
  userPrincipalName: someText,
  modifiedProperties: someList(property),
});
export const directoryAudit = z.looseObject({
  id: anId,
  activityDateTime: asItCame,
  activityDisplayName: z.string().min(1),
  category: someText,
  result: someText,
  initiatedBy: maybe(
    z.looseObject({
      user: maybe(z.looseObject({ id: someText, userPrincipalName: someText, ipAddress: asItCame })),
      app: maybe(z.looseObject({ appId: someText, displayName: someText, servicePrincipalId: someText })),
    }),
  ),
  targetResources: someList(resource),
  additionalDetails: someList(z.looseObject({ key: someText, value: someText })),
});
export type DirectoryAudit = z.infer<typeof directoryAudit>;
export type AuditTarget = DirectoryAudit['targetResources'][number];

/** Activities by name, first match wins; names as in the Entra audit activity reference, without the dot that the unified log adds. */
const KINDS: readonly (readonly [RegExp, EventKind])[] = [
  [
    /^(consent to application|grant contextual consent|add (delegated permission|oauth2permission) ?grant|add app role assignment)/i,
    'app_grant',
  ],
  [/(authentication methods?|conditional access|password|authorization) policy/i, 'config_change'],
  [/\bto role\b|\bfrom role\b|eligible (member|role)|role assignment|role definition|role setting/i, 'role_change'],
  [
    // A device that is registered signs in by itself from then on (ATT&CK T1098.005).
    /password|security info|authentication method|strong authentication|passkey|fido2|temporary access pass|^(register device|add registered (owner|users))/i,
    'credential_change',
  ],
  [
    /policy|named location|domain|federation|certificates and secrets|service principal|application|company/i,
    'config_change',
  ],
];

/** Kind of an activity; activities on users that match nothing else (`Disable account`, `Update StsRefreshTokenValidFrom Timestamp`) are account changes. */
export function auditKind(activity: string, category: string | undefined): EventKind {
  const found = KINDS.find(([pattern]) => pattern.test(activity));
  if (found) return found[1];
  return category === 'RoleManagement'
    ? 'role_change'
    : category === 'Policy' || category === 'ApplicationManagement'
      ? 'config_change'
      : 'account_change';
}

/** Undefined where the log does not say how it ended. */
export const hasSucceeded = ({ result }: DirectoryAudit): boolean | undefined =>
  result === undefined || /^(?:unknown|timeout)/i.test(result) ? undefined : result.toLowerCase() === 'success';

/** Of the details beside the row. */
export const detail = (
  { additionalDetails }: Pick<DirectoryAudit, 'additionalDetails'>,
  key: string,
): string | undefined =>
  additionalDetails.find((d) => d.key?.toLowerCase() === key.toLowerCase() && d.value !== undefined)?.value;

/** New values of the properties that a change names, of all of its targets. */
export const changesOf = (
  { targetResources }: Pick<DirectoryAudit, 'targetResources'>,
  name: RegExp,
): readonly string[] =>
  targetResources
    .flatMap((t) => t.modifiedProperties)
    .filter((p) => name.test(p.displayName ?? ''))
    .flatMap((p) => unwrapped(p.newValue));

/** The first of them. */
export const changedTo = (row: Pick<DirectoryAudit, 'targetResources'>, name: RegExp): string | undefined =>
  changesOf(row, name)[0];

/** Values are JSON texts: `"\"Chat.Read\""`, `"[\"guid\"]"`; elsewhere they are what they are. */
function unwrapped(value: unknown): readonly string[] {
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)];
  if (typeof value !== 'string') return Array.isArray(value) ? texts(value) : [];
  try {
    const inner: unknown = JSON.parse(value);
    if (typeof inner === 'string') return inner === '' ? [] : [inner];
    if (Array.isArray(inner)) return texts(inner);
    return inner === null ? [] : [value];
  } catch {
    return value === '' ? [] : [value];
  }
}
const texts = (values: readonly unknown[]): readonly string[] =>
  values.filter((v): v is string => typeof v === 'string' && v !== '');
