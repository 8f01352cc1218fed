import { METHODS } from '../../platforms/google/methods.js';
import { permissionId, type File, type Permission, type User } from './entities.js';
import { badRequest, fail, noContent, notFound, ok, type Reply } from './replies.js';
import type { Call, Router } from './routing.js';
import type { TenantState } from './state.js';

/** Files and whom they are shared with; the owner sees and changes that here, and whoever may change the file. */
export function driveRoutes(router: Router, state: TenantState): void {
  const withFile = (call: Call, then: (file: File) => Reply): Reply => {
    const file = state.visible(state.files).find((f) => f.id === call.params['fileId'] && mayChange(f, call.subject));
    return file ? then(file) : notFound('drive', `File not found: ${call.params['fileId'] ?? ''}.`);
  };
  fileRoutes(router, state, withFile);
  router.on(METHODS.permissions, (call) =>
    withFile(call, (file) => {
      const full = /\bpermissions\(/.test(call.query['fields'] ?? '');
      return router.page(
        call,
        'permissions',
        file.permissions.map((p) => permissionEntity(p, full)),
        { size: call.query['pageSize'] },
      );
    }),
  );
  router.on(METHODS.deletePermission, (call) =>
    withFile(call, (file) => {
      const found = file.permissions.find((p) => p.id === call.params['permissionId']);
      if (!found) return notFound('drive', 'Permission not found');
      if (found.role === 'owner') return fail('drive', 403, 'cannotRemoveOwner', 'The owner cannot be removed.');
      file.permissions = file.permissions.filter((p) => p !== found);
      state.acted({
        operation: METHODS.deletePermission.name,
        targetId: `${file.id}/permissions/${found.id}`,
        effect: 'permission removed',
      });
      return noContent;
    }),
  );
}

function fileRoutes(
  router: Router,
  state: TenantState,
  withFile: (call: Call, then: (file: File) => Reply) => Reply,
): void {
  const entity = (call: Call, file: File): object =>
    fileEntity(file, call.query['fields'] ?? '', call.subject, state.users.get(file.owner));
  router.on(METHODS.files, (call) => {
    const fits = conditionOf(call.query['q'] ?? '', call.subject?.id);
    if (!fits) return fail('drive', 400, 'invalid', 'Invalid Value');
    const found = state
      .visible(state.files)
      .filter((f) => f.owner === call.subject?.id && fits(f))
      .map((f) => entity(call, f));
    return router.page(call, 'files', found, { size: call.query['pageSize'] });
  });
  router.on(METHODS.ownFile, (call) => withFile(call, (file) => ok(entity(call, file))));
  router.on(METHODS.trashFile, (call) =>
    withFile(call, (file) => {
      const { trashed } = call.body;
      if (!mayTrash(file, call.subject))
        return fail('drive', 403, 'insufficientFilePermissions', 'The user does not have sufficient permissions.');
      if (typeof trashed !== 'boolean') return badRequest('drive', 'Invalid Value');
      if (file.trashed !== trashed) {
        file.trashed = trashed;
        state.acted({
          operation: METHODS.trashFile.name,
          targetId: file.id,
          effect: `trashed: ${String(!trashed)} -> ${String(trashed)}`,
        });
      }
      return ok(entity(call, file));
    }),
  );
}

const mayChange = (file: File, who: User | undefined): boolean =>
  file.owner === who?.id || file.permissions.some((p) => p.role === 'writer' && p.emailAddress === who?.email);
const mayTrash = (file: File, who: User | undefined): boolean => file.owner === who?.id;

/** The words of a search that are used; undefined for any other. */
function conditionOf(q: string, me: string | undefined): ((file: File) => boolean) | undefined {
  const parts = q.split(' and ').map((part): ((file: File) => boolean) | undefined => {
    if (part === '') return () => true;
    if (part === "'me' in owners") return (f) => f.owner === me;
    if (part === "mimeType != 'application/vnd.google-apps.folder'") return () => true; // there are no folders here
    const time = /^createdTime (>=|<=) '([^']+)'$/.exec(part);
    const at = Date.parse(time?.[2] ?? '');
    if (Number.isNaN(at)) return undefined;
    return (f) => (time?.[1] === '>=' ? f.createdAt.getTime() >= at : f.createdAt.getTime() <= at);
  });
  return parts.every((p) => p !== undefined) ? (f) => parts.every((p) => p(f)) : undefined;
}

/** Without `fields` the API gives kind, id, name and type alone. */
function fileEntity(file: File, fields: string, reader: User | undefined, owner: User | undefined): object {
  const wants = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(fields);
  if (fields === '') return { kind: 'drive#file', id: file.id, name: file.name, mimeType: 'application/octet-stream' };
  return {
    id: file.id,
    ...(wants('name') ? { name: file.name } : {}),
    ...(wants('createdTime') ? { createdTime: file.createdAt.toISOString() } : {}),
    ...(wants('size') ? { size: String(1024 + file.name.length) } : {}),
    ...(wants('sha256Checksum') ? { sha256Checksum: file.sha256 } : {}),
    ...(wants('trashed') ? { trashed: file.trashed } : {}),
    ...(wants('driveId') && file.driveId !== undefined ? { driveId: file.driveId } : {}),
    ...(wants('owners') && file.driveId === undefined ? { owners: [ownerEntity(file, reader, owner)] } : {}),
    ...(wants('capabilities')
      ? { capabilities: { canTrash: mayTrash(file, reader), canUntrash: mayTrash(file, reader) } }
      : {}),
    ...(wants('permissions') ? { permissions: file.permissions.map((p) => permissionEntity(p, true)) } : {}),
  };
}

/** Whoever owns it, also somebody whom the organisation does not have. */
function ownerEntity(file: File, reader: User | undefined, owner: User | undefined): object {
  const emailAddress = file.permissions.find((p) => p.role === 'owner')?.emailAddress ?? '';
  return {
    kind: 'drive#user',
    displayName: owner?.name ?? emailAddress.split('@')[0] ?? '',
    me: file.owner === reader?.id,
    permissionId: permissionId(file.owner),
    emailAddress,
  };
}

/** Without `fields` the API leaves addresses and domains out. */
function permissionEntity({ emailAddress, domain, ...p }: Permission, full: boolean): object {
  if (!full) return { kind: 'drive#permission', ...p };
  return {
    ...p,
    ...(emailAddress === undefined ? {} : { emailAddress }),
    ...(domain === undefined ? {} : { domain }),
  };
}
