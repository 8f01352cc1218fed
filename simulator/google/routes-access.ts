import { addressOf, networkOf } from '../../domain/address.js';
import { METHODS } from '../../platforms/google/methods.js';
import type { AccessLevel } from './access-levels.js';
import { badRequest, notFound, ok } from './replies.js';
import type { Router } from './routing.js';
import { hexId } from './rows.js';
import type { TenantState } from './state.js';

/** Access Context Manager. A level is replaced as a whole; the answer is an operation, done at once. */
export function accessRoutes(router: Router, state: TenantState): void {
  router.on(METHODS.accessLevels, (call) => {
    const policy = `accessPolicies/${call.params['policy'] ?? ''}/`;
    const found = state.accessLevels.filter((l) => l.name.startsWith(policy));
    return router.page(call, 'accessLevels', found, { size: call.query['pageSize'] });
  });
  router.on(METHODS.setAccessLevel, (call) => {
    const name = `accessPolicies/${call.params['policy'] ?? ''}/accessLevels/${call.params['level'] ?? ''}`;
    const before = state.accessLevels.find((l) => l.name === name);
    if (!before) return notFound('accesscontextmanager');
    const basic = call.body['basic'] as AccessLevel['basic'] | undefined;
    const ranges = (basic?.conditions ?? []).flatMap((c) => c.ipSubnetworks ?? []);
    if (call.query['updateMask'] !== 'basic' || !basic || !ranges.every(isNetwork))
      return badRequest('accesscontextmanager', 'Invalid access level');
    if (JSON.stringify(before.basic) !== JSON.stringify(basic)) {
      state.accessLevels = state.accessLevels.map((l) => (l === before ? { ...l, basic } : l));
      state.acted({ operation: METHODS.setAccessLevel.name, targetId: name, effect: `ranges: ${ranges.join(' ')}` });
    }
    return ok({
      name: `operations/accessPolicies/${call.params['policy'] ?? ''}/update/${hexId(JSON.stringify(basic))}`,
      done: true,
      response: { ...before, basic },
    });
  });
}

/** Host bits must be zero. */
function isNetwork(range: string): boolean {
  const [first = '', length] = range.split('/');
  return length !== undefined && networkOf(range) === `${addressOf(first) ?? ''}/${length}`;
}
