import { z } from 'zod';
import { isRuleNamed, ruleNamed, type MailRuleTarget } from '../../../domain/act-target.js';
import { QuellError } from '../../../domain/errors.js';
import type { CallOptions, TargetReading } from '../../ports.js';
import { readingOf } from '../../kit/reading.js';
import { orMissing } from '../../kit/replies.js';
import { OPERATIONS } from '../operations.js';
import { accountReader, type ReadContext } from './accounts.js';

const rule = z.looseObject({ id: z.string(), displayName: z.string().nullish() });

/** Exchange's ids: base64, in either alphabet. */
const isRuleId = (id: string): boolean => /^[\w+/=-]+$/.test(id);

/** A rule is a thing of one mailbox. One that is gone stays named as it was; one of which the name alone is known is the rule of that name, and where two bear it a person decides. */
export const mailRuleResolver =
  (context: ReadContext) =>
  async (
    { ruleId, accountId }: MailRuleTarget,
    { signal }: CallOptions,
  ): Promise<readonly TargetReading<'mail_rule'>[]> => {
    if (!isRuleId(ruleId) && !isRuleNamed(ruleId)) return [];
    const named = await accountReader(context, signal)(accountId);
    if (!named) return [];
    const mailbox = named.accountId;
    const ids = isRuleNamed(ruleId)
      ? await rulesNamed(context, mailbox, ruleId, signal)
      : [await ruleOf(context, mailbox, ruleId, signal)];
    return ids.map((id) => readingOf<'mail_rule'>({ type: 'mail_rule', ruleId: id, accountId: mailbox }, [named]));
  };

async function ruleOf({ client }: ReadContext, id: string, ruleId: string, signal?: AbortSignal): Promise<string> {
  const found = await orMissing(client.call(OPERATIONS.mailRule, { path: { id, ruleId }, signal }, rule));
  if (found && found.id !== ruleId) throw new QuellError('VENDOR_REPLY', `${OPERATIONS.mailRule.name}: another rule`);
  return found?.id ?? ruleId;
}

async function rulesNamed(
  { client }: ReadContext,
  id: string,
  name: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const rows = await client.all(OPERATIONS.mailRules, { path: { id }, signal }, rule);
  return rows.filter((r) => ruleNamed(r.displayName ?? '') === name).map((r) => r.id);
}
