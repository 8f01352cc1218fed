import { afterAll, describe, expect, it } from 'vitest';
import type { VendorOperation } from '../../platforms/operation.js';
import type { EvidencePort, SourceQuery } from '../../platforms/ports.js';
import { MISHAPS_IN_A_ROW, PATIENT, patienceFor, type Mishap } from './faults.js';
import { readsOf, sourceOf, undisturbed, wrongAfter, wrongWithoutScope, type Read } from './reads.js';
import type { Subject } from './subject.js';

interface Vendor<Tenant> {
  readonly start: () => Promise<Tenant & { close(): Promise<void> }>;
  readonly subject: (tenant: Tenant) => Subject;
  readonly port: (tenant: Tenant, timeoutMs: number) => EvidencePort;
  /** The vendor's table of operations. */
  readonly table: Readonly<Record<string, VendorOperation>>;
  /** What is asked for; `until` many milliseconds after the start, so that each collection is one of its own. */
  readonly query: (tenant: Tenant, until: number) => SourceQuery;
  /** Sources that read otherwise about an app, and what is asked for then. */
  readonly ofApp?: {
    readonly sources: readonly string[];
    readonly alone?: readonly string[];
    readonly query: (tenant: Tenant, until: number) => SourceQuery;
  };
  /** Reads that the vendor gives in one piece, with the reason. */
  readonly onePiece?: Readonly<Record<string, string>>;
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

/** Everything that a platform reads × every operation it calls for it × every fault. */
export async function readSuite<Tenant>(vendor: Vendor<Tenant>): Promise<void> {
  const tenants: (Tenant & { close(): Promise<void> })[] = [];
  afterAll(() => Promise.all(tenants.map((tenant) => tenant.close())));
  const place = async (timeoutMs: number): Promise<Place> => {
    const tenant = await vendor.start();
    tenants.push(tenant);
    return placeOf(vendor, tenant, timeoutMs);
  };
  const calm = await place(PATIENT);
  /** Where calls are never answered there is little to do but to wait: in several tenants at once. */
  const groups = await Promise.all(
    MISHAPS_IN_A_ROW.map(async (kinds) => {
      const timeoutMs = patienceFor(kinds);
      return {
        kinds,
        places: await Promise.all(Array.from({ length: timeoutMs < PATIENT ? 4 : 1 }, () => place(timeoutMs))),
      };
    }),
  );
  const [first] = tenants as [Tenant];

  const reads: { readonly name: string; readonly calls: ReadonlyMap<string, number> }[] = [];
  for (const { name } of openReads(vendor, first, PATIENT, 0)) {
    const { calls } = await undisturbed(calm.subject, () => calm.open(name));
    reads.push({ name, calls });
  }

  const names = (fits: (operation: VendorOperation) => boolean): readonly string[] => [
    ...new Set(
      Object.values(vendor.table)
        .filter(fits)
        .map((o) => o.name),
    ),
  ];
  /** At the first call of each operation, and at the last, which is of another page or of another thing than the first. */
  const casesOf = (calls: ReadonlyMap<string, number>, kinds: readonly Mishap[]) =>
    [...calls].flatMap(([operation, count]) => {
      // A call whose answer is lost leaves something behind that the next attempt finds: then there are no more.
      const once = vendor.leavesTraces?.[operation] !== undefined && kinds.includes('reply_lost');
      return [...new Set(once ? [0] : [0, count - 1])].map((skip) => ({ operation, skip, kinds }));
    });

  describe.each(reads)('$name', ({ name, calls }) => {
    it('reads rows, over several pages', async () => {
      const { ids, pages } = await undisturbed(calm.subject, () => calm.open(name));
      expect(ids).not.toEqual([]);
      if (!name.startsWith('directory by') && vendor.onePiece?.[name] === undefined) expect(pages).toBeGreaterThan(1);
    });

    it('calls what the table says it is read by', () => {
      const isDirectory = name.startsWith('directory');
      const word = isDirectory ? 'directory' : sourceOf(name);
      const serving = names((o) => o.roles.includes('evidence') && o.serves.includes(word));
      const called = [...calls.keys()].filter((o) => names(() => true).includes(o));
      expect(called.filter((o) => !serving.includes(o))).toEqual([]);
      const ever = reads.filter((r) => sourceOf(r.name) === word).flatMap((r) => [...r.calls.keys()]);
      if (!isDirectory) expect(serving.filter((o) => !ever.includes(o))).toEqual([]);
    });

    it('loses and doubles nothing, whatever happens at any of its operations', async () => {
      const wrong = await Promise.all(
        groups.flatMap(({ kinds, places }) => {
          const cases = casesOf(calls, kinds);
          return places.map(async ({ subject, open }) => {
            const expected = await undisturbed(subject, () => open(name));
            const found: string[] = [];
            for (let mishaps = cases.shift(); mishaps; mishaps = cases.shift()) {
              const texts = await wrongAfter(subject, () => open(name), expected, mishaps);
              for (const text of texts) found.push(`${mishaps.operation}: ${text}`);
            }
            return found;
          });
        }),
      );
      expect(wrong.flat()).toEqual([]);
    });

    const scoped = [...calls.keys()].filter((operation) => vendor.needNoScope?.[operation] === undefined);
    it.each(scoped)('says which scope it lacks at %s', async (operation) => {
      const reason = vendor.goesWithout?.[operation];
      const wrong = await wrongWithoutScope(calm.subject, () => calm.open(name), operation);
      expect(wrong).toEqual(reason === undefined ? [] : ['missing_scope: went on as if nothing were missing']);
    });
  });
}

function placeOf<Tenant>(vendor: Vendor<Tenant>, tenant: Tenant, timeoutMs: number): Place {
  let opened = 0;
  return {
    subject: vendor.subject(tenant),
    open: (name) => {
      const reads = openReads(vendor, tenant, timeoutMs, ++opened * 1000);
      return reads.find((r) => r.name === name) as Read;
    },
  };
}

function openReads<Tenant>(
  { port, query, ofApp }: Vendor<Tenant>,
  tenant: Tenant,
  timeoutMs: number,
  until: number,
): readonly Read[] {
  const app = ofApp && { ...ofApp, query: ofApp.query(tenant, until) };
  return readsOf(port(tenant, timeoutMs), query(tenant, until), app);
}
