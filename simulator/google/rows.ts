import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { PlacedRow } from '../core/world.js';

/**
 * Row types of a Google tenant in a scenario. People are `@key` (their directory id), apps `app:key`, addresses `ip:key`.
 * `space` and `file` are free names; the same name is the same thing (a file: of the same owner).
 */
const person = z.string();
/** Login log, `event` as Google names it; account warnings (`suspicious_login`, …) are about the person, not by them. */
const login = z.strictObject({
  user: person,
  event: z.string().default('login_success'),
  ip: z.string().optional(),
  country: z.string().length(2).optional(),
  asn: z.int().optional(),
  challenge: z.array(z.string()).default(['password']),
  /** Of a challenge: `Challenge Passed.`, `Challenge Failed.`. */
  status: z.string().optional(),
  /** How it was authenticated: instead of `challenge`. */
  auth: z.enum(['password', 'mfa', 'phishing_resistant', 'token', 'sso']).optional(),
  suspicious: z.boolean().optional(),
});
/** Credentials changed by the person (`user_accounts` log): `password_edit`, `2sv_disable`, `recovery_email_edit`, … */
const user_account = z.strictObject({
  user: person,
  event: z.string(),
  ip: z.string().optional(),
  /** Of `email_forwarding_out_of_domain`. */
  forwardTo: z.string().optional(),
});
/** An app's grant, as state and as `authorize` in the token log. */
const grant = z.strictObject({
  user: person,
  app: z.string(),
  scopes: z.array(z.string()),
  ip: z.string().optional(),
});
/** A call made with a grant, or `revoke`, `deny`. */
const token = z.strictObject({
  user: person,
  event: z.string().default('activity'),
  app: z.string(),
  scopes: z.array(z.string()).default([]),
  api: z.string().default('chat'),
  method: z.string().default('chat.spaces.messages.list'),
  bytes: z.int().optional(),
  ip: z.string().optional(),
});
/** Admin log, `event` in upper case as Google names it. */
const admin = z.strictObject({
  user: person,
  event: z.string(),
  eventType: z.string().default('APPLICATION_SETTINGS'),
  /** The person it was done to. */
  about: person.optional(),
  parameters: z.record(z.string(), z.string()).default({}),
  ip: z.string().optional(),
});
/** Chat log: `conversation_read`, `attachment_download`, `attachment_upload`, `add_room_member`, `history_turned_off`, … */
const chat = z.strictObject({
  user: person,
  event: z.string(),
  space: z.string(),
  file: z.string().optional(),
  sha256: z.string().optional(),
});
const space = z.strictObject({
  space: z.string(),
  kind: z.enum(['SPACE', 'GROUP_CHAT', 'DIRECT_MESSAGE']).default('SPACE'),
  external: z.boolean().default(false),
});
/** A message in a space, in the chat log too. Whoever writes in it or is named in `to` is in it. */
const message = z.strictObject({
  space: z.string(),
  from: z.string(),
  to: z.array(z.string()).default([]),
  text: z.string().optional(),
  files: z.array(z.string()).default([]),
  /** Cards as the Chat API gives them, of an app. */
  cards: z.array(z.looseObject({})).default([]),
  /** The message that it quotes. */
  quotes: z.string().optional(),
});
/** Drive log: `view`, `download`, `copy`, `trash`, … */
const drive = z.strictObject({
  user: person,
  event: z.string(),
  file: z.string(),
  owner: person.optional(),
  visibility: z
    .enum([
      'private',
      'shared_internally',
      'people_within_domain_with_link',
      'public_in_the_domain',
      'people_with_link',
      'public_on_the_web',
      'shared_externally',
    ])
    .default('private'),
  ip: z.string().optional(),
  app: z.string().optional(),
  /** A service that did it in the place of the person, by its key. */
  service: z.string().optional(),
  /** OAuth client by which the person did it, where the log names it. */
  client: z.string().optional(),
  /** Of changes of who may see it: `target_domain`, `new_value`, … */
  parameters: z.record(z.string(), z.union([z.string(), z.boolean(), z.array(z.string())])).default({}),
});
/** A file of a person, as state and as `upload` and share in the drive log. */
const file = z.strictObject({
  user: person,
  name: z.string(),
  shared: z.enum(['anyone', 'external', 'domain']).optional(),
  with: z.string().default('partner@example.org'),
  /** Others of the organisation who may change it and whom it is shared with. */
  editors: z.array(person).default([]),
  /** Free name of the shared drive that it lies on. */
  sharedDrive: z.string().optional(),
  ip: z.string().optional(),
});
const takeout = z.strictObject({
  user: person,
  event: z.string().default('COMPLETED_USER_TAKEOUT'),
  products: z.array(z.string()).default(['Google Chat']),
  ip: z.string().optional(),
});
/** Vault log: `export`, `search`, `view_investigation`, … */
const vault = z.strictObject({
  user: person,
  event: z.string().default('export'),
  name: z.string().default('Chat export'),
  corpus: z.string().default('HANGOUTS_CHAT'),
  ip: z.string().optional(),
});
/** A rule that the person set off, or what was done then (`action_complete`, `label_applied`, …). */
const rule = z.strictObject({
  user: person,
  event: z.string().default('rule_match'),
  name: z.string().default('Credentials in Chat'),
  severity: z.enum(['LOW', 'MEDIUM', 'HIGH']).default('HIGH'),
  dataSource: z.enum(['CHAT', 'DRIVE', 'GMAIL']).default('CHAT'),
  actions: z.array(z.string()).default(['ALERT']),
  file: z.string().optional(),
  ip: z.string().optional(),
});
/** Alert Center; `kind` is the last part of `data.@type`. */
const alert = z.strictObject({
  user: person,
  kind: z.string().default('AccountWarning'),
  source: z.string().default('Google identity'),
  title: z.string().default('Suspicious login'),
  severity: z.enum(['LOW', 'MEDIUM', 'HIGH']).default('HIGH'),
  status: z.enum(['NOT_STARTED', 'IN_PROGRESS', 'CLOSED']).default('NOT_STARTED'),
  /** Of a sensitive act: the person it was done to. */
  about: person.optional(),
  ip: z.string().optional(),
});
/** A device that synchronises the person's account, as endpoint management shows it. */
const device = z.strictObject({
  user: person,
  name: z.string(),
  state: z.enum(['APPROVED', 'PENDING_APPROVAL', 'BLOCKED', 'WIPED', 'UNENROLLED']).default('APPROVED'),
});
const app_password = z.strictObject({ user: person, name: z.string() });
const backup_codes = z.strictObject({ user: person, count: z.int().positive().default(10) });
/** Security mail of a vendor in a mailbox here. */
const mail = z.strictObject({
  mailbox: person,
  vendor: z.enum(['slack', 'microsoft', 'google']),
  kind: z.enum(['new_sign_in', 'changed_credentials', 'unusual_activity']),
  from: z.string().optional(),
  subject: z.string().optional(),
  dkim: z.enum(['pass', 'fail', 'none']).default('pass'),
  deleted: z.boolean().default(false),
});
/** A Gmail filter; `forward_all` is the forwarding of all mail. */
const mail_rule = z.strictObject({
  mailbox: person,
  from: z.string().optional(),
  words: z.array(z.string()).default([]),
  action: z.enum(['delete', 'archive', 'mark_read', 'forward', 'forward_all']),
  forwardTo: z.string().default('drop@example.org'),
});
/** Somebody else's way into a mailbox: a delegate (`@person`), an address to write as, or one to forward to. */
const mail_access = z.strictObject({
  mailbox: person,
  list: z.enum(['delegates', 'sendAs', 'forwardingAddresses']),
  address: z.string().default('drop@example.org'),
  status: z.enum(['accepted', 'pending']).default('accepted'),
});

