/** Actions that the simulated Audit Logs API knows, by Slack's own groups (names of its live list, 2026-08). */
export const AUDIT_GROUPS: Readonly<Record<string, readonly string[]>> = {
  user: words(`
    user_login user_login_failed user_logout user_logout_compromised ip_allowlist_access_denied
    user_password_reset_requested user_password_reset_by_admin user_password_reset_slack_security
    user_email_updated user_passkey_created user_passkey_removed user_profile_updated user_session_reset_by_admin
    user_session_invalidated user_session_settings_changed user_sessions_reset_by_anomaly_event_response
    user_sessions_reset_by_circuit_breaker connect_dm_invite_generated connect_dm_invite_accepted
    role_change_to_owner role_change_to_admin owner_transferred role_change_to_user role_change_to_guest
    user_created guest_created user_joined_workspace user_deactivated guest_deactivated guest_expiration_set
    guest_expiration_cleared user_reactivated guest_reactivated user_anomaly_event_response_allowlist_changed
  `),
  anomaly: words(`
    anomaly
  `),
  workspace_or_org: words(`
    audit_logs_records_searched_anomaly bulk_session_reset_by_admin slack_ai_summary_requested
    mcp_slack_read_channel_tool_called mcp_slack_read_thread_tool_called mcp_slack_read_file_tool_called
    mcp_slack_read_canvas_tool_called mcp_slack_read_user_profile_tool_called
    mcp_slack_list_channel_members_tool_called mcp_slack_list_user_channels_tool_called
    mcp_slack_search_public_tool_called mcp_slack_search_public_and_private_tool_called
    mcp_slack_search_channels_tool_called mcp_slack_search_users_tool_called slack_ai_mcp_tool_called
    search_query_audit_logs_export_started search_query_audit_logs_export_completed
    search_query_audit_logs_export_downloaded manual_export_started manual_export_completed
    manual_export_downloaded manual_export_deleted scheduled_export_started scheduled_export_completed
    scheduled_export_downloaded scheduled_export_deleted channels_export_started channels_export_completed
    channels_export_downloaded channels_export_deleted manual_user_export_started manual_user_export_completed
    manual_user_export_downloaded manual_user_export_deleted channel_audit_export_started
    channel_audit_export_completed channel_audit_export_downloaded channel_audit_export_deleted
    corporate_exports_approved corporate_exports_enabled audit_logs_export_csv_started
    audit_logs_export_json_started audit_logs_records_searched security_settings_export_started
    approved_orgs_added slack_connect_pref_set pref.sso_setting_changed pref.two_factor_auth_changed
    pref.two_factor_prevent_sms_changed pref.disallow_public_file_urls pref.block_file_download_for_unapproved_ip
    pref.block_download_and_copy_on_untrusted_mobile pref.enterprise_mobile_device_check
    pref.session_duration_changed pref.session_duration_type_changed pref.mobile_session_duration_changed
    pref.anomaly_event_response_changed pref.app_whitelist_enabled pref.app_dir_only pref.dlp_access_changed
    pref.public_channel_retention_changed pref.private_channel_retention_changed pref.dm_retention_changed
    pref.file_retention_changed pref.retention_override_changed pref.ext_audit_log_retention_duration_changed
    pref.allow_message_deletion pref.msg_edit_window_mins pref.who_can_manage_ext_shared_channels
    pref.can_receive_shared_channels_invites pref.who_can_dm_anyone prefs_setting_changed auth_policy_created
    auth_policy_entity_assigned idp_configuration_added idp_configuration_deleted idp_prod_configuration_updated
    ip_allowlist_disabled team_authorized_ip_range_added team_authorized_ip_range_set intune_disabled
    ekm_unenrolled auth_policy_entity_removed ip_allowlist_enabled team_authorized_ip_range_removed
  `),
  file: words(`
    file_downloaded file_downloaded_blocked file_download_blocked file_uploaded file_shared
    file_public_link_created file_public_link_revoked file_deleted file_malicious_content_detected
  `),
  canvas: words(`
    canvas_opened canvas_downloaded canvas_shared canvas_linksharing_enabled canvas_access_added
  `),
  list: words(`
    list_opened list_downloaded list_linksharing_enabled
  `),
  channel: words(`
    public_channel_preview user_channel_join user_channel_leave guest_channel_join dm_user_added
    public_channel_created private_channel_created private_channel_converted_to_public
    public_channel_converted_to_private group_converted_to_channel mpim_converted_to_private
    channel_workspaces_updated channel_email_address_created public_channel_deleted private_channel_deleted
    public_channel_archive private_channel_archive channel_retention_changed
    channel_restrict_message_and_file_sharing_updated channel_restrict_guests_updated
    external_shared_channel_invite_sent external_shared_channel_invite_created
    external_shared_channel_invite_accepted external_shared_channel_invite_approved
    external_shared_channel_connected external_shared_channel_reconnected external_shared_channel_access_upgraded
    connect_dm_invite_generated connect_dm_invite_accepted external_shared_channel_disconnected
    service_owner_transferred
  `),
  message: words(`
    private_message_forwarded message_activity_viewed permissions_assigned message_tombstoned
  `),
  workflow_builder: words(`
    workflow_responses_csv_download workflow_created
  `),
  app: words(`
    app_installed app_scopes_expanded app_approved app_resources_granted app_token_preserved
    workflow_app_token_preserved bot_token_upgraded bot_token_downgraded org_app_installed org_app_workspace_added
    org_app_upgraded_to_org_install child_app_auto_installed app_manifest_updated app_collaborator_added
    app_mcp_server_added app_uninstalled org_app_uninstalled org_app_workspace_removed app_restricted
    app_removed_from_whitelist
  `),
  slack_cli: words(`
    cli_login cli_app_deploy
  `),
  workflow_v2: words(`
    workflow_v2_published workflow_trigger_suspicious_keyword external_auth_oauth2_token_fetched
  `),
  role: words(`
    role_assigned role_removed
  `),
  account_type_role: words(`
    permissions_assigned
  `),
  subteam: words(`
    role_added_to_usergroup user_added_to_usergroup
  `),
  native_dlp: words(`
    native_dlp_rule_deactivated native_dlp_rule_action_applied native_dlp_violation_deleted
  `),
  barrier: words(`
    barrier_deleted barrier_updated barrier_created
  `),
  legal_hold: words(`
    legal_hold_policy_released legal_hold_policy_created
  `),
};

export const AUDIT_ACTION_NAMES: ReadonlySet<string> = new Set(Object.values(AUDIT_GROUPS).flat());

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
