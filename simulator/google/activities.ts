import { EVENT_TYPES } from './event-types.js';
import { loginFacts } from './login-facts.js';
import type { Placed, Space } from './entities.js';
import { fileId, hexId, spaceName, type Rows } from './rows.js';
import type { TenantState } from './state.js';

export type Value = string | number | boolean | readonly string[];
export type Application =
  'login' | 'user_accounts' | 'token' | 'admin' | 'chat' | 'drive' | 'takeout' | 'vault' | 'rules';

/** One row of the Reports API before it is worded. */
export interface Activity extends Placed {
  readonly application: Application;
  readonly seed: string;
  readonly at: Date;
  readonly actor?: string | undefined;
  /** Of a service that acted: `SYSTEM`. */
  readonly key?: string | undefined;
  /** OAuth client by which the actor acted, where the log names it. */
  readonly client?: string | undefined;
  readonly ip?: string | undefined;
  readonly country?: string | undefined;
  readonly asn?: number | undefined;
  readonly type: string;
  readonly name: string;
  readonly parameters: Readonly<Record<string, Value | undefined>>;
}

type Row = Rows[keyof Rows][number];
export type Facts = Omit<Activity, 'application' | 'seed' | 'at' | 'visibleAt'>;

/** The audit logs that the scenario's rows imply. */
export function activitiesOf(state: TenantState): readonly Activity[] {
  const { rows } = state;
  const of = (application: Application, row: Row, facts: Facts, suffix = ''): Activity => ({
    application,
    seed: `${application}:${row.rowId}${suffix}`,
    at: row.at,
    visibleAt: row.visibleAt,
    ...facts,
  });
  return [
    ...rows.login.map((r) => of('login', r, loginFacts(r.fields, state))),
    ...rows.user_account.map((r) =>
      of('user_accounts', r, {
        actor: r.fields.user,
        ip: r.fields.ip,
        type: EVENT_TYPES[r.fields.event] ?? 'password_change',
        name: r.fields.event,
        parameters:
          r.fields.forwardTo === undefined ? {} : { email_forwarding_destination_address: r.fields.forwardTo },
      }),
    ),
    ...rows.grant.map((r) => of('token', r, tokenFacts({ ...r.fields, event: 'authorize' }, state))),
    ...rows.token.map((r) => of('token', r, tokenFacts(r.fields, state))),
    ...rows.admin.map((r) =>
      of('admin', r, {
        actor: r.fields.user,
        ip: r.fields.ip,
        type: r.fields.eventType,
        name: r.fields.event,
        parameters: {
          ...(r.fields.about === undefined ? {} : { USER_EMAIL: state.users.get(r.fields.about)?.email }),
          ...r.fields.parameters,
        },
      }),
    ),
    ...rows.chat.map((r) => of('chat', r, chatFacts(r.fields, state.spaces.get(spaceName(r.fields.space)), r.rowId))),
    ...rows.message
      .filter((r) => state.users.has(r.fields.from))
      .map((r) =>
        of(
          'chat',
          r,
          chatFacts(
            { event: 'message_posted', user: r.fields.from, file: r.fields.files[0] },
            state.spaces.get(spaceName(r.fields.space)),
            r.rowId,
          ),
        ),
      ),
    ...rows.drive.map((r) =>
      of('drive', r, {
        actor: r.fields.service === undefined ? r.fields.user : undefined,
        key: r.fields.service,
        client: r.fields.client,
        ip: r.fields.ip,
        type: EVENT_TYPES[r.fields.event] ?? 'access',
        name: r.fields.event,
        parameters: {
          ...fileFacts(r.fields.owner ?? r.fields.user, r.fields.file, state),
          visibility: r.fields.visibility,
          ...(r.fields.app === undefined ? {} : { originating_app_id: r.fields.app, api_method: 'drive.files.get' }),
          ...r.fields.parameters,
        },
      }),
    ),
    ...rows.file.flatMap((r) => [
      of('drive', r, {
        actor: r.fields.user,
        ip: r.fields.ip,
        type: 'access',
        name: 'upload',
        parameters: fileFacts(r.fields.user, r.fields.name, state),
      }),
      ...(r.fields.shared === undefined ? [] : [of('drive', r, shareFacts(r.fields, state), ':share')]),
    ]),
    ...rows.vault.map((r) =>
      of('vault', r, {
        actor: r.fields.user,
        ip: r.fields.ip,
        type: 'user_action',
        name: r.fields.event,
        parameters: {
          matter_id: hexId(`foreign-matter:${r.rowId}`, 32),
          resource_name: r.fields.name,
          additional_details: r.fields.corpus,
        },
      }),
    ),
    ...rows.rule.map((r) =>
      of('rules', r, {
        actor: r.fields.user,
        type: `${r.fields.event}_type`,
        name: r.fields.event,
        parameters: {
          rule_name: r.fields.name,
          rule_id: hexId(`rule:${r.fields.name}`),
          severity: r.fields.severity,
          data_source: r.fields.dataSource,
          has_alert: true,
          actor_ip_address: r.fields.ip,
          resource_id: r.fields.file === undefined ? undefined : fileId(r.fields.user, r.fields.file),
          resource_title: r.fields.file,
          triggered_actions: r.fields.actions,
        },
      }),
    ),
    ...rows.takeout.map((r) =>
      of('takeout', r, {
        actor: r.fields.user,
        ip: r.fields.ip,
        type: 'USER_TAKEOUT',
        name: r.fields.event,
        parameters: {
          USER_EMAIL: state.users.get(r.fields.user)?.email,
          TAKEOUT_ID: hexId(`takeout:${r.rowId}`),
          PRODUCTS_REQUESTED: r.fields.products.join(', '),
          TAKEOUT_DESTINATION: 'EMAIL',
        },
      }),
    ),
  ];
}

