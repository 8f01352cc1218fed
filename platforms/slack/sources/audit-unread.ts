import { named, words } from './action-names.js';

/** Actions that no source reads, and why; a name may end in `*`. What `audit-actions.ts` has is read all the same. */
export const UNREAD: readonly { readonly actions: readonly string[]; readonly because: string }[] = [
  {
    because: 'takes away or ends what was given: nothing gets out by it, and it proves our own containment',
    actions: words(`
      file_public_link_revoked canvas_access_downgraded canvas_access_revoked canvas_linksharing_disabled
      canvas_unshared canvas_restricted_sharing_* list_access_downgraded list_access_revoked list_linksharing_disabled
      list_restricted_sharing_* channel_email_address_deleted external_shared_channel_disconnected
      external_shared_channel_disconnect_and_archived external_shared_channel_access_downgraded
      external_shared_channel_invite_declined external_shared_channel_invite_expired
      external_shared_channel_invite_revoked external_shared_channel_invite_auto_revoked
      external_shared_channel_invite_request_denied connect_dm_invite_revoked connect_dm_invite_ignored
      external_user_disconnected public_channel_converted_to_private app_collaborator_removed
      external_auth_oauth2_token_deleted cli_logout cli_app_delete user_removed_from_usergroup user_channel_leave
      guest_channel_leave salesforce_access_removed user_logout_non_compliant_mobile_app_version
      user_force_upgrade_non_compliant_mobile_app_version function_distribution_permission_removed
    `),
  },
  {
    because:
      'the deletion of a single thing is everyday work and looks the same whoever does it; Slack tells deletions in bulk as an anomaly, and the retention that would bring them back as a setting',
    actions: words(`
      file_deleted canvas_deleted canvas_tombstoned list_deleted list_tombstoned template_deleted workflow_deleted
      audit_logs_records_searched message_tombstoned message_restored ai_message_redacted
      ai_message_redaction_restored thread_hidden canvas_restored canvas_undeleted list_undeleted list_restored
      list_full_restored slack_ai_file_summary_deleted
    `),
  },
  {
    because:
      'a channel or a list of people is made or kept in order inside the organisation: who reads it joins it, which is read',
    actions: words(`
      public_channel_created private_channel_created public_channel_archive private_channel_archive
      public_channel_unarchive private_channel_unarchive mpim_converted_to_private group_converted_to_channel
      channel_workspaces_updated channel_moved channel_renamed channel_posting_* channel_membership_limit_*
      channel_can_huddle_* channel_enable_at_* channel_tab_* channel_template_provisioned channel_huddle_*
      channel_converted_to_record_channel channel_properties_updated record_channel_* featured_workflow_*
      external_shared_channel_invite_requested external_shared_channel_invite_request_approved
      external_shared_channel_host_transferred dm_user_added user_joined_workspace guest_joined_workspace
      default_channel_added_to_usergroup default_channel_removed_from_usergroup usergroup_*
      user_add_to_usergroup_failed user_bulk_upload_to_usergroup_started role_created role_updated role_deleted
    `),
  },
  {
    because:
      'how people and things show themselves, and reports about that to moderators: nobody gets in or reads by it',
    actions: words(`
      user_username_updated user_profile_* user_passkey_name_edited user_added_reminder custom_tos_* emoji_*
      message_flagged message_moderated message_flag_* channel_detail_flag* thread_replies_* sales_home_*
      record_shared
    `),
  },
  {
    because: 'work on a document inside the organisation: who opens or downloads it is read',
    actions: words(`
      canvas_created canvas_edited canvas_merged canvas_ownership_transferred canvas_converted_* canvas_template_*
      canvas_quip_* canvas_slack_ai_* canvas_share_limit_reached slack_ai_canvas_* slackbot_ai_canvas_* list_cell_*
      list_column_* list_converted_to_template list_created list_description_updated list_icon_updated list_row_*
      list_rows_* list_template_* list_title_updated list_todo_mode_updated list_view_* list_ownership_transferred
      list_default_view_updated list_slack_ai_* list_share_limit_reached template_created template_provisioned
      template_collaborator_* template_updated file_owner_reassigned_for_quip_migration
    `),
  },
  { because: 'a call: Slack logs who was in it, not what was said', actions: ['huddle_*', 'slack_ai_huddle_*'] },
  {
    because:
      'writes by an AI client or an app in the person’s name: the message itself is read where it stands, and the app where it was let in',
    actions: words(`
      mcp_slack_* slack_ai_mcp_message_sent slack_ai_mcp_link_opened slack_ai_suggested_todo_* slack_ai_todo_*
      slack_ai_message_rewriter slack_ai_message_translation_generated slack_ai_permissions_reset slack_ai_skill_*
      slack_ai_calendar_* slackbot_ai_shareable_prompt_created app_agentforce_* app_flows_* audit_logs_ai_summary_generated
    `),
  },
  {
    because: 'what an app or workflow keeps for itself: what it may reach is a grant, which is read',
    actions: words(`
      app_datastore_* app_variable_* app_allowlist_rule_matched agentforce_agent_* child_app_manager_disconnected
      workflow_unpublished workflow_modified function_distribution_permission_added
      function_distribution_permission_set external_auth_oauth2_token_refreshed
    `),
  },
  {
    because: 'numbers about use, without names of channels or contents',
    actions: words(
      'apps_analytics_export_* workflow_analytics_export_started slackbot_analytics_export_started search_query_audit_logs_max_rows_failure',
    ),
  },
  {
    because: 'the organisation’s own life at Slack: founding, moving, merging, contracts, support and other products',
    actions: words(`
      workspace_* organization_* org_verified org_unverified org_public_url_updated billing_address_added migration_*
      team.unsupportedVersions.* team_unsupported_versions_* team_accepted_* team_approved_* team_declined_* quip_*
      mc_user_* slack_support_* salesforce_permissions_synced salesforce_channels_retention_settings_synced
      sales_elevate_* contacts_import_* field_* license_* object_import_*
    `),
  },
];

/** Why no source reads an action; undefined for what nobody has decided about. */
export const unreadBecause = (action: string): string | undefined =>
  UNREAD.find(({ actions }) => named(actions, action) !== undefined)?.because;
