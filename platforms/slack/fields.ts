import type { z } from 'zod';
import { OPERATIONS } from './methods.js';
import { self } from './self.js';
import { login } from './sources/access-logs.js';
import {
  auditActor,
  auditApp,
  auditChannel,
  auditContext,
  auditEntity,
  auditEntry,
  auditNamed,
} from './sources/audit-entry.js';
import { file } from './sources/files.js';
import { integrationLog } from './sources/integration-logs.js';
import { botProfile, message } from './sources/message.js';
import { attached, attachment } from './sources/message-words.js';
import { conversation } from './sources/outside.js';
import { session, sessionClient } from './sources/sessions.js';
import { trustedNetworks } from './sources/trusted-networks.js';
import { enterpriseUser, slackUser, userProfile } from './user.js';

type Words<Shape extends z.ZodRawShape> = { readonly [Field in keyof Shape & string]: string };
type Fields = Readonly<Record<string, string>>;

/** What is done with each field of a shape. The compiler holds the names against the shape: none is missing, and none is made up. */
const of = <Shape extends z.ZodRawShape>(_shape: z.ZodObject<Shape>, words: Words<Shape>, inside = ''): Fields =>
  Object.fromEntries(Object.entries<string>(words).map(([field, said]) => [`${inside}${field}`, said]));

const ID = 'names the row';
const WHEN = 'when it was';
const WHO = 'who acted';
const PLACES = 'where the file is; with `conversations.info`, whether that reaches out';
const BELOW = 'its fields stand below';
const APP = 'the app; the scopes that it was given';

const account = {
  ...of(slackUser, {
    id: ID,
    team_id: 'whether the account is ours or comes in through Slack Connect',
    enterprise_id: 'the same',
    name: 'the name, where the profile has none',
    deleted: 'whether it is active',
    is_bot: 'an app, not a person',
    is_admin: 'an admin',
    is_owner: 'an admin; whether another owner is left',
    is_primary_owner: 'the same',
    is_restricted: 'a guest',
    is_ultra_restricted: 'a guest',
    is_stranger: 'an account of another organisation: a guest, and never acted on',
    tz: 'the time zone',
    enterprise_user: BELOW,
    profile: BELOW,
  }),
  ...of(
    enterpriseUser,
    {
      enterprise_id: 'whether the account is ours',
      is_admin: 'an admin of the organisation',
      is_owner: 'an owner of the organisation',
      is_primary_owner: 'the same',
    },
    'enterprise_user.',
  ),
  ...of(
    userProfile,
    {
      email: 'the mail address; finds who has left',
      real_name: 'the name',
      phone: 'the number',
      api_app_id: 'the app whose bot it is',
    },
    'profile.',
  ),
};

const written = {
  ...of(message, {
    ts: `${ID} in its conversation; ${WHEN}`,
    user: WHO,
    text: 'the words, where content may be read; the links',
    subtype: 'whether somebody wrote it',
    reply_count: 'whether the thread is read',
    reply_users: 'the same',
    reply_users_count: 'the same',
    app_id: 'the app that wrote it',
    bot_id: 'who acted, where no account did',
    username: 'the name of the app, where its profile has none',
    bot_profile: BELOW,
    files: 'what was attached; their fields stand below',
    blocks: 'words, links and buttons of every block and element; pictures are no links',
    attachments: 'their fields stand below; what was shared or forwarded is an event of its own, in its author’s words',
  }),
  ...of(botProfile, { app_id: 'the app that wrote it', name: 'its name' }, 'bot_profile.'),
  ...of(
    attached,
    {
      id: 'the file',
      name: 'its name',
      title: 'words, where it is another than the name',
      size: 'bytes',
      preview: 'words of a snippet',
      plain_text: 'words of a mail',
      initial_comment: 'words that came with it',
    },
    'files.',
  ),
  ...of(
    attachment,
    {
      fallback: 'words, where there are no others',
      title: 'words',
      title_link: 'a link',
      pretext: 'words',
      text: 'words',
      footer: 'words',
      from_url: 'a link',
      original_url: 'a link',
      fields: 'words: their titles and values',
      actions: 'words and links of buttons',
      blocks: 'as those of the message',
      is_share: 'another’s message',
      is_msg_unfurl: 'another’s message',
      is_reply_unfurl: 'another’s message',
      message_blocks: 'words and links of another’s message',
      author_id: 'who wrote another’s message',
      channel_id: 'where another’s message stands',
      ts: 'which message it is',
    },
    'attachments.',
  ),
};

const place = of(conversation, {
  id: ID,
  name: 'the name',
  is_private: 'not everybody may read it',
  is_im: 'the same',
  is_mpim: 'the same',
  is_ext_shared: 'another organisation reads it',
  is_pending_ext_shared: 'another organisation is invited to read it',
});

