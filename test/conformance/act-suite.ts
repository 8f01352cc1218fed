import { describe, expect, it, vi } from 'vitest';
import { QuellError } from '../../domain/errors.js';
import type { ActTarget } from '../../domain/act-target.js';
import { ACTION_KINDS, ACTS, PHASES, type ActionKind } from '../../domain/acts/index.js';
import type { VendorOperation } from '../../platforms/operation.js';
import type { ContainmentPort } from '../../platforms/ports.js';
import { resolveTarget, type ResolvedTarget } from '../../platforms/resolve.js';
import { FAULT_KINDS, type Fault, type World } from '../../simulator/core/world.js';
import { rehearse, wrongAfter, wrongWithoutScope, type Scene } from './acts.js';
import { AT_ONCE, LOST, PATIENT, patienceFor, UNANSWERED, type Mishap } from './faults.js';
import { aFewAtATime, observed, type Subject } from './subject.js';

/** What an act is tried on, and how that looks at the tenant. */
interface Trial<Tenant> {
  readonly kind: ActionKind;
  /** Where there is more than one of a kind. */
  readonly of?: string;
  /** As a plan has it: by the ids that evidence gives. */
  readonly target: (tenant: Tenant) => ActTarget | Promise<ActTarget>;
  /** What was captured and the undo does not put back, each with the reason. */
  readonly notPutBack?: Readonly<Record<string, string>>;
  /** What is done to a fresh tenant first. */
  readonly prepare?: (tenant: Tenant) => void;
  /** By another port than the vendor's usual one, e.g. with other licences. */
  readonly port?: (tenant: Tenant, timeoutMs: number) => ContainmentPort;
  /** The kind can be undone, but not for this target: with the reason. */
  readonly noUndo?: string;
}

interface Vendor<Tenant> {
  readonly start: () => Promise<Tenant>;
  readonly subject: (tenant: Tenant) => Subject;
  readonly port: (tenant: Tenant, timeoutMs: number) => ContainmentPort;
  /** People (`@key`), apps, addresses, files, devices whose state is looked at. */
  readonly about: readonly string[];
  readonly trials: readonly Trial<Tenant>[];
  /** An administrator's account, of which everything is read that protects one. */
  readonly protectedAccount: (tenant: Tenant) => ActTarget;
  /** The vendor's table of operations. */
  readonly table: Readonly<Record<string, VendorOperation>>;
  /** Operations that no scope of ours lets, with the reason. */
  readonly needNoScope?: Readonly<Record<string, string>>;
  /** Operations that an act does without where their scope is missing, with the reason. */
  readonly goesWithout?: Readonly<Record<string, string>>;
}

/**
 * Each write at each of its calls; a lost answer also by itself: then nothing has failed before. What is read is read before
 * anything is done, and again to prove it: half happens there, half here.
 */
function casesOf(
  operation: string,
  calls: number,
  isWrite: boolean,
): readonly { readonly operation: string; readonly skip: number; readonly kinds: readonly Mishap[] }[] {
  const at = (skip: number) => (kinds: readonly Mishap[]) => ({ operation, skip, kinds });
  if (isWrite) return [...Array(calls).keys()].flatMap((skip) => [AT_ONCE, LOST, UNANSWERED].map(at(skip)));
  if (calls === 1) return [AT_ONCE, UNANSWERED].map(at(0));
  const [first, last] = [at(0), at(calls - 1)];
  return [first(AT_ONCE.slice(0, 4)), last(AT_ONCE.slice(4)), last(UNANSWERED)];
}

interface Served {
  readonly world: World;
  readonly simulator: { inspect(about: string): object };
  close(): Promise<void>;
}

/** Most of the time is spent waiting for calls that nobody answers. */
vi.setConfig({ maxConcurrency: 4 });

