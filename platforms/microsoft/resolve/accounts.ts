import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import type { ProtectedBecause } from '../../../domain/subject.js';
import type { ReadAccount } from '../../kit/reading.js';
import { orMissing } from '../../kit/replies.js';
import type { ActContext } from '../acts/act.js';
import { isGuid, isSameId } from '../ids.js';
import { OPERATIONS } from '../operations.js';
import { isLastGlobalAdmin, rolesOf } from '../roles.js';

export interface ReadContext extends ActContext {
  /** Directory (tenant) id. */
  readonly tenantId: string;
  /** Client ids of Quell's own app registrations. */
  readonly ownAppIds: readonly string[];
}

const text = z.string().nullish();
const user = z.looseObject({
  id: z.guid(),
  displayName: text,
  userPrincipalName: text,
  mail: text,
  department: text,
  userType: text,
  externalUserState: text,
});
type User = z.infer<typeof user>;
const SELECT = 'id,displayName,userPrincipalName,mail,department,userType,externalUserState';

/** Reads an affected account; undefined when there is none. Shared mailboxes are not told from people: that stands in settings of the mailbox. */
export type AccountReader = (id: string) => Promise<ReadAccount | undefined>;

/** Reads the accounts of one resolution, each once. */
export function accountReader(context: ReadContext, signal: AbortSignal | undefined): AccountReader {
  const known = new Map<string, Promise<ReadAccount | undefined>>();
  return (id) => {
    const reading = known.get(id) ?? orMissing(read(context, id, signal));
    known.set(id, reading);
    return reading;
  };
}

async function read(context: ReadContext, id: string, signal: AbortSignal | undefined): Promise<ReadAccount> {
  const found = await context.client.call(OPERATIONS.user, { path: { id }, query: { $select: SELECT }, signal }, user);
  if (!isAnswerTo(id, found)) throw new QuellError('VENDOR_REPLY', `${OPERATIONS.user.name}: another account`);
  const isGuest = found.userType === 'Guest';
  return {
    accountId: found.id,
    kind: isGuest ? 'guest' : 'person',
    homeTenant: isGuest || isFromElsewhere(found) ? homeOf(found) : context.tenantId,
    department: found.department ?? undefined,
    protectedBecause: await protectionOf(context, found.id, signal),
    name: found.displayName ?? found.userPrincipalName ?? found.id,
  };
}

/** Graph takes names and addresses too. Of an id no other account may come back; of a name the one that has it. */
const isAnswerTo = (asked: string, { id, userPrincipalName, mail }: User): boolean =>
  [id, ...(isGuid(asked) ? [] : [userPrincipalName, mail])].some((name) => isSameId(name ?? '', asked));

const EXTERNAL = /^(.+)_([^_]+)#EXT#@/i;

/** Invited from another organisation, also where such accounts were made members. */
const isFromElsewhere = ({ userPrincipalName, externalUserState }: User): boolean =>
  Boolean(externalUserState) || EXTERNAL.test(userPrincipalName ?? '');

/** Entra does not give the id of a guest's own tenant; its domain stands in the name that the guest got here. */
function homeOf({ userPrincipalName, mail }: User): string {
  const [, , domain] = EXTERNAL.exec(userPrincipalName ?? '') ?? [];
  return (domain ?? mail?.split('@')[1] ?? 'unknown').toLowerCase();
}

async function protectionOf(
  { client }: ReadContext,
  id: string,
  signal: AbortSignal | undefined,
): Promise<readonly ProtectedBecause[]> {
  const roles = await rolesOf(client, id, signal);
  if (roles.length === 0) return [];
  return (await isLastGlobalAdmin(client, id, roles, signal)) ? ['admin_role', 'last_admin'] : ['admin_role'];
}

/** Accounts of these ids that there are, in that order, each once; ids that are not Entra's are of nobody here. */
export async function accountsOf(
  account: AccountReader,
  ids: readonly (string | null | undefined)[],
): Promise<readonly ReadAccount[]> {
  const found = new Map<string, ReadAccount>();
  for (const id of ids) {
    const one = id && isGuid(id) ? await account(id) : undefined;
    if (one) found.set(one.accountId, one);
  }
  return [...found.values()];
}
