import type { EventKind, LogSource } from '../../../domain/evidence.js';
import { EXPORTS_DELETED } from '../controls.js';
import { named, words } from './action-names.js';

/** Actions of the Audit Logs API by the kind of event they are; a name may end in `*`. */
export type ActionsByKind = Readonly<Partial<Record<EventKind, readonly string[]>>>;

export interface AuditRead {
  /** Source id. */
  readonly id: string;
  readonly logSource: LogSource;
  /** What the subject did. */
  readonly actions: ActionsByKind;
  /** What others did to the subject, where that is asked for too. */
  readonly about?: readonly string[];
  /** What others did to many at once: the entry is of the workspace, and whom it is about stands in its details. */
  readonly aboutMany?: readonly string[];
  /** What anybody did that matters for everybody: IT's approval of an app. */
  readonly anybody?: readonly string[];
}
export type AuditActionTable = readonly AuditRead[];

const RESETS = words(`
  user_session_reset_by_admin user_session_invalidated user_session_settings_changed
  user_sessions_reset_by_circuit_breaker
`);
const EXPORTS = ['manual', 'scheduled', 'channels', 'manual_user', 'channel_audit'].flatMap((of) =>
  ['started', 'completed', 'downloaded'].map((did) => `${of}_export_${did}`),
);
/** What AI clients do by Slack's MCP server for the person, as far as it reads. */
const READ_BY_TOOL = words(`
  read_channel read_thread read_file read_canvas read_list read_user_profile list_channel_members list_user_channels
  search_public search_public_and_private search_channels search_users
`).map((tool) => `mcp_slack_${tool}_tool_called`);

/**
 * Which audit entries matter, by row of the playbook. Names: live list of the Audit Logs API (2026-08). Short lists are asked for by
 * name; a list with wildcards is picked out of everything the subject did. Slack logs no reading of messages by API, no posting, no
 * single search and no revoked token. What is in no list stands in `audit-unread.ts`, with the reason.
 */
