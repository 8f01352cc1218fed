import { z } from 'zod';
import { quoted, type MicrosoftClient } from './client.js';
import { OPERATIONS } from './operations.js';

/** Role template of Global Administrator, the same in every tenant. */
const GLOBAL_ADMINISTRATOR = '62e90394-69f5-4237-9190-012177145e10';

export const roleMember = z.looseObject({
  '@odata.type': z.string().nullish(),
  id: z.string(),
  roleTemplateId: z.string().nullish(),
});
export const roleAssignment = z.looseObject({ principalId: z.string(), roleDefinitionId: z.string() });

/** Template ids of the directory roles a person holds, also through groups. */
export async function rolesOf(
  client: MicrosoftClient,
  userId: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const groups = await client.all(
    OPERATIONS.userRoles,
    { path: { id: userId }, query: { $select: 'id,roleTemplateId' }, signal },
    roleMember,
  );
  return groups
    .filter((g) => g['@odata.type'] === '#microsoft.graph.directoryRole')
    .map((g) => g.roleTemplateId ?? g.id);
}

/** Principals with a role assigned; of any role when none is named. */
export async function holdersOf(
  client: MicrosoftClient,
  roleDefinitionId: string | undefined,
  signal?: AbortSignal,
): Promise<ReadonlySet<string>> {
  const query = roleDefinitionId === undefined ? {} : { $filter: `roleDefinitionId eq ${quoted(roleDefinitionId)}` };
  const rows = await client.all(OPERATIONS.roleAssignments, { query, signal }, roleAssignment);
  return new Set(rows.map((r) => r.principalId));
}

/** True when no other enabled account is Global Administrator. Groups and apps that hold the role do not count as one. */
export async function isLastGlobalAdmin(
  client: MicrosoftClient,
  userId: string,
  roles: readonly string[],
  signal?: AbortSignal,
): Promise<boolean> {
  if (!roles.includes(GLOBAL_ADMINISTRATOR)) return false;
  const others = [...(await holdersOf(client, GLOBAL_ADMINISTRATOR, signal))].filter((id) => id !== userId);
  for (const id of others) {
    const $filter = `id eq ${quoted(id)}`;
    const rows = await client.first(
      OPERATIONS.users,
      { query: { $filter, $select: 'id,accountEnabled' }, signal },
      z.looseObject({ accountEnabled: z.boolean().nullish() }),
    );
    if (rows[0]?.accountEnabled === true) return false;
  }
  return true;
}
