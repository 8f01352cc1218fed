import type { ContainmentAct, ResolvedTargetOf } from '../../ports.js';
import type { ActContext } from '../act-context.js';
import { filterActs } from '../mail-filters.js';
import { AUTO_FORWARDING, forwardingActs } from '../mail-forwarding.js';

/** Removes a filter, or switches the forwarding of all mail off. Acts as the mailbox's owner. */
export function removeMailRule(context: ActContext): ContainmentAct<'remove_mail_rule'> {
  const filters = filterActs(context);
  const forwarding = forwardingActs(context);
  const of = ({ ruleId }: ResolvedTargetOf<'remove_mail_rule'>): typeof filters =>
    ruleId === AUTO_FORWARDING ? forwarding : filters;
  return {
    kind: 'remove_mail_rule',
    reversible: true,
    undo: 'The filter is made again; forwarding is switched on again.',
    losses: 'A filter that names mail addresses other than a vendor’s is not kept; its owner writes it again.',
    recognised: 'The filter is not there any more; forwarding is off.',
    proof: 'The filter is asked for again, or the forwarding setting.',
    effectWithinSeconds: 60,
    capture: (target, options) => of(target).capture(target, options),
    apply: (target, context_, options) => of(target).apply(target, context_, options),
    verify: (target, context_, options) => of(target).verify(target, context_, options),
    revert: (target, before, options) => of(target).revert(target, before, options),
    verifyUndone: (target, before, options) => of(target).verifyUndone(target, before, options),
  };
}