/** Every act of a platform, its undo, and how its targets are resolved × every operation called × every fault, at the first call and at the last. */
export async function actSuite<Tenant extends Served>(vendor: Vendor<Tenant>): Promise<void> {
  const operations = Object.values(vendor.table);
  const writes = new Set(operations.flatMap((o) => (o.writes ? [o.name] : [])));
  const called = new Set<string>();
  for (const trial of vendor.trials) {
    const open = sceneOf(vendor, trial);
    const { kind } = trial;
    const rehearsal = await rehearse(() => open(PATIENT), kind, {
      notPutBack: Object.keys(trial.notPutBack ?? {}),
      undo: trial.noUndo === undefined,
    }).catch((e: unknown) => e as Error);

    if (!(rehearsal instanceof Error))
      for (const deed of [rehearsal.act, rehearsal.undo]) for (const name of deed?.calls.keys() ?? []) called.add(name);

    describe.concurrent(`${kind} ${trial.of ?? ''}`, () => {
      if (rehearsal instanceof Error) {
        it('acts once, holds, is done when asked again, and is undone', () => {
          throw rehearsal;
        });
        return;
      }
      it('acts once, holds, is done when asked again, and is undone', () => {
        expect(rehearsal.act.effects).not.toEqual([]);
      });
      it('calls what the table says it is done by', () => {
        const serving = operations.filter((o) => o.serves.includes(kind) || o.serves.includes('protection'));
        const all = [...rehearsal.act.calls.keys(), ...(rehearsal.undo?.calls.keys() ?? [])];
        const known = all.filter((name) => operations.some((o) => o.name === name));
        expect(known.filter((name) => !serving.some((o) => o.name === name))).toEqual([]);
      });

      for (const phase of ['act', 'undo'] as const) {
        it.each([...(rehearsal[phase]?.calls ?? [])])(
          `${phase}: one effect, one report, whatever happens at %s`,
          async (operation, calls) => {
            const cases = casesOf(operation, calls, writes.has(operation));
            const wrong = await aFewAtATime(cases, (mishaps) =>
              wrongAfter(() => open(patienceFor(mishaps.kinds, 1_000)), kind, rehearsal, phase, mishaps),
            );
            expect(wrong.flat()).toEqual([]);
          },
        );
      }

      const scoped = [...rehearsal.act.calls.keys()].filter((o) => vendor.needNoScope?.[o] === undefined);
      it.each(scoped)('says which scope it lacks at %s', async (operation) => {
        const wrong = await wrongWithoutScope(() => open(PATIENT), kind, operation);
        expect(wrong.length > 0).toBe(vendor.goesWithout?.[operation] !== undefined);
        if (vendor.goesWithout?.[operation] === undefined) expect(wrong).toEqual([]);
      });
    });
  }

  describe('resolution', async () => {
    const scenes = await scenesToResolve(vendor);
    it('finds what protects an administrator', () => {
      const [administrator] = scenes;
      expect(administrator?.resolved.affects.flatMap((a) => a.protectedBecause)).toContain('admin_role');
    });
    describe.concurrent.each(scenes)('of $name', ({ open, calls, resolved }) => {
      for (const name of calls.keys()) called.add(name);
      it.each([...calls])('finds no less, whatever happens at %s', async (operation, count) => {
        const cases = [...new Set([0, count - 1])].flatMap((skip) =>
          FAULT_KINDS.map((kind) => ({ operation, skip, kind })),
        );
        const wrong = await aFewAtATime(cases, (fault) => wrongWithResolution(open, resolved, fault));
        expect(wrong.flat()).toEqual([]);
      });
    });
  });

  it('calls everything that the table has for acts', () => {
    const serving = operations.filter(
      ({ roles, serves }) => roles.includes('containment') && serves.some((s) => s !== 'check'),
    );
    expect(serving.map((o) => o.name).filter((name) => !called.has(name))).toEqual([]);
  });

  it('does every kind of action, or says why not and what a person does instead', async () => {
    const tenant = await vendor.start();
    const port = vendor.port(tenant, PATIENT);
    await tenant.close();
    expect(new Set(vendor.trials.map((t) => t.kind))).toEqual(new Set(Object.keys(port.acts)));
    for (const kind of ACTION_KINDS) {
      const act = port.acts[kind];
      const limitation = port.limitations.find((l) => l.what === kind);
      if (act) expect({ kind, recognised: act.recognised, proof: act.proof }).toEqual({ kind, ...WORDS });
      else if (ACTS[kind].everywhere || limitation)
        expect({ kind, instead: limitation?.instead }).toEqual({
          kind,
          instead: expect.stringContaining('proof') as string,
        });
    }
    expect([...port.order].sort()).toEqual([...PHASES].sort());
  });
}

