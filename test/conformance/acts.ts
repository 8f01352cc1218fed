import { actOf } from '../../activities/containment/act-of.js';
import type { ActTarget } from '../../domain/act-target.js';
import type { ActionKind } from '../../domain/acts/index.js';
import type { VendorWrite } from '../../domain/plan.js';
import type { ContainmentPort, VendorState } from '../../platforms/ports.js';
import { resolveTarget } from '../../platforms/resolve.js';
import { stepOf, type Step } from './containment.js';
import { inARow, type Mishap } from './faults.js';
import { facts as isFacts } from '../../workflows/message-shapes.js';
import { secretsIn } from './secrets.js';
import { observed, type Subject } from './subject.js';

/** A fresh tenant with something to act on. */
export interface Scene {
  readonly subject: Subject;
  readonly port: ContainmentPort;
  /** As a plan names it: by ids that evidence gave. */
  readonly target: ActTarget;
  /** What of the tenant acts may change, as the tenant itself has it. */
  state(): unknown;
  close(): Promise<void>;
}

/** What an act did: calls, effects at the tenant in its own words, and how the tenant was left. */
export interface Deed {
  readonly calls: ReadonlyMap<string, number>;
  readonly effects: readonly string[];
  readonly state: unknown;
}
/** Without faults, held against which every disturbed run is judged. */
export interface Rehearsal {
  readonly act: Deed;
  readonly undo: Deed | undefined;
}

const JSON_OF = (value: unknown): string => JSON.stringify(value);

export async function withScene<T>(
  open: () => Promise<Scene>,
  kind: ActionKind,
  work: (scene: Scene, step: Step) => Promise<T>,
): Promise<T> {
  const scene = await open();
  const step = await stepOf(scene.port, kind, scene.target);
  try {
    return await work(scene, step);
  } finally {
    step.close();
    await scene.close();
  }
}

/**
 * Acts and undoes once, undisturbed. Errors: when anything of it is not as the contract of acts says. `notPutBack`: what of the
 * captured facts the undo leaves as it is; a name may end in `*`. `undo`: whether there is one for this target.
 */
export function rehearse(
  open: () => Promise<Scene>,
  kind: ActionKind,
  { notPutBack, undo }: { readonly notPutBack: readonly string[]; readonly undo: boolean },
): Promise<Rehearsal> {
  return withScene(open, kind, async (scene, step) => {
    const { world } = scene.subject;
    const untouched = JSON_OF(scene.state());
    const act = actOf(scene.port, kind);
    const target = await resolveTarget(scene.port, scene.target);
    const before = await act.capture(target);

    const { value: done, calls } = await observed(world, () => step.act());
    if (done.failures.length > 0) throw done.failures[0] as Error;
    const { result } = done;
    // The case refuses a whole report for one name that it does not take.
    for (const facts of [result.before, result.readback?.state])
      if (facts !== undefined && !isFacts(facts)) throw new Error(`${kind}: no case takes ${JSON.stringify(facts)}`);
    if (result.status !== 'done' || !result.verified)
      throw new Error(`${kind} ended as ${result.status} (${result.text}), verified: ${String(result.verified)}`);
    const effects = effectsOf(scene);
    same('the reported writes', effects, result.writes.map(wordsOf));
    if (effects.length === 0) throw new Error(`${kind} had nothing to do`);
    const acted: Deed = { calls, effects, state: scene.state() };

    const again = await act.apply(target, { since: world.startedAt.toISOString(), idempotencyKey: 'x' });
    same('writes when it held already', [], again.map(wordsOf));
    same('effects after it was asked for again', effects, effectsOf(scene));

    if (act.reversible !== (act.revert !== undefined)) throw new Error('reversible and revert say different things');
    if (!act.revert || !undo) return { act: acted, undo: undefined };
    const undone = await observed(world, () => step.release());
    const undoEffects = effectsOf(scene);
    if (!undone.value.result.verified) throw new Error(`undo: ${undone.value.result.text}`);
    same('the reported writes of act and undo', undoEffects, undone.value.result.writes.map(wordsOf));
    if (act.losses === '') same('the state after the undo', untouched, JSON_OF(scene.state()));
    same('what was captured', without(before, notPutBack), without(await act.capture(target), notPutBack));
    same('writes of a second undo', [], (await act.revert(target, before)).map(wordsOf));
    return { act: acted, undo: { calls: undone.calls, effects: undoEffects, state: scene.state() } };
  });
}

