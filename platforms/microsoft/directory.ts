import { z } from 'zod';
import {
  guestAddressOf,
  mailOf,
  objectIdOf,
  objectIdOfSid,
  samNameOf,
  sidOf,
  withoutTag,
} from '../../domain/account-names.js';
import { QuellError } from '../../domain/errors.js';
import type { CallOptions, Directory, DirectoryEntry } from '../ports.js';
import { compact } from '../kit/compact.js';
import { orMissing } from '../kit/replies.js';
import { maybe, readRows, someFlag, someList, someText } from '../kit/rows.js';
import { quoted } from './client.js';
import { OPERATIONS } from './operations.js';
import { isLastGlobalAdmin, holdersOf, rolesOf } from './roles.js';
import type { SourceContext } from './sources/source.js';

export const user = z.looseObject({
  id: z.string().min(1),
  displayName: someText,
  userPrincipalName: someText,
  mail: someText,
  proxyAddresses: someList(z.string()),
  userType: someText,
  accountEnabled: someFlag,
  onPremisesSyncEnabled: someFlag,
  onPremisesDomainName: someText,
  mobilePhone: someText,
  businessPhones: someList(z.string().min(1)),
  manager: maybe(z.looseObject({ id: z.string().min(1) })),
});
type User = z.infer<typeof user>;
export const mailboxSettings = z.looseObject({ userPurpose: someText, timeZone: someText });
const app = z.looseObject({ id: z.string(), appId: z.string(), displayName: someText, accountEnabled: someFlag });

const SELECT =
  'id,displayName,userPrincipalName,mail,proxyAddresses,userType,accountEnabled,onPremisesSyncEnabled,onPremisesDomainName,mobilePhone,businessPhones';
const EXPAND = 'manager($select=id)';

