import type { ActionKind } from '../../domain/acts/index.js';
import { QuellError } from '../../domain/errors.js';
import type { ContainmentAct, ContainmentPort, VendorState } from '../../platforms/ports.js';
import type { ResolvedTarget } from '../../platforms/resolve.js';

/** An act whose kind is known at run time alone. That its target is of a type that it takes is checked where the plan is read (`plan-author.ts`). */
export interface AnyAct extends Omit<ContainmentAct, 'capture' | 'apply' | 'verify' | 'revert' | 'verifyUndone'> {
  capture(target: ResolvedTarget, ...rest: Tail<ContainmentAct['capture']>): Promise<VendorState>;
  apply(target: ResolvedTarget, ...rest: Tail<ContainmentAct['apply']>): ReturnType<ContainmentAct['apply']>;
  verify(target: ResolvedTarget, ...rest: Tail<ContainmentAct['verify']>): ReturnType<ContainmentAct['verify']>;
  revert?(
    target: ResolvedTarget,
    ...rest: Tail<NonNullable<ContainmentAct['revert']>>
  ): ReturnType<NonNullable<ContainmentAct['revert']>>;
  verifyUndone?(
    target: ResolvedTarget,
    ...rest: Tail<NonNullable<ContainmentAct['verifyUndone']>>
  ): ReturnType<ContainmentAct['verify']>;
}
type Tail<F extends (...args: never[]) => unknown> = Parameters<F> extends [unknown, ...infer Rest] ? Rest : never;

/** Throws UNSUPPORTED where the platform has no such act. */
export function actOf({ acts }: Pick<ContainmentPort, 'acts'>, kind: ActionKind): AnyAct {
  const act = acts[kind];
  if (!act) throw new QuellError('UNSUPPORTED', kind);
  return act;
}
