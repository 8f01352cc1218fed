import type { EventKind, WeakenedControl } from '../../domain/evidence.js';

/** What a record says of a change: the new value of a property or the value of a command's parameter. */
export type Said = (name: RegExp) => string | undefined;

interface Control {
  readonly name: RegExp;
  readonly weakens: WeakenedControl;
  /** False when the record says that the change makes it stricter or is about something else. */
  readonly if?: (said: Said) => boolean;
}

const isOff = (value: string | undefined): boolean => /^\$?(false|disabled?|off|0)$/i.test(value ?? '');
const isOn = (value: string | undefined): boolean => /^\$?(true|enabled?|on|1)$/i.test(value ?? '');
/** Unless the policy is on afterwards and was off before: then somebody made it stricter. */
const notTurnedOn = (said: Said): boolean => !/"state"\s*:\s*"enabled"/i.test(said(/^ConditionalAccessPolicy$/i) ?? '');

/**
 * Activities of Entra's audit log that take a protection away, first match wins; names as in the Entra audit activity reference, without
 * the dot of the unified log. A request is none, its completion is.
 */
const DIRECTORY: readonly Control[] = [
  { name: /^(update|delete|disable) conditional access policy/i, weakens: 'authentication', if: notTurnedOn },
  { name: /named location/i, weakens: 'authentication' },
  { name: /^disable strong authentication/i, weakens: 'authentication' },
  {
    name: /^(authentication methods? policy (update|reset)|(update|delete|reset) .*authentication methods? policy)/i,
    weakens: 'authentication',
  },
  {
    name: /^(update|delete) (authentication strength|authorization|token|sign-in frequency|security defaults)/i,
    weakens: 'authentication',
  },
  { name: /^(set|update) password policy/i, weakens: 'authentication' },
  {
    name: /^(set domain authentication|set federation settings on domain|(create|update|delete) .*internal domain federation)/i,
    weakens: 'federation',
  },
  {
    name: /^(add (un)?verified domain|verify domain|add partner to company|(add|update) .*cross-?tenant access)/i,
    weakens: 'federation',
  },
  { name: /^add (eligible |scoped )?member to role\b(?!.*\b(request|denied|expired|cancel))/i, weakens: 'role' },
  { name: /^(add|update) role definition|^add role assignment to role definition/i, weakens: 'role' },
  { name: /^update role setting/i, weakens: 'role' },
  { name: /^update (external|guest|invitation|b2b)/i, weakens: 'sharing' },
  { name: /^(update|delete) .*(audit|diagnostic) setting/i, weakens: 'logging' },
];

/** What an activity of the directory takes away; undefined for everything else. */
export const weakensInDirectory = (activity: string, said: Said): WeakenedControl | undefined =>
  DIRECTORY.find((c) => c.name.test(activity) && (c.if?.(said) ?? true))?.weakens;

/** An operation of the unified audit log that changes a protection: the kind of row it makes, and what it weakens if it does. */
interface AuditControl {
  readonly kind: EventKind;
  readonly weakens: WeakenedControl;
  readonly if?: (said: Said) => boolean;
}

const change = (weakens: WeakenedControl, when?: (said: Said) => boolean): AuditControl => ({
  kind: 'config_change',
  weakens,
  ...(when === undefined ? {} : { if: when }),
});
const each = (names: string, control: AuditControl): Readonly<Record<string, AuditControl>> =>
  Object.fromEntries(
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, control]),
  );
/** Unless all that it says is that the policy is enforced again. */
const notEnforced = (said: Said): boolean =>
  !(isOn(said(/^(Mode|Enabled)$/)) || isOff(said(/^Disabled$/))) || said(/^(Remove|ExceptIf)/) !== undefined;

