import { METHODS } from '../../platforms/google/methods.js';
import type { Hold, Matter } from './entities.js';
import { badRequest, notFound, ok } from './replies.js';
import type { Call, Router } from './routing.js';
import { hexId } from './rows.js';
import type { TenantState } from './state.js';

const CORPORA = ['MAIL', 'GROUPS', 'HANGOUTS_CHAT', 'DRIVE', 'VOICE', 'CALENDAR', 'GEMINI'];

/** Vault: matters and holds. Names need not be unique, so whoever sends twice makes two. */
export function vaultRoutes(router: Router, state: TenantState): void {
  router.on(METHODS.matters, (call) => {
    const wanted = call.query['state'];
    const found = state.matters.filter((m) => wanted === undefined || m.state === wanted);
    return router.page(call, 'matters', found.map(matterEntity), { size: call.query['pageSize'] });
  });
  router.on(METHODS.createMatter, (call) => {
    const { name, description } = call.body;
    if (typeof name !== 'string' || name === '') return badRequest('vault', 'name is required');
    const made: Matter = {
      matterId: hexId(`matter:${String(state.serial())}`, 32),
      name,
      description: typeof description === 'string' ? description : '',
      state: 'OPEN',
    };
    state.matters = [...state.matters, made];
    state.acted({ operation: METHODS.createMatter.name, targetId: name, effect: 'matter created' });
    return ok(matterEntity(made));
  });
  holdRoutes(router, state);
}

function holdRoutes(router: Router, state: TenantState): void {
  const matterOf = (call: Call): Matter | undefined =>
    state.matters.find((m) => m.matterId === call.params['matterId'] && m.state === 'OPEN');

  router.on(METHODS.holds, (call) => {
    const matter = matterOf(call);
    if (!matter) return notFound('vault', 'Requested entity was not found.');
    const found = state.holds.filter((h) => h.matterId === matter.matterId);
    const full = call.query['view'] === 'FULL_HOLD';
    return router.page(
      call,
      'holds',
      found.map((h) => holdEntity(h, full)),
      { size: call.query['pageSize'] },
    );
  });
  router.on(METHODS.createHold, (call) => {
    const matter = matterOf(call);
    if (!matter) return notFound('vault', 'Requested entity was not found.');
    const { name, corpus, accounts, query } = call.body;
    const ids = (Array.isArray(accounts) ? accounts : []).map((a: { accountId?: unknown }) => a.accountId);
    if (typeof name !== 'string' || name === '' || typeof corpus !== 'string' || !CORPORA.includes(corpus))
      return badRequest('vault', 'Invalid hold');
    const users = ids.map((id) => (typeof id === 'string' ? state.users.get(id) : undefined));
    if (users.length === 0 || users.some((u) => u === undefined)) return badRequest('vault', 'Invalid account');
    const made: Hold = {
      holdId: hexId(`hold:${String(state.serial())}`, 24),
      matterId: matter.matterId,
      name,
      corpus,
      accountIds: users.flatMap((u) => u?.id ?? []),
      query,
      at: state.now(),
    };
    state.holds = [...state.holds, made];
    state.acted({
      operation: METHODS.createHold.name,
      targetId: `${made.accountIds.join(',')}/${corpus}`,
      effect: `held: ${corpus}`,
    });
    return ok(holdEntity(made, true));
  });
  router.on(METHODS.deleteHold, (call) => {
    const found = state.holds.find(
      (h) => h.holdId === call.params['holdId'] && h.matterId === matterOf(call)?.matterId,
    );
    if (!found) return notFound('vault', 'Requested entity was not found.');
    state.holds = state.holds.filter((h) => h !== found);
    state.acted({
      operation: METHODS.deleteHold.name,
      targetId: `${found.accountIds.join(',')}/${found.corpus}`,
      effect: `released: ${found.corpus}`,
    });
    return ok({});
  });
}

const matterEntity = ({ matterId, name, description, state }: Matter): object => ({
  matterId,
  name,
  description,
  state,
});

const holdEntity = (hold: Hold, full: boolean): object => ({
  holdId: hold.holdId,
  name: hold.name,
  corpus: hold.corpus,
  updateTime: hold.at.toISOString(),
  ...(full ? { accounts: hold.accountIds.map((accountId) => ({ accountId, holdTime: hold.at.toISOString() })) } : {}),
  ...(hold.query === undefined ? {} : { query: hold.query }),
});