/** Entra directory. Roles and the mailbox's purpose are read in look-ups; lists carry roles by direct assignment only. */
export function createDirectory(context: SourceContext): Directory {
  const { client } = context;

  async function find(
    by: Parameters<Directory['lookup']>[0],
    signal: AbortSignal | undefined,
  ): Promise<User | undefined> {
    if ('email' in by) return byAddress(by.email, signal);
    const sid = sidOf(by.nativeId);
    const id = objectIdOf(by.nativeId) ?? (sid === undefined ? undefined : objectIdOfSid(sid));
    const sam = samNameOf(by.nativeId);
    if (sam) return byDomainName(sam, signal);
    if (id === undefined && sid !== undefined) return theOnly(`onPremisesSecurityIdentifier eq ${quoted(sid)}`, signal);
    const asked = { path: { id: id ?? by.nativeId }, query: { $select: SELECT, $expand: EXPAND }, signal };
    return orMissing(client.call(OPERATIONS.user, asked, user));
  }

  /** The one person that a filter finds; two are ambiguous, and nobody is guessed. */
  async function theOnly($filter: string, signal: AbortSignal | undefined): Promise<User | undefined> {
    const query = { $filter, $select: SELECT, $expand: EXPAND, $top: '2' };
    const found = await client.first(OPERATIONS.users, { query, signal }, user);
    return found.length === 1 ? found[0] : undefined;
  }

  /** As it is, then without its tag: Entra knows `dana+x@` only where it is an alias. A guest's own principal name is asked for as it stands. */
  async function byAddress(email: string, signal: AbortSignal | undefined): Promise<User | undefined> {
    const asked = mailOf(email);
    if (asked === undefined) return undefined;
    for (const name of [asked, withoutTag(asked)]) {
      if (name === undefined) continue;
      const mail = quoted(name);
      const found = await theOnly(
        `mail eq ${mail} or userPrincipalName eq ${mail} or proxyAddresses/any(p: p eq ${quoted(`smtp:${name}`)})`,
        signal,
      );
      if (found) return found;
    }
    return undefined;
  }

  /** `DOMAIN\\name`: the name alone is not unique, so the domain must be the account's too. */
  async function byDomainName(
    { domain, name }: { readonly domain: string; readonly name: string },
    signal: AbortSignal | undefined,
  ): Promise<User | undefined> {
    const query = { $filter: `onPremisesSamAccountName eq ${quoted(name)}`, $select: SELECT, $expand: EXPAND };
    const found = (await client.first(OPERATIONS.users, { query, signal }, user)).filter(
      ({ onPremisesDomainName: own = '' }) =>
        [own, own.split('.')[0]].some((d) => d !== '' && d?.toUpperCase() === domain),
    );
    return found.length === 1 ? found[0] : undefined;
  }

  async function appOf(nativeId: string, signal: AbortSignal | undefined): Promise<DirectoryEntry | undefined> {
    const query = { $filter: `appId eq ${quoted(nativeId)}` };
    const [found] = await client.first(OPERATIONS.findServicePrincipal, { query, signal }, app);
    if (!found) return undefined;
    const owners = await client.page(OPERATIONS.appOwners, {
      path: { id: found.id },
      query: { $select: 'id' },
      signal,
    });
    return compact({
      platform: context.platform,
      tenant: context.tenant,
      nativeId: objectIdOf(found.appId) ?? found.appId,
      kind: 'app' as const,
      emails: [],
      displayName: found.displayName ?? '',
      active: found.accountEnabled !== false,
      admin: false,
      lastAdmin: false,
      sponsorId: readRows(owners.rows, z.looseObject({ id: z.string().min(1) })).values[0]?.id,
    });
  }

  async function mailbox(id: string, signal: AbortSignal | undefined): Promise<z.infer<typeof mailboxSettings>> {
    try {
      return await client.call(
        OPERATIONS.mailboxSettings,
        { path: { id }, query: { $select: 'userPurpose,timeZone' }, signal },
        mailboxSettings,
      );
    } catch (error) {
      if (
        error instanceof QuellError &&
        ['VENDOR_NOT_FOUND', 'VENDOR_SCOPE', 'VENDOR_PLAN', 'VENDOR_REFUSED'].includes(error.code)
      )
        return mailboxSettings.parse({}); // no mailbox, or not ours to read
      throw error;
    }
  }

  return {
    async lookup(by, { signal }: CallOptions = {}) {
      const row = await find(by, signal);
      if (!row) return 'nativeId' in by ? appOf(by.nativeId, signal) : undefined;
      const roles = await rolesOf(client, row.id, signal);
      const box = await mailbox(row.id, signal);
      const lastAdmin = await isLastGlobalAdmin(client, row.id, roles, signal);
      return {
        ...toEntry(context, row, roles.length > 0, box.userPurpose === 'shared'),
        lastAdmin,
        ...(box.timeZone ? { timeZone: box.timeZone } : {}),
      };
    },
    async list(cursor, { signal }: CallOptions = {}) {
      const page = await client.page(
        OPERATIONS.users,
        { query: { $select: SELECT, $expand: EXPAND, $top: '100' }, signal },
        cursor,
      );
      // Whoever lies behind it is not known, and a list that ends early would call them gone.
      if (page.gap)
        throw new QuellError('VENDOR_REPLY', `${OPERATIONS.users.name}: the list can’t be followed to its end`);
      const admins = await holdersOf(client, undefined, signal);
      return {
        entries: readRows(page.rows, user).values.map((row) => toEntry(context, row, admins.has(row.id), false)),
        ...(page.next === undefined ? {} : { next: page.next }),
      };
    },
  };
}

function toEntry(context: SourceContext, row: User, admin: boolean, shared: boolean): DirectoryEntry {
  const principal = row.userPrincipalName ?? '';
  const ofGuest = guestAddressOf(principal);
  const aliases = row.proxyAddresses.filter((a) => /^smtp:/i.test(a));
  const names = [row.mail, ...aliases, ofGuest ?? principal];
  const isGuest = row.userType === undefined ? ofGuest !== undefined : row.userType.toLowerCase() === 'guest';
  return compact({
    platform: context.platform,
    tenant: context.tenant,
    nativeId: row.id,
    kind: isGuest ? ('guest' as const) : shared ? ('shared' as const) : ('person' as const),
    emails: [...new Set(names.flatMap((name) => mailOf(name) ?? []))],
    displayName: row.displayName ?? '',
    active: row.accountEnabled === true,
    admin,
    lastAdmin: false,
    managerId: row.manager?.id,
    phone: row.mobilePhone ?? row.businessPhones[0],
    masteredBy: row.onPremisesSyncEnabled === true ? ('other' as const) : undefined,
  });
}
