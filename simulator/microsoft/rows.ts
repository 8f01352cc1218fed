import { z } from 'zod';
import { nativeIdOf, type PlacedRow } from '../core/world.js';

/**
 * Row types of a Microsoft tenant in a scenario. People are `@key` (their Entra id), apps `app:key`, addresses `ip:key`.
 * `device`, `session`, `chat` and `team` are free names; the same name is the same thing.
 */
const person = z.string();
const sign_in = z.strictObject({
  user: person,
  ip: z.string(),
  country: z.string().optional(),
  city: z.string().optional(),
  lat: z.number().optional(),
  lon: z.number().optional(),
  asn: z.number().optional(),
  device: z.string().optional(),
  /** Compliant, managed or joined. */
  deviceKnown: z.boolean().default(false),
  session: z.string().optional(),
  /** Risk event types, e.g. `anonymizedIPAddress`. */
  risk: z.array(z.string()).default([]),
  /** Level of that risk; by default that of the `risk` row about it, else medium. */
  riskLevel: z.enum(['low', 'medium', 'high']).optional(),
  /** How it was authenticated; without it Entra's row does not say. */
  auth: z.enum(['password', 'mfa', 'phishing_resistant', 'token', 'device_code']).optional(),
  /** Compliance and management alone, where `deviceKnown` says too much. */
  compliant: z.boolean().optional(),
  managed: z.boolean().optional(),
  interactive: z.boolean().default(true),
  result: z.enum(['success', 'failure', 'blocked']).default('success'),
  /** Entra's own code, where the result does not say enough: 50074, 70043, 500121. */
  code: z.int().optional(),
  userAgent: z.string().default('Mozilla/5.0 (Windows NT 10.0; Win64; x64)'),
  app: z.string().optional(),
});
/** Entra audit log. `activity` as Entra names it: `Consent to application`, `Add member to role`, `Reset user password`, … */
const directory_audit = z.strictObject({
  user: person.optional(),
  activity: z.string(),
  category: z.string().default('UserManagement'),
  /** A person, when the activity is about one. */
  target: person.optional(),
  /** An app, when the activity is about one. */
  app: z.string().optional(),
  scopes: z.array(z.string()).default([]),
  /** A consent for everybody; by default when an administrator gives it. */
  adminConsent: z.boolean().optional(),
  /** The role that is given or taken. */
  role: z.string().optional(),
  /** A policy, a domain or a location that is changed, by its name. */
  setting: z.string().optional(),
  /** Properties that change, with their new values. */
  changes: z.record(z.string(), z.string()).default({}),
  ip: z.string().optional(),
  userAgent: z.string().optional(),
  result: z.enum(['success', 'failure']).default('success'),
});
/** Identity Protection detection. */
const risk = z.strictObject({
  user: person,
  riskType: z.string(),
  level: z.enum(['low', 'medium', 'high']).default('high'),
  ip: z.string().optional(),
  country: z.string().optional(),
  city: z.string().optional(),
  /** By default that of the sign-in it is about: of the person, from the address, at the time. */
  userAgent: z.string().optional(),
});
/** Defender alert about a person. */
const alert = z.strictObject({
  /** Absent: it names a device, an address or an app, and no person. */
  user: person.optional(),
  title: z.string(),
  category: z.string().default('Collection'),
  severity: z.enum(['informational', 'low', 'medium', 'high']).default('high'),
  serviceSource: z.string().default('microsoftDefenderForCloudApps'),
  mitre: z.array(z.string()).default(['T1213.005']),
  ip: z.string().optional(),
  session: z.string().optional(),
  device: z.string().optional(),
  app: z.string().optional(),
  /** Name of the incident that Defender put it into; each person's own unless said. */
  incident: z.string().optional(),
  /** What the person is in it (`attacked`, `compromised`); Defender often says nothing. */
  roles: z.array(z.string()).default([]),
  /** More evidence, as it stands in the answer. */
  evidence: z.array(z.record(z.string(), z.unknown())).default([]),
});
/** How an incident stands, where that is more than new. */
const incident = z.strictObject({
  name: z.string(),
  status: z.enum(['active', 'resolved', 'inProgress', 'redirected']).default('active'),
  classification: z.string().default('unknown'),
  determination: z.string().default('unknown'),
});
/** Sign-in of an app with its own credential. */
const app_sign_in = z.strictObject({
  app: z.string(),
  ip: z.string(),
  country: z.string().optional(),
  result: z.enum(['success', 'failure', 'blocked']).default('success'),
});
/** Unified audit log: what both Purview and the Management API show. `operation` as Purview names it. */
const audit = z.strictObject({
  user: person,
  operation: z.string(),
  ip: z.string().optional(),
  session: z.string().optional(),
  userAgent: z.string().optional(),
  app: z.string().optional(),
  object: z.string().optional(),
  file: z.string().optional(),
  /** In whose drive the file is; the user's own unless said. */
  owner: person.optional(),
  /** From a device that the organisation manages. */
  managed: z.boolean().default(false),
  /** Mails that a row of `MailItemsAccessed` stands for. */
  mails: z.int().optional(),
  bytes: z.number().optional(),
  label: z.string().optional(),
  chat: z.string().optional(),
  team: z.string().optional(),
  /** How many messages were read or exported. */
  messages: z.int().optional(),
  urls: z.array(z.string()).optional(),
  /** Address of somebody outside, or true for a chat with people outside. */
  external: z.union([z.string(), z.boolean()]).optional(),
  name: z.string().optional(),
  /** Of a command of Exchange. */
  parameters: z.record(z.string(), z.string()).optional(),
});
const message = z.strictObject({
  chat: z.string().optional(),
  team: z.string().optional(),
  from: z.string(),
  /** Others in the chat; whoever writes in it is in it anyway. */
  to: z.array(z.string()).default([]),
  text: z.string(),
  /** The body as Teams keeps it; by default the text in a paragraph. */
  html: z.string().optional(),
  /** Cards and quoted messages, as they stand in the answer. */
  attachments: z.array(z.record(z.string(), z.unknown())).default([]),
  files: z.array(z.string()).default([]),
});
const file = z.strictObject({
  /** In whose drive. */
  user: person,
  /** Who put it there; the same unless said. */
  by: person.optional(),
  name: z.string(),
  folder: z.boolean().default(false),
  bytes: z.number().default(4096),
  sha256: z.string().optional(),
  shared: z.enum(['anonymous', 'external', 'organization']).optional(),
  with: z.string().default('partner@example.org'),
});
const grant = z.strictObject({
  user: person,
  app: z.string(),
  scopes: z.array(z.string()),
  /** Of the user as an administrator, for everybody: the grant names nobody. */
  forAll: z.boolean().default(false),
});
/** Security mail of a vendor in a mailbox here. */
const mail = z.strictObject({
  mailbox: person,
  vendor: z.enum(['slack', 'microsoft', 'google']),
  kind: z.enum(['new_sign_in', 'changed_credentials', 'unusual_activity']),
  from: z.string().optional(),
  subject: z.string().optional(),
  dkim: z.enum(['pass', 'fail', 'none']).default('pass'),
  deleted: z.union([z.boolean(), z.literal('purged')]).default(false),
});
const mail_rule = z.strictObject({
  mailbox: person,
  name: z.string().default('.'),
  words: z.array(z.string()).default([]),
  action: z.enum(['delete', 'move', 'mark_read', 'forward']),
  forwardTo: z.string().default('drop@example.org'),
});
/** What the person signs in with beside the password, since `at`. The name of an `email` is the address. */
const auth_method = z.strictObject({
  user: person,
  method: z.enum([
    'microsoftAuthenticator',
    'fido2',
    'phone',
    'email',
    'softwareOath',
    'temporaryAccessPass',
    'windowsHelloForBusiness',
    'platformCredential',
  ]),
  phoneType: z.enum(['mobile', 'alternateMobile', 'office']).default('mobile'),
  name: z.string().default('drop@example.org'),
  /** The one that the person is asked for first: it goes last. */
  default: z.boolean().default(false),
  /** Whether Entra says since when. */
  dated: z.boolean().default(true),
});
const named_location = z.strictObject({
  name: z.string(),
  ranges: z.array(z.string()),
  trusted: z.boolean().default(true),
});
const device = z.strictObject({
  device: z.string(),
  user: person.optional(),
  /** Who registered it; the user unless said. */
  owner: person.optional(),
  name: z.string().default('WS-1'),
  defender: z.boolean().default(true),
  intune: z.boolean().default(true),
});
/** An indicator that the organisation itself put on Defender's list. */
const indicator = z.strictObject({ value: z.string(), action: z.enum(['Allowed', 'Audit', 'Block']) });

