/** Login events that Google raises about an account; they name the person in a parameter, not as the actor. */
export const ACCOUNT_WARNINGS: readonly string[] = [
  'suspicious_login',
  'suspicious_login_less_secure_app',
  'suspicious_programmatic_login',
  'user_signed_out_due_to_suspicious_session_cookie',
  'account_disabled_password_leak',
  'account_disabled_hijacked',
  'account_disabled_generic',
  'gov_attack_warning',
];

/** Type of an event where it differs from its application's usual one. */
export const EVENT_TYPES: Readonly<Record<string, string>> = {
  '2sv_disable': '2sv_change',
  '2sv_enroll': '2sv_change',
  password_edit: 'password_change',
  recovery_email_edit: 'recovery_info_change',
  recovery_phone_edit: 'recovery_info_change',
  recovery_secret_qa_edit: 'recovery_info_change',
  titanium_enroll: 'titanium_change',
  titanium_unenroll: 'titanium_change',
  email_forwarding_out_of_domain: 'email_forwarding_change',
  change_user_access: 'acl_change',
  change_document_visibility: 'acl_change',
  change_document_access_scope: 'acl_change',
};
