import { randomUUID } from 'node:crypto';
import { access } from 'node:fs/promises';
import type { Decider, DecisionKey, Signed, Stop, SwitchDecision } from '../../domain/decision.js';
import { QuellError, type ErrorCode } from '../../domain/errors.js';
import { afterSwitch, refuseSwitch, type SwitchState } from '../../domain/switch.js';
import type { AuditLog } from '../../store/audit/log.js';
import { instant, systemClock, type Clock } from '../context.js';
import type { SwitchActivities } from '../contract.js';
import { guarded } from '../errors.js';
import type { ContainmentConfig } from './config.js';
import type { SwitchBook } from './ports.js';
import { RefusalMeter } from './refusals.js';

/** The organisation's stop, as this worker obeyed it, and the stop file of this machine: only its proven absence lets a write through. Throws STOPPED. */
export async function assertNotStopped({
  config,
  memory,
}: {
  readonly config: Pick<ContainmentConfig, 'stopFile'>;
  readonly memory: Pick<SwitchBook, 'stopped'>;
}): Promise<void> {
  const stopped = await memory.stopped();
  if (stopped) throw new QuellError('STOPPED', `since ${stopped.at}`);
  const absent = await access(config.stopFile).then(
    () => false,
    (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT',
  );
  if (!absent) throw new QuellError('STOPPED', 'local stop file');
}

const answerOf = ({ stopped }: SwitchState): { readonly stopped?: Stop } => (stopped ? { stopped } : {});

const obeyed = ({ body }: Signed<SwitchDecision>): string => (body.verb === 'resume' ? 'resumed' : 'stopped');

export interface SwitchDeps {
  readonly memory: Pick<SwitchBook, 'standing' | 'obey'>;
  /** Whose decisions count, by this worker's own configuration. */
  readonly keys: readonly DecisionKey[];
  readonly deciders: readonly Decider[];
  readonly audit: Pick<AuditLog, 'note'>;
  readonly clock?: Clock;
}

/** Takes the organisation's stop and its end in by the same rules as the workflow that carries them, with this worker's own keys and memory. */
export function createSwitchActivities(deps: SwitchDeps): SwitchActivities {
  const { memory, keys, deciders, audit, clock = systemClock } = deps;
  const refusals = new RefusalMeter(clock);
  const tell = async (what: string, signed: Signed<SwitchDecision>, code?: ErrorCode): Promise<void> => {
    const { body } = signed;
    const known = code === undefined;
    const entry = refusals.toAudit(code, {
      key: known ? `switch:${body.nonce}` : `switch:${code}:${randomUUID()}`,
      at: instant(clock),
      kind: `containment.switch.${what}`,
      by: 'containment',
      data: known ? { by: body.personId, nonce: body.nonce } : { code },
    });
    if (entry) await audit.note(entry);
  };
  return guarded<SwitchActivities>({
    switchContainment: async ({ signed }) => {
      for (;;) {
        const standing = await memory.standing();
        const now = instant(clock);
        const code = refuseSwitch(signed, standing, { keys, deciders }, now);
        // An attempt before this one may have been obeyed and neither told nor answered. Of one that was told the first entry stays.
        if (code === 'DECISION_REPLAYED') {
          await tell(obeyed(signed), signed);
          return answerOf(standing);
        }
        if (code) {
          await tell('refused', signed, code);
          throw new QuellError(code);
        }
        const after = afterSwitch(signed, standing, now);
        if (!(await memory.obey(standing, signed, after.stopped))) continue; // another came first, and this one may count no more
        await tell(obeyed(signed), signed);
        return answerOf(after);
      }
    },
  });
}
