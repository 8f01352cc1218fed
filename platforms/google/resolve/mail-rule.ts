import type { TargetOf } from '../../../domain/act-target.js';
import type { CallOptions, TargetReading } from '../../ports.js';
import { readingOf } from '../../kit/reading.js';
import type { ActContext } from '../act-context.js';
import { filtersOf } from '../mail-filters.js';
import { AUTO_FORWARDING } from '../mail-forwarding.js';
import { accountOf } from './account.js';
import { isOtherSpelling } from './spelling.js';

const RULE_ID = /^[\w-]+$/;

/** A filter of the account's own mailbox, or the forwarding of all its mail. A filter that is gone resolves to the account. */
export const mailRuleResolver =
  (context: ActContext) =>
  async (
    { ruleId, accountId }: TargetOf<'mail_rule'>,
    { signal }: CallOptions,
  ): Promise<readonly TargetReading<'mail_rule'>[]> => {
    if (!RULE_ID.test(ruleId)) return [];
    const known = await accountOf(context, accountId, signal);
    if (!known) return [];
    const { user, account } = known;
    // Nobody can look as a suspended account; the mailbox is its own all the same.
    const filters =
      user.suspended || ruleId === AUTO_FORWARDING ? [] : await filtersOf(context, user.primaryEmail, signal);
    if (isOtherSpelling(ruleId, [AUTO_FORWARDING, ...filters.map((f) => f.id)])) return [];
    return [readingOf<'mail_rule'>({ type: 'mail_rule', ruleId, accountId: account.accountId }, [account])];
  };
