import { heartbeat } from '@temporalio/activity';
import type { ActionTarget, Readback } from '../../domain/plan.js';
import type { Instant } from '../../domain/platform.js';
import type { ContainmentAct } from '../../platforms/ports.js';
import { cancellation, instant, sleepBeating, type Clock } from '../context.js';

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5000;

/**
 * Reads until the vendor shows the wanted state or `withinSeconds` have passed; at least once. `expect` is what `holds` should be: true
 * after an act, false after its undo. Errors of the vendor are thrown as they are.
 */
export async function readBack(
  act: ContainmentAct,
  target: ActionTarget,
  since: Instant,
  clock: Clock,
  withinSeconds: number,
  expect = true,
): Promise<Readback> {
  let waited = 0;
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    heartbeat();
    const { holds, state } = await act.verify(target, { since }, { signal: cancellation() });
    if (holds === expect || waited >= withinSeconds * 1000) return { at: instant(clock), holds, state };
    const pause = Math.min(wait, withinSeconds * 1000 - waited);
    await sleepBeating(pause);
    waited += pause;
  }
}