/** What is wrong with an act, or its undo, that runs into mishaps after so many calls of an operation; empty when nothing is. */
export function wrongAfter(
  open: () => Promise<Scene>,
  kind: ActionKind,
  rehearsal: Rehearsal,
  phase: 'act' | 'undo',
  { operation, skip, kinds }: { readonly operation: string; readonly skip: number; readonly kinds: readonly Mishap[] },
): Promise<readonly string[]> {
  const where = `${phase}, call ${String(skip + 1)} of ${operation}: ${kinds.join(', ')}`;
  return withScene(open, kind, async (scene, step) => {
    const { platform, world, secrets } = scene.subject;
    const faults = inARow(kinds, { platform, operation, skip });
    if (phase === 'act') world.faults.push(...faults);
    let { result, failures } = await step.act();
    if (phase === 'undo') {
      world.faults.push(...faults);
      ({ result, failures } = await step.release());
    }
    const expected = rehearsal[phase] as Deed;
    const told = [result, ...failures].flatMap((f) => secretsIn(f, secrets()));
    return [
      ...faults.filter((f) => f.times > 0).map((f) => `${where}: ${f.kind} was never met`),
      ...(result.verified ? [] : [`${where}: ended as ${result.status} ${String(result.code)} (${result.text})`]),
      ...different(`${where}: effects`, expected.effects, effectsOf(scene)),
      ...different(`${where}: reported writes`, expected.effects, result.writes.map(wordsOf)),
      ...different(`${where}: state`, JSON_OF(expected.state), JSON_OF(scene.state())),
      ...told.map((s) => `${where}: an error tells ${s}`),
    ];
  }).catch((error: unknown) => [`${where}: ${String(error)}`]);
}

/** What is wrong with an act that lacks the scope of one of its operations: it must end so, name it, and report what it did until then. */
export function wrongWithoutScope(
  open: () => Promise<Scene>,
  kind: ActionKind,
  operation: string,
): Promise<readonly string[]> {
  return withScene(open, kind, async (scene, step) => {
    const { subject } = scene;
    const { world, platform } = subject;
    world.faults.push({ platform, operation, kind: 'missing_scope', times: Number.MAX_SAFE_INTEGER });
    const { result } = await step.act();
    world.faults.length = 0;
    const refused = result.code === 'PROTECTED' || (result.code === 'VENDOR_SCOPE' && result.text.includes(operation));
    return [
      ...(refused ? [] : [`${operation}: ended as ${result.status} ${String(result.code)} (${result.text})`]),
      ...different(`${operation}: reported writes`, effectsOf(scene), result.writes.map(wordsOf)),
      ...secretsIn(result, subject.secrets()).map((s) => `${operation}: the result tells ${s}`),
    ];
  }).catch((error: unknown) => [`${operation}: ${String(error)}`]);
}

const without = (state: VendorState, names: readonly string[]): string =>
  JSON_OF(
    Object.entries(state).filter(
      ([name]) => !names.some((n) => (n.endsWith('*') ? name.startsWith(n.slice(0, -1)) : n === name)),
    ),
  );

const wordsOf = ({ operation, targetId }: Omit<VendorWrite, 'platform'>): string => `${operation} ${targetId}`;

function effectsOf({ subject }: Scene): readonly string[] {
  return subject.world.journal.map(wordsOf);
}

/** Effects come in the order of their calls; a lost answer may change when a write is reported, never whether. */
function different(what: string, expected: unknown, got: unknown): readonly string[] {
  const sorted = (value: unknown): string => JSON_OF(Array.isArray(value) ? [...(value as string[])].sort() : value);
  return sorted(expected) === sorted(got) ? [] : [`${what}: ${sorted(got)}, not ${sorted(expected)}`];
}

function same(what: string, expected: unknown, got: unknown): void {
  const [wrong] = different(what, expected, got);
  if (wrong !== undefined) throw new Error(wrong);
}
