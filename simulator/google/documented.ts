import type { Application } from './activities.js';

const IN_CAPITALS = /^[A-Z0-9_]+$/;

/**
 * Event names by application, as Google documents them (developers.google.com, Reports API, "Activity events"): a search for another one is
 * refused. The admin log has hundreds, all in capitals.
 */
export const DOCUMENTED: Readonly<Record<Application, readonly string[] | RegExp>> = {
  login: [
    ...['login_success', 'login_failure', 'login_challenge', 'login_verification', 'logout'],
    ...['risky_sensitive_action_allowed', 'risky_sensitive_action_blocked', 'blocked_sender'],
    ...['suspicious_login', 'suspicious_login_less_secure_app', 'suspicious_programmatic_login'],
    ...['user_signed_out_due_to_suspicious_session_cookie', 'account_disabled_password_leak', 'gov_attack_warning'],
    ...['account_disabled_generic', 'account_disabled_hijacked', 'account_disabled_spamming'],
    ...['account_disabled_spamming_through_relay', 'passkey_enrolled', 'passkey_removed'],
    ...['2sv_disable', '2sv_enroll', 'password_edit', 'recovery_email_edit', 'recovery_phone_edit'],
    ...['recovery_secret_qa_edit', 'titanium_enroll', 'titanium_unenroll', 'email_forwarding_out_of_domain'],
  ],
  user_accounts: [
    ...['2sv_disable', '2sv_enroll', 'password_edit', 'recovery_email_edit', 'recovery_phone_edit'],
    ...['recovery_secret_qa_edit', 'titanium_enroll', 'titanium_unenroll', 'email_forwarding_out_of_domain'],
  ],
  token: ['authorize', 'revoke', 'deny', 'request', 'activity'],
  admin: IN_CAPITALS,
  chat: [
    ...['conversation_read', 'attachment_download', 'attachment_upload', 'message_posted', 'message_edited'],
    ...['message_deleted', 'add_room_member', 'remove_room_member', 'role_updated', 'invite_send', 'app_added'],
    ...['app_invoked', 'app_removed', 'room_created', 'room_deleted', 'history_turned_on', 'history_turned_off'],
  ],
  drive: [
    ...['view', 'preview', 'edit', 'create', 'upload', 'download', 'copy', 'source_copy', 'print', 'move', 'rename'],
    ...['trash', 'untrash', 'delete', 'email_as_attachment', 'sync_item_content', 'access_item_content'],
    ...['change_user_access', 'change_document_visibility', 'change_document_access_scope', 'change_owner'],
    ...['change_acl_editors', 'publish_change', 'shared_drive_membership_change', 'sheets_import_range'],
  ],
  takeout: IN_CAPITALS,
  vault: /^[a-z_]+$/,
  rules: [
    ...['rule_match', 'rule_trigger', 'action_complete', 'content_matched', 'content_unmatched', 'sharing_blocked'],
    ...['label_applied', 'label_field_value_changed', 'label_removed'],
  ],
};

export function isEvent(application: Application, name: string): boolean {
  const known = DOCUMENTED[application];
  return known instanceof RegExp ? known.test(name) : known.includes(name);
}