function tokenFacts(
  f: Partial<Rows['token'][number]['fields']> & Pick<Rows['token'][number]['fields'], 'user' | 'event' | 'app'>,
  state: TenantState,
): Facts {
  return {
    actor: f.user,
    ip: f.ip,
    type: 'auth',
    name: f.event,
    parameters: {
      client_id: f.app,
      app_name: state.appName(f.app),
      client_type: 'WEB',
      scope: f.scopes ?? [],
      ...(f.event === 'activity' ? { api_name: f.api, method_name: f.method, num_response_bytes: f.bytes } : {}),
    },
  };
}

function chatFacts(
  f: {
    readonly event: string;
    readonly user: string;
    readonly file?: string | undefined;
    readonly sha256?: string | undefined;
  },
  space: Space | undefined,
  rowId: string,
): Facts {
  const isMessage = /^(message_|attachment_)/.test(f.event);
  return {
    actor: f.user,
    type: 'user_action',
    name: f.event,
    parameters: {
      actor: f.user,
      room_id: space?.name.replace('spaces/', ''),
      room_name: space?.kind === 'SPACE' ? space.title : undefined,
      conversation_type: space && CONVERSATION_TYPES[space.kind],
      conversation_ownership: 'INTERNALLY_OWNED',
      external_room: space?.external ? 'ENABLED' : 'DISABLED',
      message_id: isMessage && space ? messageName(space.name, rowId) : undefined,
      attachment_status:
        f.event === 'message_posted' ? (f.file === undefined ? 'NO_ATTACHMENT' : 'HAS_ATTACHMENT') : undefined,
      // Plain in uploads, base64 in downloads, as published rows show it.
      attachment_name: !f.event.startsWith('attachment_')
        ? undefined
        : f.event === 'attachment_download'
          ? Buffer.from(f.file ?? '').toString('base64')
          : f.file,
      attachment_hash: f.sha256,
    },
  };
}

const CONVERSATION_TYPES = {
  SPACE: 'SPACE',
  GROUP_CHAT: 'GROUP_DIRECT_MESSAGE',
  DIRECT_MESSAGE: 'USER_TO_USER_DIRECT_MESSAGE',
} as const;

/** Resource name of a row's message; the chat log and the Chat API give the same. */
export function messageName(space: string, rowId: string): string {
  const id = hexId(`message:${rowId}`, 11);
  return `${space}/messages/${id}.${id}`;
}

function fileFacts(owner: string, name: string, state: TenantState): Record<string, Value | undefined> {
  return {
    primary_event: true,
    doc_id: fileId(owner, name),
    doc_title: name,
    doc_type: 'document',
    owner: state.users.get(owner)?.email,
    visibility: 'private',
  };
}

function shareFacts(f: Rows['file'][number]['fields'], state: TenantState): Facts {
  const facts = fileFacts(f.user, f.name, state);
  const common = { actor: f.user, ip: f.ip, type: 'acl_change' };
  if (f.shared === 'external')
    return {
      ...common,
      name: 'change_user_access',
      parameters: {
        ...facts,
        target_user: f.with,
        old_value: ['none'],
        new_value: ['can_view'],
        visibility: 'shared_externally',
        old_visibility: 'private',
        visibility_change: 'external',
      },
    };
  return {
    ...common,
    name: 'change_document_visibility',
    parameters: {
      ...facts,
      visibility: f.shared === 'anyone' ? 'people_with_link' : 'people_within_domain_with_link',
      old_visibility: 'private',
      visibility_change: f.shared === 'anyone' ? 'external' : 'internal',
      target_domain: f.shared === 'anyone' ? 'all' : 'example.com',
    },
  };
}
