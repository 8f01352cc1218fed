import { fileId, hexId, spaceName, type Rows } from './rows.js';

export interface Placed {
  readonly visibleAt: Date;
}
export interface User {
  readonly id: string;
  /** Of the scenario; empty for accounts of our own. */
  readonly key: string;
  readonly email: string;
  readonly name: string;
  readonly admin: boolean;
  readonly delegatedAdmin: boolean;
  readonly mailbox: boolean;
  readonly managerEmail?: string;
  readonly phone?: string;
  /** Other addresses that the account is found by. */
  aliases: readonly string[];
  department?: string;
  /** Another customer’s account, as a reseller’s administrator sees it; the organisation’s own by default. */
  customerId?: string;
  suspended: boolean;
  /** Deleted a short while ago: it can be undeleted for twenty days. */
  deleted?: boolean;
  /** Until then reads show what `suspended` was before. */
  settlesAt?: Date;
  changePasswordAtNextLogin: boolean;
  /** `hashFunction:hash`, or the text itself. */
  password?: string;
  sessionsRevokedAt?: Date;
  passwordChangedAt?: Date;
  backupCodes: number;
}
export interface Grant extends Placed {
  readonly userId: string;
  readonly clientId: string;
  readonly name: string;
  readonly scopes: readonly string[];
}
/** A person's account on one device. */
export interface DeviceUser extends Placed {
  readonly name: string;
  readonly userId: string;
  state: string;
}
export interface Matter {
  readonly matterId: string;
  readonly name: string;
  readonly description: string;
  readonly state: 'OPEN' | 'CLOSED';
}
export interface Hold {
  readonly holdId: string;
  readonly matterId: string;
  readonly name: string;
  readonly corpus: string;
  readonly accountIds: readonly string[];
  readonly query?: unknown;
  readonly at: Date;
}
export interface AppPassword {
  readonly userId: string;
  readonly codeId: number;
  readonly name: string;
  readonly createdAt: Date;
}
export interface Permission {
  readonly id: string;
  readonly type: 'anyone' | 'domain' | 'user';
  readonly role: 'reader' | 'writer' | 'fileOrganizer' | 'owner';
  readonly emailAddress?: string;
  readonly domain?: string;
}
export interface File extends Placed {
  readonly id: string;
  /** Account that it is owned by; on a shared drive, who put it there. */
  readonly owner: string;
  /** Set when it lies on a shared drive, which owns it then. */
  readonly driveId?: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly sha256: string;
  trashed: boolean;
  permissions: readonly Permission[];
}
export interface Filter extends Placed {
  readonly id: string;
  readonly owner: string;
  readonly criteria: Readonly<Record<string, unknown>>;
  readonly action: Readonly<Record<string, unknown>>;
}
export interface MailAccess extends Placed {
  readonly owner: string;
  readonly list: 'delegates' | 'sendAs' | 'forwardingAddresses';
  readonly address: string;
  readonly status: string;
}
export interface Forwarding {
  readonly enabled: boolean;
  readonly emailAddress?: string;
  readonly disposition?: string;
}
export interface Space {
  readonly name: string;
  readonly title: string;
  readonly kind: 'SPACE' | 'GROUP_CHAT' | 'DIRECT_MESSAGE';
  readonly external: boolean;
  readonly members: ReadonlySet<string>;
}

export function grantsOf(rows: Rows, appName: (clientId: string) => string): readonly Grant[] {
  return rows.grant.map((r) => ({
    userId: r.fields.user,
    clientId: r.fields.app,
    name: appName(r.fields.app),
    scopes: r.fields.scopes,
    visibleAt: r.visibleAt,
  }));
}

export function appPasswordsOf(rows: Rows): readonly AppPassword[] {
  return rows.app_password.map((r, n) => ({
    userId: r.fields.user,
    codeId: n + 1,
    name: r.fields.name,
    createdAt: r.at,
  }));
}

/** Of a person in every permission and as an owner. */
export const permissionId = (userId: string): string => hexId(`owner:${userId}`);