const WORDS = { recognised: expect.stringMatching(/\w+/) as string, proof: expect.stringMatching(/\w+/) as string };

function sceneOf<Tenant extends Served>(
  vendor: Vendor<Tenant>,
  trial: Trial<Tenant>,
): (timeoutMs: number) => Promise<Scene> {
  let target: ActTarget | undefined; // ids are the same in every tenant of the same rows
  return async (timeoutMs) => {
    const tenant = await vendor.start();
    trial.prepare?.(tenant);
    target ??= await trial.target(tenant);
    return {
      subject: vendor.subject(tenant),
      port: (trial.port ?? vendor.port)(tenant, timeoutMs),
      target,
      state: () => vendor.about.map((about) => tenant.simulator.inspect(about)),
      close: () => tenant.close(),
    };
  };
}

interface Resolution {
  readonly name: string;
  readonly open: (timeoutMs: number) => Promise<Scene>;
  readonly calls: ReadonlyMap<string, number>;
  /** Undisturbed. */
  readonly resolved: ResolvedTarget;
}

/** The administrator, and every target of the trials that other reads find: what the same reads find is one case. */
async function scenesToResolve<Tenant extends Served>(vendor: Vendor<Tenant>): Promise<readonly Resolution[]> {
  const administrator: Trial<Tenant> = { kind: 'disable_account', target: vendor.protectedAccount };
  const found = new Map<string, Resolution>();
  for (const trial of [administrator, ...vendor.trials]) {
    const open = sceneOf(vendor, trial);
    const { subject, port, target, close } = await open(PATIENT);
    const { value: resolved, calls } = await observed(subject.world, () => resolveTarget(port, target));
    await close();
    const name = trial === administrator ? 'an administrator' : `what ${trial.kind} ${trial.of ?? ''} is aimed at`;
    const reads = JSON.stringify([target.type, ...calls]);
    if (calls.size > 0 && !found.has(reads)) found.set(reads, { name, open, calls, resolved });
  }
  return [...found.values()];
}

/**
 * A target is resolved as without the fault, or the fault is thrown so that it is resolved again, or it is protected because what is
 * unknown is; never less than there is.
 */
async function wrongWithResolution(
  open: (timeoutMs: number) => Promise<Scene>,
  resolved: ResolvedTarget,
  fault: Pick<Fault, 'operation' | 'kind' | 'skip'>,
): Promise<readonly string[]> {
  const { subject, port, target, close } = await open(patienceFor([fault.kind], 1_000));
  subject.world.faults.push({ ...fault, platform: subject.platform, times: 1, retryAfterSeconds: 1 });
  const got = await resolveTarget(port, target).catch((error: unknown) => error);
  const journal = subject.world.journal.length;
  await close();
  const isRight =
    fault.kind === 'missing_scope'
      ? isUnknown(got)
      : got instanceof QuellError
        ? got.retryable
        : JSON.stringify(got) === JSON.stringify(resolved);
  return [
    ...(isRight ? [] : [`${fault.kind}: ${String(got)}`]),
    ...(journal === 0 ? [] : [`${fault.kind}: something was written`]),
  ];
}

/** Refused because it cannot be read, or resolved with that as its protection. */
function isUnknown(got: unknown): boolean {
  if (got instanceof QuellError) return got.code === 'PROTECTED';
  const { protectedBecause, affects } = got as ResolvedTarget;
  return [...protectedBecause, ...affects.flatMap((a) => a.protectedBecause)].includes('unknown');
}
