import { describe, expect, it } from 'vitest';
import { ACTION_KINDS, ONLY_WHERE_OFFERED, type ActionKind, type ActionTarget } from '../../domain/plan.js';
import type { VendorOperation } from '../../platforms/operation.js';
import type { ContainmentPort } from '../../platforms/ports.js';
import type { World } from '../../simulator/core/world.js';
import { rehearse, wrongAfter, wrongWithoutScope, type Scene } from './acts.js';
import { MISHAPS, PATIENT, patienceFor, type Mishap } from './faults.js';
import { aFewAtATime, type Subject } from './subject.js';

/** What an act is tried on, and how that looks at the tenant. */
interface Trial<Tenant> {
  readonly kind: ActionKind;
  /** Where there is more than one of a kind. */
  readonly of?: string;
  /** As a plan has it: by the ids that evidence gives. */
  readonly target: (tenant: Tenant) => ActionTarget | Promise<ActionTarget>;
  /** What was captured and the undo does not put back, each with the reason. */
  readonly notPutBack?: Readonly<Record<string, string>>;
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
  /** The vendor's table of operations. */
  readonly table: Readonly<Record<string, VendorOperation>>;
  /** Operations that no scope of ours lets, with the reason. */
  readonly needNoScope?: Readonly<Record<string, string>>;
  /** Operations that an act does without where their scope is missing, with the reason. */
  readonly goesWithout?: Readonly<Record<string, string>>;
}

const LOST: readonly Mishap[] = ['reply_lost'];

interface Served {
  readonly world: World;
  readonly simulator: { inspect(about: string): object };
  close(): Promise<void>;
}

/** Every act of a platform, and its undo × every operation it calls × every fault, at the first call and at the last. */
export async function actSuite<Tenant extends Served>(vendor: Vendor<Tenant>): Promise<void> {
  const operations = Object.values(vendor.table);
  const writes = new Set(operations.flatMap((o) => (o.writes ? [o.name] : [])));
  for (const trial of vendor.trials) {
    const open = sceneOf(vendor, trial);
    const { kind } = trial;
    const rehearsal = await rehearse(() => open(PATIENT), kind, {
      notPutBack: Object.keys(trial.notPutBack ?? {}),
      undo: trial.noUndo === undefined,
    }).catch((e: unknown) => e as Error);

    describe(`${kind} ${trial.of ?? ''}`, () => {
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
        const called = [...rehearsal.act.calls.keys(), ...(rehearsal.undo?.calls.keys() ?? [])];
        const known = called.filter((name) => operations.some((o) => o.name === name));
        expect(known.filter((name) => !serving.some((o) => o.name === name))).toEqual([]);
      });

      for (const phase of ['act', 'undo'] as const) {
        it.each([...(rehearsal[phase]?.calls ?? [])])(
          `${phase}: one effect, one report, whatever happens at %s`,
          async (operation, calls) => {
            // A lost answer to a write, at each of its calls, also by itself: then nothing has failed before.
            const cases = writes.has(operation)
              ? [...Array(calls).keys()].flatMap((skip) => [MISHAPS, LOST].map((kinds) => ({ operation, skip, kinds })))
              : [...new Set([0, calls - 1])].map((skip) => ({ operation, skip, kinds: MISHAPS }));
            const wrong = await aFewAtATime(cases, (mishaps) =>
              wrongAfter(() => open(patienceFor(mishaps.kinds)), kind, rehearsal, phase, mishaps),
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

  it('does every kind of action, or says why not and what a person does instead', async () => {
    const tenant = await vendor.start();
    const port = vendor.port(tenant, PATIENT);
    await tenant.close();
    expect(new Set(vendor.trials.map((t) => t.kind))).toEqual(new Set(Object.keys(port.acts)));
    for (const kind of ACTION_KINDS) {
      const act = port.acts[kind];
      const limitation = port.limitations.find((l) => l.what === kind);
      if (act) expect({ kind, recognised: act.recognised, proof: act.proof }).toEqual({ kind, ...WORDS });
      else if (!ONLY_WHERE_OFFERED.includes(kind) || limitation)
        expect({ kind, instead: limitation?.instead }).toEqual({
          kind,
          instead: expect.stringContaining('proof') as string,
        });
    }
    expect([...port.order].sort()).toEqual([...ACTION_KINDS].sort());
  });
}

const WORDS = { recognised: expect.stringMatching(/\w+/) as string, proof: expect.stringMatching(/\w+/) as string };

function sceneOf<Tenant extends Served>(
  vendor: Vendor<Tenant>,
  trial: Trial<Tenant>,
): (timeoutMs: number) => Promise<Scene> {
  let target: ActionTarget | undefined; // ids are the same in every tenant of the same rows
  return async (timeoutMs) => {
    const tenant = await vendor.start();
    target ??= await trial.target(tenant);
    return {
      subject: vendor.subject(tenant),
      port: vendor.port(tenant, timeoutMs),
      target,
      state: () => vendor.about.map((about) => tenant.simulator.inspect(about)),
      close: () => tenant.close(),
    };
  };
}
