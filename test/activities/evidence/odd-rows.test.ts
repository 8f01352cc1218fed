import { describe, expect, it } from 'vitest';
import { QuellError } from '../../../domain/errors.js';
import type { Collection } from '../../../domain/evidence.js';
import type { SourcePage } from '../../../platforms/ports.js';
import type { Odd } from '../../../platforms/kit/rows.js';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { verifyManifest } from '../../../store/signing.js';
import { filesUnder } from '../../store/support.js';
import { audits, Bench, pages } from '../support/collecting.js';
import { event, PagedSource } from '../support/vendor.js';

/** A log whose pages hold rows that could not be read, or that lacks a part. */
class OddSource extends PagedSource {
  constructor(
    id: string,
    sizes: readonly number[],
    readonly extra: readonly Partial<SourcePage>[],
  ) {
    super(id, pages(sizes, `${id}-`));
  }
  override async read(...given: Parameters<PagedSource['read']>): ReturnType<PagedSource['read']> {
    const page = await super.read(...given);
    return { ...page, ...this.extra[given[1] === undefined ? 0 : Number(given[1].slice(1))] };
  }
}

const row = (n: number): Odd => ({ row: { n, text: 'meet me at the harbour' }, lacks: 'createdDateTime' });
const field: Odd = { field: 'ipAddress', value: '198.51.100.300' };
const kept = async (bench: Bench, { manifest }: Collection): Promise<readonly unknown[]> => {
  const rows: unknown[] = [];
  const { odd, caseId } = manifest.manifest;
  if (odd) for await (const one of bench.house.evidence.reader.readRows(caseId, odd)) rows.push(one);
  return rows;
};