export function filesOf(rows: Rows, emailOf: (userId: string) => string): readonly File[] {
  return rows.file.map(({ fields: f, at, visibleAt }) => ({
    id: fileId(f.user, f.name),
    owner: f.user,
    name: f.name,
    visibleAt,
    createdAt: at,
    sha256: hexId(`content:${f.user}:${f.name}`, 64),
    trashed: false,
    ...(f.sharedDrive === undefined ? {} : { driveId: `0A${hexId(`shared-drive:${f.sharedDrive}`, 14)}PVA` }),
    permissions: [
      f.sharedDrive === undefined
        ? { id: permissionId(f.user), type: 'user', role: 'owner', emailAddress: emailOf(f.user) }
        : { id: permissionId(f.user), type: 'user', role: 'fileOrganizer', emailAddress: emailOf(f.user) },
      ...f.editors.map(
        (id) => ({ id: permissionId(id), type: 'user', role: 'writer', emailAddress: emailOf(id) }) as const,
      ),
      ...(f.shared === 'anyone' ? [{ id: 'anyoneWithLink', type: 'anyone', role: 'reader' } as const] : []),
      ...(f.shared === 'domain'
        ? [{ id: hexId('domain'), type: 'domain', role: 'reader', domain: 'example.com' } as const]
        : []),
      ...(f.shared === 'external'
        ? [{ id: hexId(`with:${f.with}`), type: 'user', role: 'reader', emailAddress: f.with } as const]
        : []),
    ],
  }));
}

export function devicesOf(rows: Rows): readonly DeviceUser[] {
  return rows.device.map(({ fields: f, visibleAt }) => ({
    name: `devices/${hexId(`device:${f.name}`, 24)}/deviceUsers/${hexId(`device-user:${f.user}:${f.name}`, 24)}`,
    userId: f.user,
    state: f.state,
    visibleAt,
  }));
}

const FILTER_ACTIONS = {
  delete: { addLabelIds: ['TRASH'] },
  archive: { removeLabelIds: ['INBOX'] },
  mark_read: { removeLabelIds: ['UNREAD'] },
} as const;

export function filtersOf(rows: Rows): readonly Filter[] {
  return rows.mail_rule.flatMap(({ rowId, fields: f, visibleAt }) =>
    f.action === 'forward_all'
      ? []
      : [
          {
            id: `ANe1Bmj${hexId(`filter:${rowId}`, 24)}`,
            owner: f.mailbox,
            visibleAt,
            criteria: {
              ...(f.from === undefined ? {} : { from: f.from }),
              ...(f.words.length === 0 ? {} : { query: f.words.map((w) => `"${w}"`).join(' OR ') }),
            },
            action: f.action === 'forward' ? { forward: f.forwardTo } : FILTER_ACTIONS[f.action],
          },
        ],
  );
}

export function forwardingOf(rows: Rows): Map<string, Forwarding> {
  return new Map(
    rows.mail_rule
      .filter((r) => r.fields.action === 'forward_all')
      .map((r) => [r.fields.mailbox, { enabled: true, emailAddress: r.fields.forwardTo, disposition: 'leaveInInbox' }]),
  );
}

/** What is forwarded to must be among the addresses that mail may be forwarded to. */
export function mailAccessOf(rows: Rows, emailOf: (userId: string) => string | undefined): readonly MailAccess[] {
  const forwarded = rows.mail_rule
    .filter(({ fields: f }) => f.action === 'forward' || f.action === 'forward_all')
    .map(({ fields: f, visibleAt }) => ({ owner: f.mailbox, address: f.forwardTo, visibleAt }));
  const addresses = [...new Map(forwarded.map((f) => [`${f.owner} ${f.address}`, f])).values()];
  const all = [
    ...rows.mail_access.map(({ fields: f, visibleAt }) => ({
      owner: f.mailbox,
      list: f.list,
      address: emailOf(f.address) ?? f.address,
      status: f.status,
      visibleAt,
    })),
    ...addresses.map((f) => ({ ...f, list: 'forwardingAddresses' as const, status: 'accepted' })),
  ];
  // An address is in a list once, however many rows name it.
  return all.filter(
    (a, i) => all.findIndex((b) => b.owner === a.owner && b.list === a.list && b.address === a.address) === i,
  );
}

/** Every space that a row names, with the members the rows imply. */
export function spacesOf(rows: Rows): ReadonlyMap<string, Space> {
  const titles = new Set([...rows.space, ...rows.chat, ...rows.message].map((r) => r.fields.space));
  return new Map(
    [...titles].map((title) => {
      const declared = rows.space.find((r) => r.fields.space === title)?.fields;
      const said = rows.message.filter((r) => r.fields.space === title).flatMap((r) => [r.fields.from, ...r.fields.to]);
      const acted = rows.chat.filter((r) => r.fields.space === title).map((r) => r.fields.user);
      const name = spaceName(title);
      return [
        name,
        {
          name,
          title,
          kind: declared?.kind ?? 'SPACE',
          external: declared?.external ?? false,
          members: new Set([...said, ...acted]),
        },
      ];
    }),
  );
}