/** Commands of Exchange and Purview, and eDiscovery's own operations. Names: learn.microsoft.com/purview/audit-log-activities and the PowerShell reference. */
const AUDIT: Readonly<Record<string, AuditControl>> = {
  ...each('Set-CsTenantFederationConfiguration New-CsAllowedDomain', change('federation')),
  ...each('Remove-DlpCompliancePolicy Remove-DlpComplianceRule Remove-DlpPolicy', change('dlp')),
  ...each('Set-DlpCompliancePolicy Set-DlpComplianceRule Set-DlpPolicy', change('dlp', notEnforced)),
  ...each(
    `Remove-RetentionCompliancePolicy Remove-RetentionComplianceRule Remove-AppRetentionCompliancePolicy
     Remove-AppRetentionComplianceRule Remove-RetentionPolicy Remove-RetentionPolicyTag`,
    change('retention'),
  ),
  ...each(
    `Set-RetentionCompliancePolicy Set-RetentionComplianceRule Set-AppRetentionCompliancePolicy
     Set-AppRetentionComplianceRule Set-RetentionPolicy Set-RetentionPolicyTag`,
    change('retention', notEnforced),
  ),
  ...each('Remove-CaseHoldPolicy Remove-CaseHoldRule HoldRemoved CaseRemoved', change('legal_hold')),
  // What was searched and exported, and what it found: gone with it. The cmdlets behind these are logged once more, and would count twice.
  ...each(
    `SearchRemoved SearchReportRemoved RemovedSearchExported RemovedSearchPreviewed RemovedSearchResultsPurged
     RemovedSearchResultsSentToZoom SearchResultsPurged`,
    change('traces'),
  ),
  ...each('Set-CaseHoldPolicy Set-CaseHoldRule HoldUpdated', change('legal_hold', notEnforced)),
  ...each(
    'Set-AdminAuditLogConfig',
    change('logging', (said) => !isOn(said(/^(UnifiedAuditLogIngestion|AdminAuditLog)Enabled$/))),
  ),
  ...each('Remove-UnifiedAuditLogRetentionPolicy Set-UnifiedAuditLogRetentionPolicy', change('logging')),
  ...each(
    'Set-MailboxAuditBypassAssociation',
    change('logging', (said) => !isOff(said(/^AuditBypassEnabled$/))),
  ),
  ...each(
    'New-TransportRule Set-TransportRule Enable-TransportRule Disable-TransportRule Remove-TransportRule',
    change('sharing'),
  ),
  ...each(
    'Set-RemoteDomain Set-HostedOutboundSpamFilterPolicy',
    change('sharing', (said) => !isOff(said(/^AutoForward/))),
  ),
  ...each('New-OutboundConnector', change('sharing')),
  ...each('SharingPolicyChanged Set-SPOTenant', change('sharing')),
  ...each('DeviceAccessPolicyChanged NetworkAccessPolicyChanged', change('authentication')),
  ...each(
    `Add-RoleGroupMember Update-RoleGroupMember New-ManagementRoleAssignment Add-eDiscoveryCaseAdmin Add-ComplianceCaseMember
     SiteCollectionAdminAdded`,
    { kind: 'role_change', weakens: 'role' },
  ),
};
export const AUDIT_CONTROLS: Readonly<Record<string, EventKind>> = Object.fromEntries(
  Object.entries(AUDIT).map(([name, { kind }]) => [name, kind]),
);

/** Of the many settings of a mailbox those that keep its mail or its log. */
const MAILBOX: readonly Control[] = [
  { name: /^LitigationHoldEnabled$/, weakens: 'legal_hold' },
  { name: /^SingleItemRecoveryEnabled$/, weakens: 'retention' },
  { name: /^AuditEnabled$/, weakens: 'logging' },
];

/** What an operation of the unified log takes away; undefined for everything else, and for a change that made it stricter. */
export function weakensInAudit(operation: string, said: Said): WeakenedControl | undefined {
  if (operation === 'Set-Mailbox') return MAILBOX.find((c) => isOff(said(c.name)))?.weakens;
  const control = AUDIT[operation];
  return control === undefined || control.if?.(said) === false ? undefined : control.weakens;
}
