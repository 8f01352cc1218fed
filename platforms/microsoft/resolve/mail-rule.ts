import { z } from 'zod';
import type { MailRuleTarget } from '../../../domain/act-target.js';
import { QuellError } from '../../../domain/errors.js';
import type { CallOptions, TargetReading } from '../../ports.js';
import { readingOf } from '../../reading.js';
import { orMissing } from '../../replies.js';
import { OPERATIONS } from '../operations.js';
import { accountReader, type ReadContext } from './accounts.js';

const rule = z.looseObject({ id: z.string() });

/** Exchange's ids: base64, in either alphabet. */
const isRuleId = (id: string): boolean => /^[\w+/=-]+$/.test(id);

/** A rule is a thing of one mailbox. One that is gone stays named as it was. */
export const mailRuleResolver =
  (context: ReadContext) =>
  async (
    { ruleId, accountId }: MailRuleTarget,
    { signal }: CallOptions,
  ): Promise<readonly TargetReading<'mail_rule'>[]> => {
    if (!isRuleId(ruleId)) return [];
    const named = await accountReader(context, signal)(accountId);
    if (!named) return [];
    const path = { id: named.accountId, ruleId };
    const found = await orMissing(context.client.call(OPERATIONS.mailRule, { path, signal }, rule));
    if (found && found.id !== ruleId) throw new QuellError('VENDOR_REPLY', `${OPERATIONS.mailRule.name}: another rule`);
    const target: MailRuleTarget = { type: 'mail_rule', ruleId: found?.id ?? ruleId, accountId: named.accountId };
    return [readingOf<'mail_rule'>(target, [named])];
  };
