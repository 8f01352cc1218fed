/**
 * What Google's logs hold and what is done with it: every event that shows collection, credentials or control, by application and name as
 * the Reports API documents them (developers.google.com, Reports API, "Activity events"). A text in capitals or lower case is what the event
 * means to the reader of that log; `not` says why one is left out. What is not here says nothing about the playbook.
 */
export type Meaning<M extends string> = M | { readonly not: string };
type Table<M extends string> = Readonly<Record<string, Meaning<M>>>;

const not = (why: string): { readonly not: string } => ({ not: why });
const table = <M extends string>(events: Table<M>): Table<M> => events;

const SIDE = not('a side effect of another event, told there');
const CONTEXT = not('work on a file or in a room that takes nothing out and opens nothing');

export type LoginMeaning = 'success' | 'failure' | 'challenge' | 'alert' | 'credential' | 'forwarding';
/** Applications `login` and `user_accounts`. Warnings name the person in `affected_email_address`. */
export const LOGIN_EVENTS = table<LoginMeaning>({
  login_success: 'success',
  login_failure: 'failure',
  login_challenge: 'challenge',
  login_verification: 'challenge',
  logout: not('the end of a session; what was done in it stands in other rows'),
  risky_sensitive_action_allowed: 'alert',
  risky_sensitive_action_blocked: 'alert',
  suspicious_login: 'alert',
  suspicious_login_less_secure_app: 'alert',
  suspicious_programmatic_login: 'alert',
  user_signed_out_due_to_suspicious_session_cookie: 'alert',
  account_disabled_password_leak: 'alert',
  account_disabled_hijacked: 'alert',
  account_disabled_generic: 'alert',
  account_disabled_spamming: 'alert',
  account_disabled_spamming_through_relay: 'alert',
  gov_attack_warning: 'alert',
  passkey_enrolled: 'credential',
  passkey_removed: 'credential',
  '2sv_disable': 'credential',
  '2sv_enroll': 'credential',
  password_edit: 'credential',
  recovery_email_edit: 'credential',
  recovery_phone_edit: 'credential',
  recovery_secret_qa_edit: 'credential',
  titanium_enroll: 'credential',
  titanium_unenroll: 'credential',
  email_forwarding_out_of_domain: 'forwarding',
  blocked_sender: not('whom a person no longer gets mail from; what is hidden in the mailbox is found there'),
});

export type DriveMeaning = 'taken' | 'viewed' | 'put' | 'user' | 'scope' | 'published' | 'owner' | 'member';
export const DRIVE_EVENTS = table<DriveMeaning>({
  download: 'taken',
  copy: 'taken',
  source_copy: 'taken',
  print: 'taken',
  email_as_attachment: 'taken',
  export: 'taken',
  sync_item_content: 'taken',
  download_forms_response: 'taken',
  view: 'viewed',
  preview: 'viewed',
  access_item_content: 'viewed',
  access_url: 'viewed',
  sheets_import_range: 'viewed',
  upload: 'put',
  change_user_access: 'user',
  change_document_visibility: 'scope',
  change_document_access_scope: 'scope',
  publish_change: 'published',
  change_owner: 'owner',
  shared_drive_membership_change: 'member',
  team_drive_membership_change: 'member',
  change_user_access_hierarchy_reconciled: SIDE,
  change_document_visibility_hierarchy_reconciled: SIDE,
  change_document_access_scope_hierarchy_reconciled: SIDE,
  change_owner_hierarchy_reconciled: SIDE,
  change_acl_editors: not('who may pass a file on; what is passed on has a row of its own'),
  shared_drive_settings_change: not('a setting of a shared drive; what is shared by it has a row of its own'),
  team_drive_settings_change: not('a setting of a shared drive; what is shared by it has a row of its own'),
  sheets_import_range_access_change: not('lets one sheet read another; the reading is `sheets_import_range`'),
  email_collaborators: not('a notice to people who have access already'),
  request_access: not('asks for access, and gives none'),
  deny_access_request: not('gives no access'),
  create: CONTEXT,
  edit: CONTEXT,
  rename: CONTEXT,
  move: CONTEXT,
  add_to_folder: CONTEXT,
  remove_from_folder: CONTEXT,
  search: not('names no file'),
  connected_sheets_query: not('reads BigQuery, which has a log of its own'),
  trash: not('takes nothing; the files are told by the rows before'),
  delete: not('takes nothing; the files are told by the rows before'),
  untrash: CONTEXT,
});

