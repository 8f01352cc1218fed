import { idsOf, namedAccount } from '../../domain/act-target.js';
import type { ActionResult, PlannedAction } from '../../domain/plan.js';
import type { ResolvedStep, StepNames } from '../../domain/resolved-step.js';
import type { ConsolePorts } from './ports.js';

/** A step of a plan as people see it. */
export interface ShownStep extends PlannedAction {
  /** The act, for people. */
  readonly name: string;
  /** To whom it is done by the plan, in a name where the registry knows one. */
  readonly who: string;
  /** What it would touch now; undefined where no containment worker told of it. */
  readonly touches: Touched | undefined;
  readonly result: ActionResult | undefined;
  readonly standing: 'automatic' | 'approved' | 'denied' | 'waiting';
  /** `2 of lead or counsel; has Ann Vogt`. */
  readonly needs: string;
}

/** What a step would touch, in words. */
export interface Touched {
  readonly target: string;
  readonly accounts: readonly string[];
  readonly wide: boolean;
  readonly because: readonly string[];
  readonly refused: string | undefined;
}

export function touched(step: ResolvedStep | undefined, names: StepNames): Touched | undefined {
  if (!step) return undefined;
  const named = (id: string): string => (names[id] === undefined || names[id] === id ? id : `${names[id]} (${id})`);
  return {
    target: step.target === undefined ? '' : `${step.target.type.replaceAll('_', ' ')} ${idsOf(step.target)[0] ?? ''}`,
    accounts: (step.affects ?? []).map(named),
    wide: step.reach === 'organisation',
    because: step.because,
    refused: step.refused,
  };
}

export async function whom(ports: ConsolePorts, { platform, tenant, target }: PlannedAction): Promise<string> {
  const owner = namedAccount(target);
  const person = owner === undefined ? undefined : await ports.account(platform, tenant, owner);
  const named = person ? [person.name, person.mails[0]].filter((t) => t !== undefined).join(', ') : (owner ?? '');
  if (target.type === 'account' || target.type === 'sessions') return named;
  const [thing = ''] = idsOf(target);
  return `${target.type.replaceAll('_', ' ')} ${thing}${named === '' ? '' : ` of ${named}`}`;
}
