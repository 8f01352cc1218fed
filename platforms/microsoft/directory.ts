import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import type { CallOptions, Directory, DirectoryEntry } from '../ports.js';
import { compact } from '../compact.js';
import { orMissing } from '../replies.js';
import { quoted } from './client.js';
import { OPERATIONS } from './operations.js';
import { isLastGlobalAdmin, holdersOf, rolesOf } from './roles.js';
import type { SourceContext } from './sources/source.js';

const text = z.string().nullish();
const user = z.looseObject({
  id: z.string(),
  displayName: text,
  userPrincipalName: text,
  mail: text,
  proxyAddresses: z.array(z.string()).nullish(),
  userType: text,
  accountEnabled: z.boolean().nullish(),
  onPremisesSyncEnabled: z.boolean().nullish(),
  mobilePhone: text,
  businessPhones: z.array(z.string()).nullish(),
  manager: z.looseObject({ id: z.string() }).nullish(),
});
type User = z.infer<typeof user>;
const settings = z.looseObject({ userPurpose: text, timeZone: text });
const servicePrincipal = z.looseObject({
  id: z.string(),
  appId: z.string(),
  displayName: text,
  accountEnabled: z.boolean().nullish(),
});

const SELECT =
  'id,displayName,userPrincipalName,mail,proxyAddresses,userType,accountEnabled,onPremisesSyncEnabled,mobilePhone,businessPhones';
const EXPAND = 'manager($select=id)';

/** Entra directory. Roles and the mailbox's purpose are read in look-ups; lists carry roles by direct assignment only. */
export function createDirectory(context: SourceContext): Directory {
  const { client } = context;

  async function find(
    by: Parameters<Directory['lookup']>[0],
    signal: AbortSignal | undefined,
  ): Promise<User | undefined> {
    if ('nativeId' in by)
      return orMissing(
        client.call(
          OPERATIONS.user,
          { path: { id: by.nativeId }, query: { $select: SELECT, $expand: EXPAND }, signal },
          user,
        ),
      );
    const mail = quoted(by.email);
    const $filter = `mail eq ${mail} or userPrincipalName eq ${mail} or proxyAddresses/any(p: p eq ${quoted(`smtp:${by.email}`)})`;
    const found = await client.page(
      OPERATIONS.users,
      { query: { $filter, $select: SELECT, $expand: EXPAND, $top: '2' }, signal },
      user,
    );
    return found.rows.length === 1 ? found.rows[0] : undefined; // two people with one address: ambiguous, not guessed
  }

  async function app(nativeId: string, signal: AbortSignal | undefined): Promise<DirectoryEntry | undefined> {
    const { rows } = await client.page(
      OPERATIONS.findServicePrincipal,
      { query: { $filter: `appId eq ${quoted(nativeId)}` }, signal },
      servicePrincipal,
    );
    const found = rows[0];
    if (!found) return undefined;
    const owners = await client.page(
      OPERATIONS.appOwners,
      { path: { id: found.id }, query: { $select: 'id' }, signal },
      z.looseObject({ id: z.string() }),
    );
    return compact({
      platform: context.platform,
      tenant: context.tenant,
      nativeId: found.appId,
      kind: 'app' as const,
      emails: [],
      displayName: found.displayName ?? '',
      active: found.accountEnabled !== false,
      admin: false,
      lastAdmin: false,
      sponsorId: owners.rows[0]?.id,
    });
  }

  async function mailbox(id: string, signal: AbortSignal | undefined): Promise<z.infer<typeof settings>> {
    try {
      return await client.call(
        OPERATIONS.mailboxSettings,
        { path: { id }, query: { $select: 'userPurpose,timeZone' }, signal },
        settings,
      );
    } catch (error) {
      if (
        error instanceof QuellError &&
        ['VENDOR_NOT_FOUND', 'VENDOR_SCOPE', 'VENDOR_PLAN', 'VENDOR_REFUSED'].includes(error.code)
      )
        return {}; // no mailbox, or not ours to read
      throw error;
    }
  }

  return {
    async lookup(by, { signal }: CallOptions = {}) {
      const row = await find(by, signal);
      if (!row) return 'nativeId' in by ? app(by.nativeId, signal) : undefined;
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
        user,
        cursor,
      );
      const admins = await holdersOf(client, undefined, signal);
      return {
        entries: page.rows.map((row) => toEntry(context, row, admins.has(row.id), false)),
        ...(page.next === undefined ? {} : { next: page.next }),
      };
    },
  };
}

function toEntry(context: SourceContext, row: User, admin: boolean, shared: boolean): DirectoryEntry {
  const aliases = (row.proxyAddresses ?? []).map((a) => /^smtp:(.+)$/i.exec(a)?.[1]);
  const emails = [
    ...new Set(
      [row.mail, ...aliases, row.userPrincipalName]
        .filter((m) => typeof m === 'string' && m.includes('@') && !m.includes('#EXT#'))
        .map((m) => String(m).toLowerCase()),
    ),
  ];
  return compact({
    platform: context.platform,
    tenant: context.tenant,
    nativeId: row.id,
    kind: row.userType === 'Guest' ? ('guest' as const) : shared ? ('shared' as const) : ('person' as const),
    emails,
    displayName: row.displayName ?? '',
    active: row.accountEnabled === true,
    admin,
    lastAdmin: false,
    managerId: row.manager?.id,
    phone: row.mobilePhone ?? row.businessPhones?.[0],
    masteredBy: row.onPremisesSyncEnabled ? ('other' as const) : undefined,
  });
}
