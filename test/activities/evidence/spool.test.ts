import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CollectionSpool, type SpoolStore } from '../../../activities/evidence/spool.js';
import { QuellError } from '../../../domain/errors.js';
import type { Collection, EvidenceEvent } from '../../../domain/evidence.js';
import type { EvidenceWriter } from '../../../store/evidence-store.js';
import type { Role } from '../../../store/role-keys.js';
import { audits, Bench, pages } from '../support/collecting.js';
import { event, PagedSource } from '../support/vendor.js';

/** What lies in the spool of the case, as the role sees it that reads it. */
const left = (bench: Bench): Promise<readonly string[]> => bench.house.spool.reader.list(`case-${bench.subjectId}`);

it('holds the result alone once the collection is written', async () => {
  const bench = await Bench.build();
  const source = new PagedSource('slack.access', pages([2, 2]));
  source.fail = (page) => (page === 1 ? new QuellError('VENDOR_DOWN') : undefined);
  await expect(bench.run([source])).rejects.toThrow();
  expect(await left(bench)).toHaveLength(2);
  source.fail = () => undefined;
  await bench.run([source]);
  expect(await left(bench)).toHaveLength(1);
});

it('takes away what an attempt left that died when it had noted the result', async () => {
  const bench = await Bench.build();
  const { spool } = bench.house;
  const identity = { caseId: `case-${bench.subjectId}` };
  const first = await CollectionSpool.open(spool, identity);
  await first.page('slack.access', { events: [event('a')] });
  const dies = Object.assign(Object.create(spool.writer) as EvidenceWriter, {
    remove: () => Promise.reject(new QuellError('STORE', 'killed')),
  });
  const second = await CollectionSpool.open({ ...spool, writer: dies }, identity);
  await expect(second.finish({ rows: 1 } as unknown as Collection)).rejects.toThrow('killed');
  expect(await left(bench)).toHaveLength(2);
  expect((await CollectionSpool.open(spool, identity)).written).toBeDefined();
  expect(await left(bench)).toHaveLength(1);
});

it('is read by the evidence role alone', async () => {
  const bench = await Bench.build();
  await bench.run([new PagedSource('slack.access', pages([2]))]);
  const [key = ''] = await left(bench);
  const mayOpen = (role: Role) => bench.house.vault(role).reader('spool').canOpen(`case-${bench.subjectId}`, key);
  expect(await mayOpen('evidence')).toBe(true);
  for (const role of ['analysis', 'containment', 'console', 'records', 'people'] as const)
    expect(await mayOpen(role)).toBe(false);
});

it('of a key that is gone is read again from the vendor', async () => {
  const bench = await Bench.build();
  const source = new PagedSource('slack.access', pages([2, 2]));
  source.fail = (page) => (page === 1 ? new QuellError('VENDOR_DOWN') : undefined);
  await expect(bench.run([source])).rejects.toThrow();
  await bench.house.vault('evidence').storage.keys.remove('spool/keys/');
  source.fail = () => undefined;
  expect((await bench.run([source])).file.rows).toBe(4);
  expect(source.cursors).toEqual([undefined, 'c1', undefined, 'c1']);
});

it('of two attempts that do not know of each other gives each all rows, once', async () => {
  const bench = await Bench.build();
  const sources = [1, 2].map(() => new PagedSource('slack.access', pages([2, 2, 1])));
  const both = await Promise.all(sources.map((source) => bench.run([source])));
  for (const collection of both)
    expect((await bench.rows(collection)).map((r) => r.id)).toEqual(
      pages([2, 2, 1])
        .flat()
        .map((e) => e.id),
    );
  const third = new PagedSource('slack.access', pages([2, 2, 1]));
  expect(both).toContainEqual(await bench.run([third]));
  expect(third.cursors).toEqual([]);
});

it('goes on from one line of files where attempts branched off, whichever went further', async () => {
  const bench = await Bench.build();
  const { spool } = bench.house;
  const identity = { caseId: `case-${bench.subjectId}` };
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id) => event(id)) as [
    EvidenceEvent,
    EvidenceEvent,
    EvidenceEvent,
    EvidenceEvent,
  ];
  const one = await CollectionSpool.open(spool, identity);
  await one.page('s', { events: [a], next: 'c1' });
  const two = await CollectionSpool.open(spool, identity);
  await one.page('s', { events: [b], next: 'c2', strangers: 1 });
  await two.page('s', { events: [c], next: 'c2', strangers: 1 });
  await two.page('s', { events: [d] });
  const again = await CollectionSpool.open(spool, identity);
  expect(again.source('s').strangers).toBe(1);
  expect([...again.events()]).toEqual(again.source('s').done ? [a, c, d] : [a, b]);
});

/** The store of a process that dies at its n-th writing: before it, or once it was done and nobody was told. */
function dying(store: SpoolStore, at: number, when: 'before' | 'after'): SpoolStore {
  let n = 0;
  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    if (n++ !== at) return work();
    if (when === 'after') await work();
    throw new Error('killed');
  };
  const { writer, reader } = store;
  return {
    reader,
    writer: Object.assign(Object.create(writer) as EvidenceWriter, {
      writeJson: (...args: Parameters<EvidenceWriter['writeJson']>) => step(() => writer.writeJson(...args)),
      remove: (...args: Parameters<EvidenceWriter['remove']>) => step(() => writer.remove(...args)),
    }),
  };
}

it('loses and doubles nothing, whichever process is killed at whichever of its writings', async () => {
  const kill = fc.record({ at: fc.nat(8), when: fc.constantFrom('before' as const, 'after' as const) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 }),
      fc.array(kill, { maxLength: 4 }),
      async (sizes, kills) => {
        const bench = await Bench.build();
        const source = new PagedSource('slack.access', pages(sizes));
        for (const { at, when } of kills)
          await bench.run([source], {}, dying(bench.house.spool, at, when)).catch(() => undefined);
        const collection: Collection = await bench.run([source]);
        const ids = pages(sizes)
          .flat()
          .map((e) => e.id);
        expect((await bench.rows(collection)).map((r) => r.id)).toEqual(ids);
        expect(collection.sources[0]).toMatchObject({ status: 'complete', rows: ids.length });
        expect(await audits(bench, 'evidence.collected')).not.toEqual([]);
      },
    ),
    { numRuns: 20 },
  );
}, 60_000);