describe('rows that are not what the vendor documents', () => {
  it('are counted, told with their number, kept in a file of the signed manifest and in the audit log', async () => {
    const bench = await Bench.build();
    const source = new OddSource('slack.access', [2, 1], [{ odd: [row(1)] }, { odd: [row(2), row(3), field] }]);
    const collection = await bench.run([source], { readContent: true });
    expect(collection.sources).toMatchObject([{ rows: 3, status: 'partial', gap: { code: 'ODD_ROWS' } }]);
    expect(collection.sources[0]?.gap?.text).toBe(
      '3 rows were not what the vendor documents (createdDateTime). Kept with the evidence; the rest was read. ' +
        'What is no address was not taken for one: ipAddress "198.51.100.300". Kept with the evidence; the rest was read.',
    );
    const odd = collection.manifest.manifest.odd;
    expect(odd).toMatchObject({ rows: 4 });
    expect(verifyManifest(collection.manifest, [bench.house.keys.verifying('manifest')])).toBe(true);
    expect(await kept(bench, collection)).toEqual([
      ...[1, 2, 3].map((n) => ({
        source: 'slack.access',
        field: 'createdDateTime',
        row: { n, text: 'meet me at the harbour' },
      })),
      { source: 'slack.access', field: 'ipAddress', value: '198.51.100.300' },
    ]);
    expect(await audits(bench, 'evidence.collected')).toMatchObject([
      { data: { odd: 4 }, evidence: expect.arrayContaining([expect.objectContaining({ key: odd?.key })]) as object },
    ]);
    expect(await audits(bench, 'content.read')).toHaveLength(2);
  });

  it('are kept without what people wrote, where that may not be read', async () => {
    const bench = await Bench.build();
    const nested: Odd = {
      row: { id: 'x', body: { content: '<p>harbour</p>' }, list: [{ subject: 'harbour' }] },
      lacks: 'at',
    };
    const whole: Odd = { row: 'a harbour, not a row', lacks: '(the row)' };
    const collection = await bench.run([new OddSource('slack.access', [1], [{ odd: [row(1), nested, whole] }])]);
    expect(await kept(bench, collection)).toMatchObject([
      { row: { n: 1, text: '(not read)' } },
      { row: { id: 'x', body: '(not read)', list: [{ subject: '(not read)' }] } },
      { row: '(not read)' },
    ]);
    expect(JSON.stringify(collection)).not.toContain('harbour');
    expect(await audits(bench, 'content.read')).toEqual([]);
  });

  it('leave nothing readable on disk while the source is read', async () => {
    const bench = await Bench.build();
    const source = new OddSource('slack.access', [1, 1], [{ odd: [row(1)] }]);
    source.fail = (page) => (page === 1 ? new QuellError('VENDOR_DOWN') : undefined);
    await expect(bench.run([source], { readContent: true })).rejects.toThrow();
    expect(readdirSync(join(bench.house.root, 'spool', 'files', `case-${bench.subjectId}`))).toHaveLength(2);
    const all = filesUnder(bench.house.root).map((f) => readFileSync(f, 'latin1'));
    expect(all.join('\n')).not.toContain('harbour');
  });

  it('are counted once, wherever the reading dies and goes on', async () => {
    const bench = await Bench.build();
    const source = new OddSource('slack.access', [1, 1, 1], [{ odd: [row(1)] }, { odd: [row(2)] }, { odd: [row(3)] }]);
    for (const page of [1, 2]) {
      source.fail = (at) => (at === page ? new QuellError('VENDOR_DOWN') : undefined);
      await expect(bench.run([source])).rejects.toMatchObject({ type: 'VENDOR_DOWN' });
    }
    source.fail = () => undefined;
    const collection = await bench.run([source]);
    expect(collection.sources[0]?.gap?.text).toContain('3 rows were not');
    expect(await kept(bench, collection)).toHaveLength(3);
    expect(await bench.run([source])).toEqual(collection);
  });

  it('are counted from the start again when the cursor was refused', async () => {
    const bench = await Bench.build();
    const source = new OddSource('slack.access', [1, 1], [{ odd: [row(1)] }, { odd: [row(2)] }]);
    source.fail = (at) => (at === 1 ? new QuellError('VENDOR_REFUSED') : undefined);
    await expect(bench.run([source])).rejects.toMatchObject({ type: 'VENDOR_REPLY' });
    source.fail = () => undefined;
    const collection = await bench.run([source]);
    expect(collection.sources[0]?.gap?.text).toContain('2 rows were not');
    expect(await kept(bench, collection)).toHaveLength(2);
  });

  it('are all there is: the source gave nothing', async () => {
    const bench = await Bench.build();
    const collection = await bench.run([new OddSource('slack.access', [0], [{ odd: [row(1)] }])]);
    expect(collection.sources).toMatchObject([{ rows: 0, status: 'unavailable' }]);
    expect(collection.sources[0]?.gap?.text).toMatch(/^One row was not/);
  });

  it('of which there are very many are all counted, and the first thousand kept', async () => {
    const bench = await Bench.build();
    const odd = Array.from({ length: 1_200 }, (_, n) => row(n));
    const collection = await bench.run([new OddSource('slack.access', [1], [{ odd }])]);
    expect(collection.sources[0]?.gap?.text).toContain('1200 rows were not');
    expect(collection.manifest.manifest.odd?.rows).toBe(1_000);
  });

  it('are kept by their beginning when they are huge', async () => {
    const bench = await Bench.build();
    const odd: Odd = { row: { id: 'x'.repeat(200_000) }, lacks: 'at' };
    const [one] = await kept(bench, await bench.run([new OddSource('slack.access', [1], [{ odd: [odd] }])]));
    expect(JSON.stringify(one).length).toBeLessThan(70_000);
  });
});

