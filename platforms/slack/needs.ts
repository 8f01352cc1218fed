import type { Need } from '../needs.js';
import type { VendorRole } from '../operation.js';
import { OPERATIONS, type SlackOperation } from './methods.js';
import type { SlackPlan } from './settings.js';

/** Whose app a token comes from; `scim` is apart only where the organisation wants it so. */
export type TokenKind = 'audit' | 'admin' | 'logs' | 'scim' | 'bot';

/** A need of Slack: `of` is the kind of token. */
export interface SlackNeed extends Need {
  readonly operation: SlackOperation;
  readonly of: TokenKind;
}

const PLANS: readonly SlackPlan[] = ['pro', 'business', 'enterprise'];
const NAMES: Readonly<Record<SlackPlan, string>> = { pro: 'Pro', business: 'Business+', enterprise: 'Enterprise' };

/** The role can go without it; see `methods.ts`. */
export const isOptional = (kind: TokenKind): boolean => kind === 'logs' || kind === 'scim';

/** What a role needs of an organisation with this plan. With `apart` the deactivation by SCIM has a token of its own. */
export function slackNeeds(role: VendorRole, plan: SlackPlan, apart = false): readonly SlackNeed[] {
  const has = (o: SlackOperation): boolean => PLANS.indexOf(o.plan) <= PLANS.indexOf(plan);
  return (Object.values(OPERATIONS) as readonly SlackOperation[]).flatMap((operation) => {
    if (!operation.roles.includes(role) || !has(operation) || operation.scopes.length === 0) return [];
    const of = operation.api === 'scim' && apart ? 'scim' : operation.token;
    if (of === 'none') return [];
    const { scopes } = operation;
    return [{ operation, of, scopes, ...(operation.plan === 'pro' ? {} : { plan: NAMES[operation.plan] }) }];
  });
}
