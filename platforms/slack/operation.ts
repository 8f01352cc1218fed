import type { RateLimit, VendorOperation } from '../operation.js';
import type { SlackPlan } from './settings.js';

export interface SlackOperation extends VendorOperation {
  /** Vendor's method; for what has no method's name our own words. */
  readonly name: string;
  readonly api: 'web' | 'audit' | 'scim' | 'hooks';
  readonly token: 'audit' | 'admin' | 'logs' | 'bot' | 'none';
  /** All of them are needed for what we do with the method. */
  readonly scopes: readonly string[];
  /** Slack's rate tier; `special` is per method. */
  readonly tier: Tier;
  /** Smallest plan that has it. */
  readonly plan: SlackPlan;
}

type Tier = 1 | 2 | 3 | 4 | 'special';
type Drafted = Omit<SlackOperation, 'writes' | 'api' | 'plan' | 'limit' | 'roles'> & Partial<SlackOperation>;

/** Calls a minute that Slack promises at least. Counted by method, workspace and app; we count by method and app. */
const CALLS: Readonly<Record<Exclude<Tier, 'special'>, number>> = { 1: 1, 2: 20, 3: 50, 4: 100 };

const limitOf = ({ name, tier }: Drafted): RateLimit => ({
  bucket: name,
  calls: CALLS[tier === 'special' ? 1 : tier],
  seconds: 60,
  counts: 'app',
});

/** A method that changes nothing. */
export function read(drafted: Drafted & Pick<SlackOperation, 'roles'>): SlackOperation {
  return { api: 'web', plan: 'pro', writes: false, limit: limitOf(drafted), ...drafted };
}

/** A method that changes the organisation; the containment role's unless said. */
export function write(drafted: Drafted): SlackOperation {
  return { api: 'web', plan: 'pro', writes: true, roles: ['containment'], limit: limitOf(drafted), ...drafted };
}
