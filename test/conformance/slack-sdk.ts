import type { WebClient } from '@slack/web-api';

type At<T, Path extends string> = Path extends `${infer Head}.${infer Rest}`
  ? Head extends keyof T
    ? At<T[Head], Rest>
    : never
  : Path extends keyof T
    ? T[Path]
    : never;
type NamesOf<T> = T extends unknown ? Exclude<keyof T, number | symbol> : never;
/** Names of the arguments of one of the SDK's methods; `never` for a method it does not know. */
type ArgumentsOf<Path extends string> =
  At<WebClient, Path> extends (options: infer Options) => unknown ? NamesOf<NonNullable<Options>> : never;

const sent = <Path extends string>(method: Path, ...names: readonly ArgumentsOf<Path>[]) =>
  [method, names as readonly string[]] as const;

/** What the product sends with each method. The compiler holds every name against the SDK's own types. */
export const SENT: ReadonlyMap<string, readonly string[]> = new Map([
  sent('auth.test'),
  sent('team.accessLogs', 'before', 'limit', 'cursor', 'team_id'),
  sent('team.integrationLogs', 'app_id', 'user', 'count', 'page', 'team_id'),
  sent('admin.users.session.list', 'user_id', 'team_id', 'limit', 'cursor'),
  sent('admin.auth.policy.getEntities', 'policy_name', 'entity_type', 'limit', 'cursor'),
  sent('users.info', 'user'),
  sent('users.lookupByEmail', 'email'),
  sent('users.list', 'limit', 'cursor', 'team_id'),
  sent('users.conversations', 'user', 'types', 'limit', 'cursor', 'team_id'),
  sent('conversations.info', 'channel'),
  sent('conversations.history', 'channel', 'oldest', 'latest', 'inclusive', 'limit', 'cursor', 'include_all_metadata'),
  sent('conversations.replies', 'channel', 'ts', 'oldest', 'latest', 'limit', 'cursor'),
  sent('files.list', 'user', 'ts_from', 'ts_to', 'count', 'page', 'team_id'),
  sent('admin.users.session.reset', 'user_id'),
  sent('admin.users.session.invalidate', 'session_id', 'team_id'),
  sent('admin.apps.restricted.list', 'enterprise_id', 'limit', 'cursor'),
  sent('admin.apps.approved.list', 'enterprise_id', 'limit', 'cursor'),
  sent('admin.apps.restrict', 'app_id', 'enterprise_id'),
  sent('admin.apps.uninstall', 'app_id', 'enterprise_id'),
  sent('admin.apps.clearResolution', 'app_id', 'enterprise_id'),
  sent('admin.apps.approve', 'app_id', 'enterprise_id'),
  sent('files.info', 'file'),
  sent('files.revokePublicURL', 'file'),
  sent('files.sharedPublicURL', 'file'),
  sent('files.delete', 'file'),
  sent('conversations.open', 'users'),
  sent('chat.postMessage', 'channel', 'text', 'blocks', 'metadata', 'unfurl_links', 'unfurl_media'),
  sent('views.open', 'trigger_id', 'view'),
]);

/** Where Slack's reference and the SDK's types differ, the reference decides. */
export const BEYOND: ReadonlyMap<string, { readonly names: readonly string[]; readonly why: string }> = new Map([
  [
    'admin.users.session.invalidate',
    { names: ['user_id'], why: 'The reference asks for the account; the types of SDK 8.2.0 leave it out.' },
  ],
  [
    'admin.audit.anomaly.allow.getItem',
    { names: [], why: 'The reference documents the method; SDK 8.2.0 has no function for it.' },
  ],
]);
