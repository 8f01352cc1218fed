import { z } from 'zod';
import { anId, maybe, readAs, someFlag, someText } from '../../kit/rows.js';
import { metadata, rowsOf } from '../pages.js';

/** A list of texts; lists come as arrays, as JSON and as text with commas. What is no text in it is left out. */
export const texts: z.ZodType<readonly string[] | undefined> = maybe(
  z.union([z.array(z.unknown()), z.string().transform(listIn)]).transform((values) => values.flatMap(textIn)),
);
const textIn = (value: unknown): readonly string[] => (typeof value === 'string' && value !== '' ? [value] : []);

/** What a text lists: JSON, or parts with commas between them. */
export function listIn(text: string): readonly unknown[] {
  if (/^\s*\[/.test(text)) {
    try {
      const list: unknown = JSON.parse(text);
      if (Array.isArray(list)) return list as readonly unknown[];
    } catch {
      // Brackets that are no JSON: the text itself.
    }
  }
  return text.split(',').map((part) => part.trim());
}

export const auditNamed = z.looseObject({ id: anId, name: someText, title: someText });
export const auditApp = z.looseObject({
  id: anId,
  name: someText,
  scopes: texts,
  scopes_bot: texts,
  bot_scopes: texts,
});
export const auditChannel = z.looseObject({
  id: anId,
  name: someText,
  privacy: someText,
  is_shared: someFlag,
  is_org_shared: someFlag,
});
export const named = maybe(auditNamed);
export const app = maybe(auditApp);
export const channel = maybe(auditChannel);

export const auditActor = z.looseObject({ user: named });
/** The sibling key is named by `type`; canvases, lists, roles and the like stand under names of their own. */
export const auditEntity = z.looseObject({ type: someText, user: named, role: named, file: named, channel, app });
export const auditContext = z.looseObject({
  ua: someText,
  ip_address: z.unknown().optional(),
  session_id: someText,
  app,
});

/**
 * An entry of the Audit Logs API. Only what identifies it is required; everything else differs by action and is taken as it comes
 * (`session_id` is a number, a string or null; lists come as arrays or text).
 */
export const auditEntry = z.looseObject({
  id: anId,
  date_create: z.unknown().optional(),
  action: z.string().min(1),
  actor: maybe(auditActor),
  entity: maybe(auditEntity),
  context: maybe(auditContext),
  details: maybe(z.record(z.string(), z.unknown())),
});
export type AuditEntry = z.infer<typeof auditEntry>;
export type Details = Readonly<Record<string, unknown>>;

export const auditPage = z.looseObject({ entries: rowsOf, response_metadata: metadata });
/** Slack does not know a name of our list: everything is read instead. */
export const UNKNOWN_ACTION = { entries: [], invalid_action: true } as const;

export const actorOf = ({ actor }: AuditEntry): string | undefined => actor?.user?.id;
/** Who is nobody here: Slack itself, and its own people. */
export const isSlackItself = (id: string | undefined): boolean => id?.startsWith('USLACK') === true;

const person = z.union([
  z.string().min(1),
  z.looseObject({ id: z.string().min(1) }).transform((u) => u.id),
  z.looseObject({ user_id: z.string().min(1) }).transform((u) => u.user_id),
  z.looseObject({ user: z.looseObject({ id: z.string().min(1) }) }).transform((u) => u.user.id),
]);
/** The id of a person that a detail names: as a text, or as an object. */
export const personIn = (value: unknown): string | undefined => readAs(person, value);

/** Whom an act at many at once was done to: `succeeded_users` of a bulk reset, and lists of other names. Whom it failed for it was not done to. */
export function peopleIn({ details }: AuditEntry): readonly string[] {
  const lists = ['succeeded_users', 'user_ids', 'users', 'target_users'].map((name) => details?.[name]);
  const people = lists.flatMap((list) =>
    (Array.isArray(list) ? (list as readonly unknown[]) : typeof list === 'string' ? listIn(list) : []).flatMap(
      (one) => personIn(one) ?? [],
    ),
  );
  return [...new Set(people)];
}
