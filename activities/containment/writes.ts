import { idsOf } from '../../domain/act-target.js';
import type { ErrorCode } from '../../domain/errors.js';
import type { PlannedAction, VendorWrite } from '../../domain/plan.js';
import { sameWrite, type NotedStep } from '../../domain/step-record.js';
import type { RecordWrite } from '../../platforms/ports.js';
import { asQuellError } from '../errors.js';
import type { ActDeps } from './act-on-step.js';
import { assertNotStopped } from './switch.js';

/** Codes that say: the write had no effect. Anything else leaves it open, and the next attempt's read decides. */
const NO_EFFECT: readonly ErrorCode[] = [
  'VENDOR_BUSY',
  'VENDOR_AUTH',
  'VENDOR_SCOPE',
  'VENDOR_PLAN',
  'VENDOR_NOT_FOUND',
  'VENDOR_REFUSED',
  'UNSUPPORTED',
];

const NOTES = {
  act: { intended: 'intended', refuted: 'refuted' },
  undo: { intended: 'undo_intended', refuted: 'undo_refuted' },
} as const;

/** Each write is kept before it goes out, and none goes out while the stop is on, the organisation's or this machine's. */
export function recorder(
  deps: Pick<ActDeps, 'config' | 'memory' | 'turn'>,
  id: NotedStep,
  what: keyof typeof NOTES,
): RecordWrite {
  const { memory, turn } = deps;
  const { intended, refuted } = NOTES[what];
  return async (write, send) => {
    await assertNotStopped(deps);
    await memory.note(turn, id, { kind: intended, content: write });
    try {
      return await send();
    } catch (error) {
      const code = asQuellError(error)?.code;
      if (code && NO_EFFECT.includes(code)) await memory.note(turn, id, { kind: refuted, content: write });
      throw error;
    }
  };
}

/** Announced by attempts that died (`before`) and not sent again by this one: they took effect. An effect that no act announced still gets a line. */
export function allWrites(
  before: readonly VendorWrite[],
  sent: readonly VendorWrite[],
  unexplained?: PlannedAction,
): readonly VendorWrite[] {
  const earlier = before.filter(
    (w, i) => !sent.some((s) => sameWrite(s, w)) && before.findIndex((b) => sameWrite(b, w)) === i,
  );
  const all = [...earlier, ...sent];
  if (all.length > 0 || !unexplained) return all;
  return [
    {
      platform: unexplained.platform,
      operation: `${unexplained.kind} (by an attempt that was interrupted)`,
      targetId: idsOf(unexplained.target).at(-1) ?? '',
    },
  ];
}