const entry = {
  ...of(auditEntry, {
    id: ID,
    date_create: WHEN,
    action: 'what was done, and so which kind of event it is; what is not read has its reason in `audit-unread.ts`',
    actor: BELOW,
    entity: BELOW,
    context: BELOW,
    details: 'those below, each in all the forms that real entries have',
  }),
  ...of(auditActor, { user: `${WHO} (\`id\`)` }, 'actor.'),
  ...of(
    auditEntity,
    {
      type: 'which key the thing stands under: canvases, lists, messages, holds and the like',
      user: 'to whom it was done',
      role: 'which role',
      file: 'which file',
      channel: BELOW,
      app: APP,
    },
    'entity.',
  ),
  ...of(auditNamed, { id: 'which thing', name: 'its name', title: 'its name, where it has no other' }, 'entity.*.'),
  ...of(
    auditChannel,
    {
      id: 'which conversation',
      name: 'its name; `REDACTED` is none',
      privacy: 'not everybody may read it',
      is_shared: 'it is shared: with another organisation, unless the next says otherwise',
      is_org_shared: 'it is shared between workspaces of the organisation: then `conversations.info` is asked',
    },
    'entity.channel.',
  ),
  ...of(
    auditApp,
    {
      id: 'which app',
      name: 'its name',
      scopes: 'what it was given',
      scopes_bot: 'the same',
      bot_scopes: 'the same: Slack spells it in two ways',
    },
    'entity.app.',
  ),
  ...of(
    auditContext,
    {
      ua: 'the client',
      ip_address: 'the address, where it is one that is routed',
      session_id: 'the session',
      app: 'the app that acted for the account; what our own apps did is told apart by it',
    },
    'context.',
  ),
  'details.reason': 'why Slack found it strange: a list, a text or an object',
  'details.ip_address_details': 'what Slack says of the address',
  'details.user_agent_change_details': 'what changed of the client',
  'details.previous_ip_address': 'the address that the session was used from before',
  'details.previous_ua': 'the client before',
  'details.succeeded_users': 'whom an act at many was done to; also `user_ids`, `users` and `target_users`',
  'details.shared_with': 'where a file was shared to: one thing or a list, a channel or an id',
  'details.channel': 'which conversation, where the entity is none; also `channel_id`',
  'details.new_scopes': 'what was added to an app, less `previous_scopes`',
  'details.new_value': 'whether a setting became stricter or weaker',
  'details.target_user': 'who got a role; also `target_entity_id`',
  'details.role': 'which role, where the entity is none; also `changed_permissions`',
  'details.idp_config_id': 'a sign-in through the identity provider',
  'details.export_start_ts': 'which export the steps belong to',
};

/** Which fields of each reading operation of the evidence role are read, and what is done with each. By the vendor's own names. */
export const FIELDS: Readonly<Record<string, Fields>> = {
  [OPERATIONS.auditLogs.name]: entry,
  [OPERATIONS.authTest.name]: of(self, {
    user_id: 'whose token it is',
    team_id: 'our own workspace: members of others are outside',
    enterprise_id: 'our own organisation',
    is_enterprise_install: 'whether the token is the organisation’s',
    bot_id: 'what it posts as',
    response_metadata: 'the scopes of the token (`x-oauth-scopes`)',
  }),
  [OPERATIONS.accessLogs.name]: of(login, {
    user_id: WHO,
    date_first: 'first use',
    date_last: `last use: ${WHEN}`,
    count: 'calls',
    ip: 'the address, where it is one that is routed',
    user_agent: 'the client',
    isp: 'the provider',
    country: 'the country',
  }),
  [OPERATIONS.integrationLogs.name]: of(integrationLog, {
    user_id: WHO,
    date: WHEN,
    change_type: 'whether it gives access; whether the app is still there',
    app_id: 'which app',
    app_type: 'its name',
    service_id: 'which app, where it is an older integration',
    service_type: 'its name',
    scope: 'what it was given',
  }),
  [OPERATIONS.trustedNetworks.name]: of(trustedNetworks, {
    trusted_cidr: 'networks that Slack finds never strange',
    trusted_asns: 'providers that Slack finds never strange',
    trusted_asn: 'the same: Slack spells it in two ways',
  }),
  [OPERATIONS.sessionList.name]: {
    ...of(session, {
      user_id: WHO,
      session_id: ID,
      created: BELOW,
      recent: 'the same of the last use, which is preferred',
    }),
    ...of(
      sessionClient,
      {
        device_hardware: 'the client',
        os: 'the client',
        os_version: 'the client',
        slack_client_version: 'the client',
        ip: 'the address, where it is one that is routed',
      },
      'created.',
    ),
  },
  [OPERATIONS.usersInfo.name]: account,
  [OPERATIONS.usersLookupByEmail.name]: account,
  [OPERATIONS.usersList.name]: account,
  [OPERATIONS.usersConversations.name]: place,
  [OPERATIONS.conversationsInfo.name]: place,
  [OPERATIONS.conversationsHistory.name]: written,
  [OPERATIONS.conversationsReplies.name]: written,
  [OPERATIONS.filesList.name]: of(file, {
    id: ID,
    name: 'the name',
    title: 'the name, where it has no other',
    user: WHO,
    created: WHEN,
    size: 'bytes',
    public_url_shared: 'whether anybody with the link may read it',
    permalink_public: 'that link',
    channels: PLACES,
    groups: PLACES,
    ims: PLACES,
  }),
  [OPERATIONS.authPolicyEntities.name]: {
    entity_id: 'who signs in with a password although the organisation uses SSO',
  },
};
