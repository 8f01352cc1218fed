import { METHODS } from '../../platforms/google/methods.js';
import type { File } from './entities.js';
import { fail, noContent, notFound, type Reply } from './replies.js';
import type { Call, Router } from './routing.js';
import type { TenantState } from './state.js';

/** Files and whom they are shared with; only the owner sees and changes that here. */
export function driveRoutes(router: Router, state: TenantState): void {
  const withFile = (call: Call, then: (file: File) => Reply): Reply => {
    const file = state.visible(state.files).find((f) => f.id === call.params['fileId'] && f.owner === call.subject?.id);
    return file ? then(file) : notFound('drive', `File not found: ${call.params['fileId'] ?? ''}.`);
  };
  router.on(METHODS.permissions, (call) =>
    withFile(call, (file) => {
      // Without `fields` the API leaves addresses and domains out.
      const full = /\bpermissions\(/.test(call.query['fields'] ?? '');
      const shown = file.permissions.map(({ emailAddress, domain, ...p }) =>
        full
          ? {
              ...p,
              ...(emailAddress === undefined ? {} : { emailAddress }),
              ...(domain === undefined ? {} : { domain }),
            }
          : { kind: 'drive#permission', ...p },
      );
      return router.page(call, 'permissions', shown, { size: call.query['pageSize'] });
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
