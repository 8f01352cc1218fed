import { describe, expect, it } from 'vitest';
import { ACTION_KINDS, ONLY_WHERE_OFFERED, type ActionKind, type ActionTarget } from '../../domain/plan.js';
import type { ContainmentPort } from '../../platforms/ports.js';
import { FAULT_KINDS, type World } from '../../simulator/core/world.js';
import { rehearse, wrongUnderFault, wrongWithoutScope, type Scene } from './acts.js';
import type { Subject } from './subject.js';

/** What an act is tried on, and how that looks at the tenant. */
interface Trial<Tenant> {
  readonly kind: ActionKind;
  /** Where there is more than one of a kind. */
  readonly of?: string;
  /** As a plan has it: by the ids that evidence gives. */
  readonly target: (tenant: Tenant) => ActionTarget | Promise<ActionTarget>;
  /** Undone, it still shows that there was something: with the reason. */
  readonly leavesMark?: string;
}

interface Vendor<Tenant> {
  readonly start: () => Promise<Tenant>;
  readonly subject: (tenant: Tenant) => Subject;
  readonly port: (tenant: Tenant) => ContainmentPort;
  /** People (`@key`), apps, addresses, files, devices whose state is looked at. */
  readonly about: readonly string[];
  readonly trials: readonly Trial<Tenant>[];
  /** Operations that no scope of ours lets, with the reason. */
  readonly needNoScope?: Readonly<Record<string, string>>;
  /** Operations that an act does without where their scope is missing, with the reason. */
  readonly goesWithout?: Readonly<Record<string, string>>;
}

interface Served {
  readonly world: World;
  readonly simulator: { inspect(about: string): object };
  close(): Promise<void>;
}

const FAULTS = FAULT_KINDS.filter((kind) => kind !== 'missing_scope');

/** Every act of a platform, and its undo × every operation it calls × every fault. */
export async function actSuite<Tenant extends Served>(vendor: Vendor<Tenant>): Promise<void> {
  for (const trial of vendor.trials) {
    const open = sceneOf(vendor, trial);
    const { kind } = trial;
    const rehearsal = await rehearse(open, kind, trial.leavesMark !== undefined).catch(
      (error: unknown) => error as Error,
    );

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

      for (const phase of ['act', 'undo'] as const) {
        const operations = [...(rehearsal[phase]?.calls ?? [])];
        it.each(operations)(`${phase}: one effect, one report, whatever happens at %s`, async (operation, calls) => {
          const skips = calls > 1 ? [0, calls - 1] : [0];
          const wrong = await Promise.all(
            FAULTS.flatMap((fault) =>
              skips.map((skip) => wrongUnderFault(open, kind, rehearsal, phase, { operation, kind: fault, skip })),
            ),
          );
          expect(wrong.flat()).toEqual([]);
        });
      }

      const scoped = [...rehearsal.act.calls.keys()].filter((o) => vendor.needNoScope?.[o] === undefined);
      it.each(scoped)('says which scope it lacks at %s', async (operation) => {
        const wrong = await wrongWithoutScope(open, kind, operation);
        expect(wrong.length > 0).toBe(vendor.goesWithout?.[operation] !== undefined);
        if (vendor.goesWithout?.[operation] === undefined) expect(wrong).toEqual([]);
      });
    });
  }

  it('does every kind of action, or says why not and what a person does instead', async () => {
    const tenant = await vendor.start();
    const port = vendor.port(tenant);
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

function sceneOf<Tenant extends Served>(vendor: Vendor<Tenant>, trial: Trial<Tenant>): () => Promise<Scene> {
  return async () => {
    const tenant = await vendor.start();
    return {
      subject: vendor.subject(tenant),
      port: vendor.port(tenant),
      target: await trial.target(tenant),
      state: () => vendor.about.map((about) => tenant.simulator.inspect(about)),
      close: () => tenant.close(),
    };
  };
}
