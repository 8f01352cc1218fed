import { z } from 'zod';
import type { WeakenedControl } from '../../domain/evidence.js';

interface Control {
  /** Action of the audit log; `*` at the end stands for anything. */
  readonly action: string;
  readonly weakens: WeakenedControl;
  /** True when the new value makes it stricter. Where the entry has none nobody knows: then it counts. */
  readonly stricter?: (after: string) => boolean;
}

const OFF = /^(off|false|0|no|none|disabled|optional|not_required|)$/i;
const ON = /^(on|true|1|yes|enabled|required|mandatory)$/i;
const turnedOn = (after: string): boolean => ON.test(after);
const turnedOff = (after: string): boolean => OFF.test(after);

/** An export that is deleted leaves nothing that could be looked at. */
export const EXPORTS_DELETED: readonly string[] = [
  'manual',
  'scheduled',
  'channels',
  'manual_user',
  'channel_audit',
].map((kind) => `${kind}_export_deleted`);

/**
 * Actions that take a protection away, first match wins. Names: live list of the Audit Logs API (2026-08). An addition (a rule made, a hold
 * created, an address list switched on) is none.
 */
const CONTROLS: readonly Control[] = [
  { action: 'pref.sso_setting_changed', weakens: 'authentication', stricter: turnedOn },
  { action: 'pref.two_factor_auth_changed', weakens: 'authentication', stricter: turnedOn },
  { action: 'pref.two_factor_prevent_sms_changed', weakens: 'authentication', stricter: turnedOn },
  { action: 'pref.session_duration*', weakens: 'authentication' },
  { action: 'pref.mobile_session_duration_changed', weakens: 'authentication' },
  { action: 'pref.enterprise_mobile_device_check', weakens: 'authentication', stricter: turnedOn },
  { action: 'pref.anomaly_event_response_changed', weakens: 'authentication', stricter: turnedOn },
  { action: 'auth_policy_created', weakens: 'authentication' },
  { action: 'auth_policy_entity_assigned', weakens: 'authentication' },
  { action: 'ip_allowlist_disabled', weakens: 'authentication' },
  { action: 'team_authorized_ip_range_*', weakens: 'authentication' },
  { action: 'intune_disabled', weakens: 'authentication' },
  // Slack spells one of them in two ways.
  { action: 'user_anomaly_event_response_allowlist_changed', weakens: 'authentication' },
  { action: 'user_anomaly_event_reponse_allowlist_changed', weakens: 'authentication' },
  { action: 'usergroup_anomaly_event_response_allowlist_changed', weakens: 'authentication' },
  { action: 'idp_*', weakens: 'federation' },
  { action: 'enterprise_managed_auth_disabled', weakens: 'federation' },
  { action: 'enterprise_managed_auth_rebound', weakens: 'federation' },
  { action: 'domain_email_unrestricted', weakens: 'federation' },
  { action: 'pref.ext_audit_log_retention_duration_changed', weakens: 'logging' },
  { action: 'ekm_unenrolled', weakens: 'logging' },
  { action: 'native_dlp_rule_deactivated', weakens: 'dlp' },
  { action: 'native_dlp_violation_deleted', weakens: 'dlp' },
  { action: 'pref.dlp_access_changed', weakens: 'dlp' },
  { action: 'pref.*retention*', weakens: 'retention' },
  { action: 'channel_retention_changed', weakens: 'retention' },
  { action: 'pref.allow_message_deletion', weakens: 'retention', stricter: turnedOff },
  { action: 'pref.msg_edit_window_mins', weakens: 'retention' },
  { action: 'legal_hold_policy_released', weakens: 'legal_hold' },
  { action: 'legal_hold_policy_deleted', weakens: 'legal_hold' },
  { action: 'legal_hold_policy_updated', weakens: 'legal_hold' },
  { action: 'legal_hold_policy_entities_deleted', weakens: 'legal_hold' },
  ...EXPORTS_DELETED.map((action) => ({ action, weakens: 'traces' as const })),
  { action: 'search_query_audit_logs_export_deleted', weakens: 'traces' },
  { action: 'public_channel_deleted', weakens: 'traces' },
  { action: 'private_channel_deleted', weakens: 'traces' },
  { action: 'role_change_to_owner', weakens: 'role' },
  { action: 'role_change_to_admin', weakens: 'role' },
  { action: 'owner_transferred', weakens: 'role' },
  { action: 'org_owner_created', weakens: 'role' },
  { action: 'role_assigned', weakens: 'role' },
  { action: 'permissions_assigned', weakens: 'role' },
  { action: 'role_added_to_usergroup', weakens: 'role' },
  { action: 'pref.disallow_public_file_urls', weakens: 'sharing', stricter: turnedOn },
  { action: 'pref.block_*', weakens: 'sharing', stricter: turnedOn },
  { action: 'pref.who_can_*', weakens: 'sharing' },
  { action: 'pref.can_receive_shared_channels_invites', weakens: 'sharing', stricter: turnedOff },
  { action: 'pref.app_whitelist_enabled', weakens: 'sharing', stricter: turnedOn },
  { action: 'pref.app_dir_only', weakens: 'sharing', stricter: turnedOn },
  { action: 'app_allowlist_rule_deactivated', weakens: 'sharing' },
  { action: 'app_allowlist_rule_deleted', weakens: 'sharing' },
  { action: 'approved_orgs_added', weakens: 'sharing' },
  { action: 'slack_connect_pref_set', weakens: 'sharing' },
  { action: 'corporate_exports_*', weakens: 'sharing' },
  { action: 'organization_channel_audit_export_enabled', weakens: 'sharing' },
  { action: 'workspace_channel_audit_export_enabled', weakens: 'sharing' },
  { action: 'barrier_deleted', weakens: 'sharing' },
  { action: 'private_channel_converted_to_public', weakens: 'sharing' },
];

const PATTERNS = CONTROLS.map((control) => {
  const [head = '', ...rest] = control.action.split('*');
  return { control, head, rest };
});
const controlOf = (action: string): Control | undefined =>
  PATTERNS.find(({ head, rest }) =>
    rest.length === 0
      ? head === action
      : action.startsWith(head) && rest.every((part) => action.slice(head.length).includes(part)),
  )?.control;

/** A list's change (rules, ranges) is told as an object: then only that it changed is known. */
const word = z.union([z.string(), z.number(), z.boolean()]).transform(String).optional().catch(undefined);

/** What the action takes away; undefined for everything else, and for a change that made it stricter. */
export function weakens(action: string, details: Readonly<Record<string, unknown>>): WeakenedControl | undefined {
  const control = controlOf(action);
  const after = control?.stricter && word.parse(details['new_value']);
  return after !== undefined && control?.stricter?.(after) === true ? undefined : control?.weakens;
}

const named = z.union([z.string(), z.looseObject({ name: z.string() }).transform((r) => r.name)]);

/** The role that an action gives or takes: in its name, else that of the entity, else what the details say. */
export function roleGiven(
  action: string,
  details: Readonly<Record<string, unknown>>,
  role: { readonly id: string; readonly name?: string | null | undefined } | null | undefined,
): string | undefined {
  const own =
    /^role_change_to_(.+)$/.exec(action)?.[1] ??
    (/^(owner_transferred|org_owner_created)$/.test(action) ? 'owner' : undefined);
  return own ?? (role ? role.name || role.id : named.safeParse(details['role'] ?? details['changed_permissions']).data);
}
