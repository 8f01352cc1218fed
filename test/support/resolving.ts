import { actOf } from '../../activities/containment/act-of.js';
import type { ActTarget } from '../../domain/act-target.js';
import type { ActionKind } from '../../domain/acts/index.js';
import type { CallOptions, ContainmentAct, ContainmentPort, VendorState, WriteOptions } from '../../platforms/ports.js';
import { resolveTarget } from '../../platforms/resolve.js';

type Context = Parameters<ContainmentAct['apply']>[1];

/** An act of a port for targets as plans have them: each is resolved first, as the containment worker does. */
export function resolving(port: ContainmentPort, kind: ActionKind) {
  const act = actOf(port, kind);
  return {
    capture: async (target: ActTarget, options?: CallOptions) =>
      act.capture(await resolveTarget(port, target), options),
    apply: async (target: ActTarget, context: Context, options?: WriteOptions) =>
      act.apply(await resolveTarget(port, target), context, options),
    verify: async (target: ActTarget, context: Pick<Context, 'since'>, options?: CallOptions) =>
      act.verify(await resolveTarget(port, target), context, options),
    /** Nothing where the act has no undo. */
    revert: async (target: ActTarget, before: VendorState, options?: WriteOptions) =>
      (await act.revert?.(await resolveTarget(port, target), before, options)) ?? [],
  };
}