/** A row of a list that has not the documented form: it comes with every answer of the operation. */
const odd_row = z.strictObject({ operation: z.string(), row: z.unknown() });

const SHAPES = {
  odd_row,
  sign_in,
  directory_audit,
  risk,
  alert,
  audit,
  message,
  file,
  grant,
  mail,
  mail_rule,
  auth_method,
  named_location,
  device,
  incident,
  app_sign_in,
  indicator,
} as const;
type RowType = keyof typeof SHAPES;
type RowFields<T extends RowType> = z.output<(typeof SHAPES)[T]>;
/** A row of one type with its place in time. */
interface TypedRow<T extends RowType> extends Omit<PlacedRow, 'fields'> {
  readonly fields: RowFields<T>;
}
export type Rows = { readonly [T in RowType]: readonly TypedRow<T>[] };

/** Rows by type, each checked; throws with the row's place when a scenario is wrong. */
export function typedRows(rows: readonly PlacedRow[]): Rows {
  const by: Record<string, unknown[]> = Object.fromEntries(Object.keys(SHAPES).map((t) => [t, []]));
  for (const row of rows) {
    const shape = (SHAPES as Record<string, z.ZodType | undefined>)[row.type];
    if (!shape) throw new Error(`microsoft has no row type ${row.type} (row ${row.rowId})`);
    const parsed = shape.safeParse(row.fields);
    if (!parsed.success) throw new Error(`row ${row.rowId} (${row.type}): ${z.prettifyError(parsed.error)}`);
    by[row.type]?.push({ ...row, fields: parsed.data });
  }
  return by as unknown as Rows;
}

/** A stable GUID for anything that has a name. */
export function guid(seed: string): string {
  return nativeIdOf('microsoft', seed);
}

/** Entra device id of a device's name; a GUID stays as it is. */
export function deviceId(name: string): string {
  return /^[0-9a-f-]{36}$/i.test(name) ? name : guid(`device:${name}`);
}

/** Defender's machine id: 40 hex digits. */
export function machineId(name: string): string {
  return `${guid(`machine:${name}`)}${guid(`machine2:${name}`)}`.replaceAll('-', '').slice(0, 40);
}