export const AUDIT_ACTIONS: AuditActionTable = [
  {
    id: 'slack.audit_logs.access',
    logSource: 'user_access',
    actions: {
      sign_in: ['user_login'],
      sign_in_failed: ['user_login_failed', 'ip_allowlist_access_denied'],
      session: ['user_logout', 'user_logout_compromised'],
      credential_change: words(`
        user_password_reset_requested user_password_reset_by_admin user_password_reset_slack_security user_email_updated
        user_passkey_created user_passkey_removed
      `),
      account_change: [
        ...words(`
          user_created guest_created user_deactivated guest_deactivated user_reactivated guest_reactivated
          guest_expiration_set guest_expiration_cleared guest_expired user_merged guest_transferred_to_external_user
          bulk_session_reset_by_admin
        `),
        ...RESETS,
      ],
    },
    about: [
      ...words(`
        user_password_reset_by_admin user_password_reset_slack_security user_email_updated user_deactivated
        guest_deactivated user_reactivated guest_reactivated guest_expiration_set guest_expiration_cleared guest_expired
        user_merged guest_transferred_to_external_user
      `),
      ...RESETS,
    ],
    aboutMany: words(
      'bulk_session_reset_by_admin user_session_settings_changed user_sessions_reset_by_circuit_breaker',
    ),
  },
  {
    id: 'slack.audit_logs.files',
    logSource: 'file_transfer',
    actions: {
      file_download: words(`
        file_downloaded file_downloaded_blocked file_download_blocked canvas_downloaded list_downloaded
      `),
      file_view: words(`
        canvas_opened list_opened slack_ai_file_summary_generated slack_ai_file_summary_translation_generated
      `),
      file_upload: ['file_uploaded', 'file_upload_blocked_by_type'],
      share: words(`
        file_shared file_share_blocked_by_type file_public_link_created canvas_shared canvas_access_added
        canvas_access_upgraded canvas_linksharing_enabled list_shared list_access_added list_access_upgraded
        list_linksharing_enabled private_message_forwarded private_channel_converted_to_public
        channel_email_address_created external_shared_channel_invite_sent external_shared_channel_invite_created
        external_shared_channel_invite_accepted external_shared_channel_invite_approved
        external_shared_channel_connected external_shared_channel_reconnected external_shared_channel_access_upgraded
        connect_dm_invite_generated connect_dm_invite_accepted
      `),
      export: [
        ...EXPORTS,
        ...words(`
          search_query_audit_logs_export_started search_query_audit_logs_export_completed
          search_query_audit_logs_export_downloaded audit_logs_export_csv_started audit_logs_export_json_started
          security_settings_export_started security_settings_export_completed export_private_channel_analytics_created
          workflow_responses_csv_download
        `),
      ],
    },
  },
  {
    id: 'slack.audit_logs.chat',
    logSource: 'chat_history',
    actions: {
      conversation_read: [
        // Who joins a channel can read all of it.
        ...words(`
          user_channel_join guest_channel_join public_channel_preview message_activity_viewed slack_ai_summary_requested
          slack_ai_message_explanation_generated slack_ai_mcp_tool_called slack_ai_mcp_resource_read
        `),
        ...READ_BY_TOOL,
      ],
    },
  },
  {
    id: 'slack.audit_logs.integration',
    logSource: 'integration',
    actions: {
      app_grant: words(`
        app_installed app_scopes_expanded app_approved app_resources_granted app_resources_added app_token_preserved
        workflow_app_token_preserved bot_token_upgraded bot_token_downgraded org_app_installed org_app_workspace_added
        org_app_upgraded_to_org_install child_app_auto_installed app_mcp_server_* cli_login cli_app_deploy
        cli_app_install external_auth_oauth2_token_fetched
      `),
      role_change: words(`
        role_change_to_* owner_transferred org_owner_created role_assigned role_removed permissions_assigned
        permissions_removed role_added_to_usergroup role_modified_on_usergroup role_removed_from_usergroup
        user_added_to_usergroup service_owner_transferred
      `),
      config_change: [
        ...words(`
          pref.* prefs_setting_changed auth_policy_* idp_* enterprise_managed_auth_* seamless_auth_* domain_*
          ip_allowlist_enabled ip_allowlist_disabled team_authorized_ip_range_* flexible_access_control_set intune_*
          native_dlp_* ekm_* barrier_* legal_hold_policy_* corporate_exports_* organization_channel_audit_export_enabled
          workspace_channel_audit_export_enabled export_app_configuration_* approved_orgs_* slack_connect_*
          channel_retention_changed channel_restrict_* channel_exclude_from_slack_ai_updated
          user_anomaly_event_response_allowlist_changed user_anomaly_event_reponse_allowlist_changed
          usergroup_anomaly_event_response_allowlist_changed
        `),
        ...EXPORTS_DELETED,
        ...words(`
          search_query_audit_logs_export_deleted public_channel_deleted private_channel_deleted
          data_deletion_date_changed
        `),
        ...words(`
          app_manifest_created app_manifest_updated app_collaborator_added app_deployed app_uninstalled app_deleted
          app_restricted app_removed_from_whitelist admin_app_config_updated app_allowlist_rule_created
          app_allowlist_rule_updated app_allowlist_rule_activated app_allowlist_rule_deactivated
          app_allowlist_rule_deleted app_allowlist_rule_reordered app_allowlist_scopes_rating_updated
          org_app_uninstalled org_app_workspace_removed org_app_future_workspace_install_* child_app_auto_install_*
          child_app_manifest_* slack_ai_mcp_tool_permission_changed slack_ai_mcp_connector_changed
          salesforce_mcp_server_* salesforce_access_granted workflow_created workflow_published workflow_v2_published
          workflow_trigger_permission_*
        `),
      ],
    },
    about: words(`
      role_change_to_owner role_change_to_admin role_change_to_user role_change_to_guest owner_transferred
      org_owner_created
    `),
    anybody: ['app_approved'],
  },
  {
    id: 'slack.audit_logs.alerts',
    logSource: 'platform_alerts',
    actions: {
      platform_alert: words(`
        anomaly audit_logs_records_searched_anomaly file_malicious_content_detected workflow_trigger_suspicious_keyword
        workflow_ai_answer_suspicious_prompt user_sessions_reset_by_anomaly_event_response
      `),
    },
    about: ['anomaly', 'user_sessions_reset_by_anomaly_event_response'],
    aboutMany: ['user_sessions_reset_by_anomaly_event_response'],
  },
];

/** Kind of an action; undefined for those that do not matter here. Exact names win over wildcards. */
export function kindOf(actions: ActionsByKind, action: string): EventKind | undefined {
  const entries = Object.entries(actions) as readonly [EventKind, readonly string[]][];
  const exact = entries.find(([, names]) => names.includes(action));
  return (exact ?? entries.find(([, names]) => named(names, action) !== undefined))?.[0];
}

/** Lists of at most 30 names, the vendor's limit; undefined when the names cannot be listed and everything must be read. */
export function nameLists(actions: ActionsByKind): readonly (readonly string[])[] | undefined {
  const names = Object.values(actions).flat();
  if (names.some((n) => n.endsWith('*'))) return undefined;
  return Array.from({ length: Math.ceil(names.length / 30) }, (_, i) => names.slice(i * 30, i * 30 + 30));
}
