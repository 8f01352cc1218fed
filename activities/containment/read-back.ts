import { Context } from '@temporalio/activity';
import type { Readback } from '../../domain/plan.js';
import type { Instant } from '../../domain/platform.js';
import type { ResolvedTarget } from '../../platforms/resolve.js';
import { cancellation, instant, type Clock } from '../context.js';
import type { AnyAct } from './act-of.js';

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5000;
/** An attempt may last a quarter of an hour: a slower effect is for the watch to see. */
const LONGEST_SECONDS = 600;

/**
 * Reads until the vendor shows the wanted state or `withinSeconds` have passed (ten minutes at most); at least once. `expect` is what `holds` should be: true
 * after an act, false after its undo. Errors of the vendor are thrown as they are.
 */
export async function readBack(
  act: Pick<AnyAct, 'verify'>,
  target: ResolvedTarget,
  since: Instant,
  clock: Clock,
  withinSeconds: number,
  expect = true,
): Promise<Readback> {
  const within = Math.min(withinSeconds, LONGEST_SECONDS) * 1000;
  let waited = 0;
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    const { holds, state } = await act.verify(target, { since }, { signal: cancellation() });
    if (holds === expect || waited >= within) return { at: instant(clock), holds, state };
    const pause = Math.min(wait, within - waited);
    await Context.current().sleep(pause);
    waited += pause;
  }
}
