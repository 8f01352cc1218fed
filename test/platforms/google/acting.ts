import type { ActTarget } from '../../../domain/act-target.js';
import type { ActionKind } from '../../../domain/acts/index.js';
import type { VendorWrite } from '../../../domain/plan.js';
import type { ContainmentAct, ContainmentPort, VendorState, WriteOptions } from '../../../platforms/ports.js';
import { resolveTarget, type ResolvedTarget } from '../../../platforms/resolve.js';

type Context = Parameters<ContainmentAct['apply']>[1];
interface Verified {
  readonly holds: boolean;
  readonly state: VendorState;
}
/** An act by targets as plans have them: each is resolved anew for each call, as the containment worker does. */
export interface Acting {
  readonly reversible: boolean;
  readonly undoes: boolean;
  capture(target: ActTarget): Promise<VendorState>;
  apply(target: ActTarget, context: Context, options?: WriteOptions): Promise<readonly VendorWrite[]>;
  verify(target: ActTarget, context: Pick<Context, 'since'>): Promise<Verified>;
  revert(target: ActTarget, before: VendorState): Promise<readonly VendorWrite[]>;
}

/** Of any kind; which targets it takes is what the catalogue says. */
interface AnyAct {
  readonly reversible: boolean;
  capture(target: ResolvedTarget): Promise<VendorState>;
  apply(target: ResolvedTarget, context: Context, options?: WriteOptions): Promise<readonly VendorWrite[]>;
  verify(target: ResolvedTarget, context: Pick<Context, 'since'>): Promise<Verified>;
  revert?(target: ResolvedTarget, before: VendorState): Promise<readonly VendorWrite[]>;
}

export function actOf(port: ContainmentPort, kind: ActionKind): Acting {
  const act = port.acts[kind] as unknown as AnyAct | undefined;
  if (!act) throw new Error(`no act ${kind}`);
  const on = (target: ActTarget): Promise<ResolvedTarget> => resolveTarget(port, target);
  return {
    reversible: act.reversible,
    undoes: act.revert !== undefined,
    capture: async (target) => act.capture(await on(target)),
    apply: async (target, context, options) => act.apply(await on(target), context, options),
    verify: async (target, context) => act.verify(await on(target), context),
    revert: async (target, before) => {
      if (!act.revert) throw new Error(`${kind} cannot be undone`);
      return act.revert(await on(target), before);
    },
  };
}
