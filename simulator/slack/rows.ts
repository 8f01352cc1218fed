import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { PlacedRow } from '../core/world.js';
import { AUDIT_ACTION_NAMES } from './audit-actions.js';

/**
 * Row types of a Slack organisation in a scenario. People are `@key` (their user id), apps `app:key`, addresses `ip:key`. Names of channels,
 * files and sessions are free: the same name is the same thing. An unknown type, field or action fails when the tenant is made.
 */
const person = z.string();

/** One entry of the audit log. */
const audit = z.strictObject({
  action: z.string().refine((a) => AUDIT_ACTION_NAMES.has(a), 'not an action of the audit log'),
  actor: person.default('USLACKUSER'),
  /** `@key`, `app:key`, `file:NAME`, `channel:NAME`, or the vendor's own object; by default the actor for sign-ins and the like, else the organisation. */
  entity: z.union([z.string(), z.looseObject({ type: z.string() })]).optional(),
  ip: z.string().optional(),
  ua: z
    .string()
    .default(
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
    ),
  session: z.union([z.string(), z.number()]).optional(),
  /** The app that acted for the actor. */
  app: z.string().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
});
/** Slack's best effort, which is nothing now and then: null, or false. */
const bestEffort = z
  .union([z.string(), z.literal(false)])
  .nullable()
  .default(null);
/** API use of an account from one address and client; equal ones are added up as Slack does. `at` is the last use. */
const access = z.strictObject({
  user: person,
  ip: z.string(),
  ua: z.string().default('Slack_SSB/4.41.105'),
  isp: bestEffort,
  country: bestEffort,
  region: bestEffort,
  count: z.int().positive().default(1),
});
/** A change in the integration log; `added` also installs the app, `removed` removes it. */
const integration = z.strictObject({
  user: person,
  app: z.string(),
  change: z.enum(['added', 'removed', 'enabled', 'disabled', 'expanded', 'updated']),
  scopes: z.array(z.string()).default([]),
  reason: z.string().optional(),
});
/** A user token that a person gave to an app: goes with the account or the app. */
const grant = z.strictObject({ user: person, app: z.string() });
/**
 * A message. With `channel` it is in that channel (whoever writes is a member), with `to` it is a direct message. `thread` is the name of a
 * thread: the first message with it opens the thread, later ones answer.
 */
const message = z.strictObject({
  channel: z.string().optional(),
  to: person.optional(),
  from: person,
  text: z.string(),
  files: z.array(z.string()).default([]),
  private: z.boolean().optional(),
  thread: z.string().optional(),
  app: z.string().optional(),
});
/** An uploaded file. */
const file = z.strictObject({
  name: z.string(),
  owner: person,
  bytes: z.int().default(4096),
  public: z.boolean().default(false),
  channel: z.string().optional(),
  /** False: whoever is asked to delete it may not. */
  deletable: z.boolean().default(true),
});
/** A live session. */
const session = z.strictObject({
  user: person,
  ip: z.string(),
  client: z.string().default('25.10.40'),
  os: z.string().default('macOS'),
  hardware: z.string().default('MacBookPro18,1'),
  session: z.union([z.string(), z.number()]).optional(),
});
/** A channel with more than its writers. `readable: false`: the account behind our token is not in this private channel. */
const channel = z.strictObject({
  name: z.string(),
  private: z.boolean().default(false),
  external: z.boolean().default(false),
  /** Another organisation is invited. */
  pending: z.boolean().default(false),
  /** Workspaces of the organisation share it. */
  inOrganisation: z.boolean().default(false),
  members: z.array(person).default([]),
  readable: z.boolean().default(true),
});

/** A network whose use Slack finds never strange (the allow list of its anomaly detection): addresses, or a provider. */
const trusted = z.union([z.strictObject({ cidr: z.string() }), z.strictObject({ asn: z.int() })]);

const SHAPES = { audit, access, integration, grant, message, file, session, channel, trusted } as const;
type RowType = keyof typeof SHAPES;
export interface TypedRow<T extends RowType> extends Omit<PlacedRow, 'fields' | 'type'> {
  readonly fields: z.output<(typeof SHAPES)[T]>;
}
export type Rows = { readonly [T in RowType]: readonly TypedRow<T>[] };

/** Rows by type, each checked; throws with the row's place when a scenario is wrong. */
export function typedRows(rows: readonly PlacedRow[]): Rows {
  const by: Record<string, unknown[]> = Object.fromEntries(Object.keys(SHAPES).map((t) => [t, []]));
  for (const row of rows) {
    const shape = (SHAPES as Record<string, z.ZodType | undefined>)[row.type];
    if (!shape) throw new Error(`slack has no row type ${row.type} (row ${row.rowId})`);
    const parsed = shape.safeParse(row.fields);
    if (!parsed.success) throw new Error(`row ${row.rowId} (${row.type}): ${z.prettifyError(parsed.error)}`);
    by[row.type]?.push({ ...row, fields: parsed.data });
  }
  return by as unknown as Rows;
}

/** Slack's ids are a letter and ten characters. */
export function slackId(letter: 'C' | 'D' | 'F' | 'B', name: string): string {
  return (
    letter +
    BigInt(`0x${hash(`${letter}:${name}`).slice(0, 14)}`)
      .toString(36)
      .toUpperCase()
      .padStart(10, '0')
      .slice(-10)
  );
}

/** Session ids are numbers; a name always gives the same one. */
export function sessionNumber(session: string | number): number {
  return typeof session === 'number'
    ? session
    : /^\d+$/.test(session)
      ? Number(session)
      : Number.parseInt(hash(`session:${session}`).slice(0, 11), 16);
}

export function uuid(seed: string): string {
  const h = hash(seed);
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-8${h.slice(17, 20)}-${h.slice(20, 32)}`;
}

/** Slack's message time stamp: seconds and six digits that make it unique. */
export function messageTs(at: Date, seed: string): string {
  return `${String(Math.floor(at.getTime() / 1000))}.${String(Number.parseInt(hash(seed).slice(0, 6), 16) % 1_000_000).padStart(6, '0')}`;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