const SHAPES = {
  login,
  user_account,
  grant,
  token,
  admin,
  chat,
  space,
  message,
  drive,
  file,
  takeout,
  vault,
  rule,
  alert,
  app_password,
  device,
  backup_codes,
  mail,
  mail_rule,
  mail_access,
} as const;
type RowType = keyof typeof SHAPES;
/** A row of one type with its place in time. */
export interface TypedRow<T extends RowType> extends Omit<PlacedRow, 'fields'> {
  readonly fields: z.output<(typeof SHAPES)[T]>;
}
export type Rows = { readonly [T in RowType]: readonly TypedRow<T>[] };

/** Rows by type, each checked; throws with the row's place when a scenario is wrong. */
export function typedRows(rows: readonly PlacedRow[]): Rows {
  const by: Record<string, unknown[]> = Object.fromEntries(Object.keys(SHAPES).map((t) => [t, []]));
  for (const row of rows) {
    const shape = (SHAPES as Record<string, z.ZodType | undefined>)[row.type];
    if (!shape) throw new Error(`google has no row type ${row.type} (row ${row.rowId})`);
    const parsed = shape.safeParse(row.fields);
    if (!parsed.success) throw new Error(`row ${row.rowId} (${row.type}): ${z.prettifyError(parsed.error)}`);
    by[row.type]?.push({ ...row, fields: parsed.data });
  }
  return by as unknown as Rows;
}

const digest = (seed: string): Buffer => createHash('sha256').update(`google:${seed}`).digest();

/** Id of a Drive file, 33 characters. */
export const fileId = (owner: string, name: string): string =>
  `1${digest(`file:${owner}:${name}`).toString('base64url').slice(0, 32)}`;
/** Resource name of a space from its free name. */
export const spaceName = (name: string): string => `spaces/AAAA${digest(`space:${name}`).toString('hex').slice(0, 10)}`;
/** Short stable id, hex. */
export const hexId = (seed: string, length = 16): string => digest(seed).toString('hex').slice(0, length);
/** `uniqueQualifier` of an activity: a signed 64-bit number as text. */
export const qualifier = (seed: string): string => digest(seed).readBigInt64BE().toString();