describe('a field that is not what the vendor documents', () => {
  it('is told, and leaves the source complete: the row is there', async () => {
    const bench = await Bench.build();
    const collection = await bench.run([new OddSource('slack.access', [2], [{ odd: [field] }])]);
    expect(collection.sources).toMatchObject([{ rows: 2, status: 'complete', gap: { code: 'ODD_ROWS' } }]);
    expect(await kept(bench, collection)).toHaveLength(1);
  });

  it('is not shown where it may be somebody’s name', async () => {
    const bench = await Bench.build();
    const odd: Odd = { field: 'ClientIP', value: 'Ada Example' };
    const { sources } = await bench.run([new OddSource('slack.access', [1], [{ odd: [odd] }])]);
    expect(sources[0]?.gap?.text).toContain('ClientIP (a text)');
  });
});

describe('a part of a source that could not be read', () => {
  const gap = { code: 'VENDOR_SCOPE', text: 'Workspace B refused.' } as const;

  it('leaves the rest, and is told with what else is to be said', async () => {
    const bench = await Bench.build();
    const source = new OddSource('slack.access', [1, 2], [{ gap }, { gap, odd: [row(1)] }]);
    const collection = await bench.run([source]);
    expect(collection.sources).toMatchObject([{ rows: 3, status: 'partial', gap: { code: 'VENDOR_SCOPE' } }]);
    expect(collection.sources[0]?.gap?.text).toMatch(/^Workspace B refused\. One row was not/);
  });

  it('is not forgotten when the source ends early', async () => {
    const bench = await Bench.build();
    const source = new OddSource('slack.access', [1, 1], [{ gap }]);
    source.fail = (at) => (at === 1 ? new QuellError('VENDOR_SCOPE') : undefined);
    const { sources } = await bench.run([source]);
    expect(sources[0]?.gap?.text).toMatch(/^Workspace B refused\. .*scope/);
  });
});

describe('a list that leads nowhere', () => {
  it('ends where a cursor comes again, with what was read', async () => {
    const bench = await Bench.build();
    const source = new PagedSource('slack.access', pages([1, 1, 1]));
    source.next = (page) => (page === 2 ? 'c1' : `c${String(page + 1)}`);
    const { sources } = await bench.run([source]);
    expect(sources).toMatchObject([{ rows: 3, status: 'partial', gap: { code: 'VENDOR_REPLY' } }]);
    expect(source.cursors).toEqual([undefined, 'c1', 'c2']);
  });

  it('ends after five thousand pages', async () => {
    const bench = await Bench.build();
    const source = new PagedSource('slack.access', [[event('only')]]);
    source.next = (page) => `c${String(page + 1)}`;
    const { sources } = await bench.run([source]);
    expect(sources).toMatchObject([{ rows: 1, status: 'partial', gap: { code: 'VENDOR_REPLY' } }]);
    expect(source.cursors).toHaveLength(5_000);
  }, 120_000);
});

it('keeps addresses and places in their one form, whichever adapter read them', async () => {
  const bench = await Bench.build();
  const at = { lat: 0, lon: 0 };
  const source = new PagedSource('slack.access', [
    [
      event('mapped', { ip: '::ffff:203.0.113.9' }),
      event('long', { ip: '2001:0DB8:0:0:0:0:0:1', country: 'de', location: { lat: 52, lon: 13 } }),
      event('none', { ip: '', country: 'ZZ', city: '', location: at }),
      event('loopback', { ip: '127.0.0.1' }),
      event('town', { ip: '203.0.113.10', city: 'Town', location: { lat: 52, lon: 13 } }),
    ],
  ]);
  const rows = new Map((await bench.rows(await bench.run([source]))).map((r) => [r.id.split(':').at(-1), r]));
  expect(rows.get('mapped')).toMatchObject({ ip: '203.0.113.9', country: 'NL', asn: 64500 });
  expect(rows.get('long')).toMatchObject({ ip: '2001:db8::1', country: 'DE' });
  expect(rows.get('long')).not.toHaveProperty('location');
  for (const field of ['ip', 'country', 'city', 'location']) expect(rows.get('none')).not.toHaveProperty(field);
  expect(rows.get('loopback')).not.toHaveProperty('ip');
  expect(rows.get('town')).toMatchObject({ city: 'Town', location: { lat: 52, lon: 13 } });
});