export type ChatMeaning = 'read' | 'download' | 'upload' | 'message' | 'app' | 'role' | 'member' | 'history' | 'erased';
/** Messages with history off are not logged. */
export const CHAT_EVENTS = table<ChatMeaning>({
  conversation_read: 'read',
  attachment_download: 'download',
  attachment_upload: 'upload',
  message_posted: 'message',
  message_edited: not('the message is told by its own row'),
  message_deleted: 'erased',
  app_added: 'app',
  app_invoked: not('what an app reads stands in the log of tokens'),
  app_removed: not('takes access away'),
  role_updated: 'role',
  add_room_member: 'member',
  invite_send: 'member',
  remove_room_member: not('takes access away'),
  invite_accept: not('told by the invitation'),
  invite_decline: not('gives no access'),
  history_turned_off: 'history',
  history_turned_on: 'history',
  room_created: CONTEXT,
  room_deleted: not('what was in it is told by its own rows'),
  room_details_updated: CONTEXT,
  room_name_updated: CONTEXT,
  room_left: CONTEXT,
  room_unblocked: CONTEXT,
  direct_message_started: CONTEXT,
  message_reported: not('another person’s judgement of a message'),
  message_report_resolved: not('another person’s judgement of a message'),
  reaction_added: CONTEXT,
  reaction_removed: CONTEXT,
  emoji_created: CONTEXT,
  emoji_deleted: CONTEXT,
  custom_status_updated: CONTEXT,
  block_user: CONTEXT,
  block_room: CONTEXT,
  user_unblocked: CONTEXT,
  unread_timestamp_updated: CONTEXT,
});

export const TOKEN_EVENTS = table<'grant' | 'call'>({
  authorize: 'grant',
  activity: 'call',
  revoke: not('takes access away'),
  deny: not('gives no access'),
  request: not('asks an administrator for access, and gives none'),
});

export const TAKEOUT_EVENTS = table<'export'>({
  STARTED_USER_TAKEOUT: 'export',
  COMPLETED_USER_TAKEOUT: 'export',
  DOWNLOADED_USER_TAKEOUT: 'export',
  SCHEDULED_USER_TAKEOUT: 'export',
});

/** Application `rules`: data loss prevention, trust rules, labels and activity rules. */
export const RULE_EVENTS = table<'alert'>({
  rule_match: 'alert',
  rule_trigger: 'alert',
  action_complete: 'alert',
  content_matched: 'alert',
  sharing_blocked: 'alert',
  access_blocked: 'alert',
  label_applied: 'alert',
  label_field_value_changed: 'alert',
  label_removed: 'alert',
  content_unmatched: not('the content no longer sets a rule off'),
});

/** Logs of the Reports API that are not read at all, and why. `admin` and `vault` are read whole: see `admin.ts` and `controls.ts`. */
export const UNREAD_LOGS: Readonly<Record<string, string>> = {
  saml: 'into which other app somebody went on with a session that the log of sign-ins shows; that app’s own log says what was done there',
  context_aware_access: 'whom Context-Aware Access kept out; it is part of few editions, and nobody got in',
  gmail:
    'every mail that went through, for at most 30 days a call and of few editions; the mailbox itself is read instead',
  mobile: 'devices by their own ids, which no other log of Google names',
  groups: 'members of groups; what a group may open is told by the files that are shared with it',
  groups_enterprise: 'members of groups; what a group may open is told by the files that are shared with it',
  meet: 'calls, which hold no messages; recordings lie in Drive',
  keep: 'notes',
  calendar: 'appointments',
};
