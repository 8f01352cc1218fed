import { words } from '../../platforms/slack/sources/action-names.js';
import { Refusal } from './replies.js';

/** Arguments that Slack documents for each method, besides `token`; `*` marks those that it must have. */
const DOCUMENTED: Readonly<Record<string, string>> = {
  'auth.test': '',
  'team.accessLogs': 'before count page limit cursor team_id',
  'team.integrationLogs': 'app_id change_type service_id user count page team_id',
  'admin.users.session.list': 'user_id team_id limit cursor',
  'admin.users.session.reset': 'user_id* mobile_only web_only',
  'admin.users.session.invalidate': 'user_id* session_id* team_id*',
  'admin.audit.anomaly.allow.getItem': '',
  'admin.auth.policy.getEntities': 'policy_name* entity_type limit cursor',
  'admin.apps.restricted.list': 'team_id enterprise_id certified limit cursor',
  'admin.apps.approved.list': 'team_id enterprise_id certified limit cursor',
  'admin.apps.restrict': 'app_id request_id team_id enterprise_id',
  'admin.apps.approve': 'app_id request_id team_id enterprise_id',
  'admin.apps.clearResolution': 'app_id* team_id enterprise_id',
  'admin.apps.uninstall': 'app_id* enterprise_id team_ids',
  'users.info': 'user* include_locale',
  'users.lookupByEmail': 'email*',
  'users.list': 'limit cursor team_id include_locale',
  'users.conversations': 'user types exclude_archived limit cursor team_id',
  'conversations.info': 'channel* include_locale include_num_members',
  'conversations.history': 'channel* oldest latest inclusive limit cursor include_all_metadata',
  'conversations.replies': 'channel* ts* oldest latest inclusive limit cursor include_all_metadata',
  'conversations.open': 'users channel return_im prevent_creation',
  'files.list': 'user channel ts_from ts_to types count page team_id show_files_hidden_by_limit',
  'files.info': 'file* count page limit cursor',
  'files.delete': 'file*',
  'files.revokePublicURL': 'file*',
  'files.sharedPublicURL': 'file*',
  'chat.postMessage':
    'channel* text blocks attachments metadata thread_ts reply_broadcast unfurl_links unfurl_media mrkdwn parse link_names username icon_url icon_emoji as_user',
  'views.open': 'trigger_id view* interactivity_pointer',
};

/** Refuses what is not documented and what is missing, before anything is looked up. */
export function checkArguments(method: string, given: Iterable<string>): void {
  const names = words(DOCUMENTED[method] ?? '');
  const needed = names.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1));
  const known = new Set(['token', ...names.map((name) => name.replace('*', ''))]);
  const sent = new Set(given);
  const wrong = [
    ...[...sent].filter((name) => !known.has(name)).map((name) => `[ERROR] no such argument: ${name}`),
    ...needed.filter((name) => !sent.has(name)).map((name) => `[ERROR] missing required field: ${name}`),
  ];
  if (wrong.length > 0) throw new Refusal('invalid_arguments', { response_metadata: { messages: wrong } });
}
