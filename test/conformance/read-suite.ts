import { afterAll, describe, expect, it } from 'vitest';
import type { EvidencePort, SourceQuery } from '../../platforms/ports.js';
import { FAULT_KINDS, type Fault } from '../../simulator/core/world.js';
import { readsOf, undisturbed, wrongUnderFault, wrongWithoutScope, type Read } from './reads.js';
import type { Subject } from './subject.js';

interface Vendor<Tenant> {
  readonly start: () => Promise<Tenant & { close(): Promise<void> }>;
  readonly subject: (tenant: Tenant) => Subject;
  readonly port: (tenant: Tenant) => EvidencePort;
  /** What is asked for; `until` many milliseconds after the start, so that each collection is one of its own. */
  readonly query: (tenant: Tenant, until: number) => SourceQuery;
  /** Operations that every read does without where their scope is missing, with the reason. */
  readonly goesWithout?: Readonly<Record<string, string>>;
  /** Operations that no scope of ours lets, with the reason. */
  readonly needNoScope?: Readonly<Record<string, string>>;
  /** Reads that begin something at the vendor which the next attempt finds, by operation, with the reason. */
  readonly leavesTraces?: Readonly<Record<string, string>>;
}

interface Place {
  readonly subject: Subject;
  /** A read by a client of its own, with no token yet. */
  open(name: string): Read;
}

const FAULTS = FAULT_KINDS.filter((kind) => kind !== 'missing_scope');

/** Everything that a platform reads × every operation it calls for it × every fault. */
export async function readSuite<Tenant>(vendor: Vendor<Tenant>): Promise<void> {
  const tenants = await Promise.all([...FAULTS, 'missing_scope'].map(() => vendor.start()));
  afterAll(() => Promise.all(tenants.map((tenant) => tenant.close())));
  const places = new Map<Fault['kind'], Place>(
    FAULT_KINDS.map((kind, n) => [kind, placeOf(vendor, tenants[n] as Tenant)]),
  );
  const { subject, open } = places.get('missing_scope') as Place;
  const names = readsOf(vendor.port(tenants[0] as Tenant), vendor.query(tenants[0] as Tenant, 0)).map((r) => r.name);
  const reads = [];
  for (const name of names) {
    const { calls } = await undisturbed(subject, () => open(name));
    reads.push({ name, operations: [...calls.keys()] });
  }

  describe.each(reads)('$name', ({ name, operations }) => {
    it('reads rows, over several pages', async () => {
      const { ids, pages } = await undisturbed(subject, () => open(name));
      expect(ids).not.toEqual([]);
      if (!name.startsWith('directory by')) expect(pages).toBeGreaterThan(1);
    });

    it.each(operations)('loses and doubles nothing whatever happens at %s', async (operation) => {
      const wrong = await Promise.all(
        FAULTS.map((kind) => {
          const place = places.get(kind) as Place;
          const traces = vendor.leavesTraces?.[operation] !== undefined;
          return wrongUnderFault(place.subject, () => place.open(name), operation, kind, traces);
        }),
      );
      expect(wrong.flat()).toEqual([]);
    });

    const scoped = operations.filter((operation) => vendor.needNoScope?.[operation] === undefined);
    it.each(scoped)('says which scope it lacks at %s', async (operation) => {
      const reason = vendor.goesWithout?.[operation];
      const wrong = await wrongWithoutScope(subject, () => open(name), operation);
      expect(wrong).toEqual(reason === undefined ? [] : ['missing_scope: went on as if nothing were missing']);
    });
  });
}

function placeOf<Tenant>(vendor: Vendor<Tenant>, tenant: Tenant): Place {
  let opened = 0;
  return {
    subject: vendor.subject(tenant),
    open: (name) =>
      readsOf(vendor.port(tenant), vendor.query(tenant, ++opened * 1000)).find((r) => r.name === name) as Read,
  };
}
