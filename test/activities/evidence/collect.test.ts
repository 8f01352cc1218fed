import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QuellError } from '../../../domain/errors.js';
import type { Collection, EvidenceEvent } from '../../../domain/evidence.js';
import { verifyManifest } from '../../../store/signing.js';
import { filesUnder } from '../../store/support.js';
import { perform, quietly } from '../support/house.js';
import { event, PagedSource } from '../support/vendor.js';

import { audits, Bench, pages } from '../support/collecting.js';

describe('collectEvidence', () => {
  it('reads every page of every source of the depth, once, into one signed file', async () => {
    const bench = await Bench.build();
    const signIns = new PagedSource('slack.access', pages([2, 2, 1]));
    const audit = new PagedSource('slack.audit_logs', [[event('a'), event('r0')]]);
    const messages = new PagedSource('slack.messages', pages([3], 'm'), 'wide');
    const collection = await bench.run([signIns, audit, messages]);
    expect((await bench.rows(collection)).map((r) => r.id).sort()).toEqual(
      ['r0', 'r1', 'r2', 'r3', 'r4', 'a'].map((i) => event(i).id).sort(),
    );
    expect(collection.file.rows).toBe(6);
    expect(collection.sources.map((s) => [s.source, s.status])).toEqual([
      ['slack.access', 'complete'],
      ['slack.audit_logs', 'complete'],
    ]);
    expect(messages.queries).toEqual([]);
    expect(verifyManifest(collection.manifest, [bench.house.keys.verifying('manifest')])).toBe(true);
    expect(collection.manifest.manifest.file).toEqual(collection.file);
    expect(collection.limits?.[0]).toMatchObject({ code: 'UNSUPPORTED', text: 'They are not logged. A person asks.' });
    const wide = await bench.run([signIns, messages], { depth: 'wide' });
    expect(wide.sources.map((s) => s.source)).toEqual(['slack.access', 'slack.messages']);
  });

  it('loses and doubles nothing, wherever it is killed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 5 }),
        fc.array(fc.nat(5), { maxLength: 4 }),
        async (sizes, kills) => {
          const bench = await Bench.build();
          const source = new PagedSource('slack.access', pages(sizes));
          let collection: Collection | undefined;
          for (const kill of [...kills, -1]) {
            source.fail = (page) => (page === kill ? new Error('killed') : undefined);
            collection = await bench.run([source]).catch(() => undefined);
          }
          expect(collection).toBeDefined();
          if (collection)
            expect((await bench.rows(collection)).map((r) => r.id)).toEqual(
              pages(sizes)
                .flat()
                .map((e) => e.id),
            );
        },
      ),
      { numRuns: 25 },
    );
  });

  it('goes on at the page where the last attempt died, and gives a finished collection again without reading', async () => {
    const bench = await Bench.build();
    const source = new PagedSource('slack.access', pages([2, 2, 2]));
    source.fail = (page) => (page === 2 ? new QuellError('VENDOR_DOWN') : undefined);
    await expect(bench.run([source])).rejects.toMatchObject({ type: 'VENDOR_DOWN', nonRetryable: false });
    source.fail = () => undefined;
    const first = await bench.run([source]);
    expect(source.cursors).toEqual([undefined, 'c1', 'c2', 'c2']);
    expect(await bench.run([source])).toEqual(first);
    expect(source.cursors).toHaveLength(4);
  });

  it('keeps nothing readable on disk while it reads', async () => {
    const bench = await Bench.build();
    const source = new PagedSource('slack.access', [
      [event('x', { text: 'meet me at the harbour', target: { type: 'file', id: 'F1', name: 'payroll.xlsx' } })],
      [event('y')],
    ]);
    source.fail = (page) => (page === 1 ? new QuellError('VENDOR_DOWN') : undefined);
    await expect(bench.run([source], { readContent: true })).rejects.toThrow();
    const all = filesUnder(bench.house.root)
      .map((f) => readFileSync(f, 'latin1'))
      .join('\n');
    expect(readdirSync(join(bench.house.root, 'spool', 'files', `case-${bench.subjectId}`))).toHaveLength(2);
    for (const secret of ['harbour', 'payroll', 'ada@example.com']) expect(all).not.toContain(secret);
  });

  it('turns a source that fails for good into a gap in words, and goes on', async () => {
    const bench = await Bench.build();
    const broken = new PagedSource('slack.audit_logs', pages([1]));
    broken.fail = () => new QuellError('VENDOR_SCOPE', 'auditlogs:read for ada@example.com');
    const collection = await bench.run([broken, new PagedSource('slack.access', pages([2]))]);
    expect(collection.sources[0]).toMatchObject({
      status: 'unavailable',
      rows: 0,
      gap: { code: 'VENDOR_SCOPE', source: 'slack.audit_logs' },
    });
    expect(collection.sources[0]?.gap?.text).toContain('lacks a scope');
    expect(JSON.stringify(collection)).not.toContain('ada@');
    expect(collection.file.rows).toBe(2);
  });

  it('asks again what may come back, a few times, then says so; slowing down is no failure', async () => {
    const bench = await Bench.build();
    const source = new PagedSource('slack.access', pages([1, 1]));
    source.fail = (page) => (page === 1 ? new QuellError('VENDOR_BUSY', undefined, { retryAfterMs: 7000 }) : undefined);
    for (let n = 0; n < 6; n++)
      await expect(bench.run([source])).rejects.toMatchObject({ type: 'VENDOR_BUSY', nextRetryDelay: 7000 });
    source.fail = (page) => (page === 1 ? new QuellError('VENDOR_DOWN') : undefined);
    let attempts = 0;
    let collection: Collection | undefined;
    while (!collection && attempts++ < 10) collection = await bench.run([source]).catch(() => undefined);
    expect(attempts).toBeLessThan(6);
    expect(collection?.sources[0]).toMatchObject({ status: 'partial', rows: 1, gap: { code: 'VENDOR_DOWN' } });
  });

  it('reads a source to its end that fails at every page, as long as it goes on', async () => {
    const bench = await Bench.build();
    const source = new PagedSource('slack.access', pages([1, 1, 1, 1, 1, 1]));
    const failed = new Set<number>();
    source.fail = (page) => (failed.has(page) ? undefined : (failed.add(page), new QuellError('VENDOR_DOWN')));
    let collection: Collection | undefined;
    for (let n = 0; n < 10 && !collection; n++) collection = await bench.run([source]).catch(() => undefined);
    expect(failed.size).toBe(6);
    expect(collection?.sources[0]).toMatchObject({ status: 'complete', rows: 6 });
  });

  it('reads from the start when a cursor has run out, and keeps rows single', async () => {
    const bench = await Bench.build();
    const source = new PagedSource('slack.access', pages([2, 2]));
    let refused = false;
    source.fail = (page) => {
      if (page !== 1 || refused) return undefined;
      refused = true;
      return new QuellError('VENDOR_REFUSED', 'invalid_cursor');
    };
    await expect(bench.run([source])).rejects.toMatchObject({ nonRetryable: false });
    const collection = await bench.run([source]);
    expect(collection.sources[0]).toMatchObject({ status: 'complete', rows: 4 });
    expect(collection.file.rows).toBe(4);
  });

  it('ends a log that leads in circles, and one without an end', async () => {
    const bench = await Bench.build();
    const circle = new PagedSource('slack.access', pages([1, 1]));
    circle.next = () => 'c1';
    const endless = new PagedSource(
      'slack.audit_logs',
      pages(
        Array.from({ length: 50 }, () => 2),
        'e',
      ),
    );
    const collection = await perform(bench.activities([circle, endless], 10), 'collectEvidence', bench.input());
    expect(collection.sources.map((s) => [s.status, s.gap?.code])).toEqual([
      ['partial', 'VENDOR_REPLY'],
      ['partial', 'TOO_MUCH'],
    ]);
    expect(collection.sources[1]?.rows).toBe(12);
  });

  it('keeps text only where it may be read, and notes each reading before', async () => {
    const bench = await Bench.build();
    const source = new PagedSource('slack.messages', [[event('m', { kind: 'message', text: 'the plan' })]]);
    const closed = await bench.run([source]);
    expect((await bench.rows(closed))[0]).not.toHaveProperty('text');
    expect(await audits(bench, 'content.read')).toEqual([]);
    const open = await bench.run([source], { readContent: true });
    expect((await bench.rows(open))[0]?.text).toBe('the plan');
    const [noted] = await audits(bench, 'content.read');
    expect(noted).toMatchObject({
      caseId: `case-${bench.subjectId}`,
      data: { source: 'slack.messages', events: [event('m').id] },
    });
    expect(JSON.stringify(await audits(bench))).not.toContain('the plan');
    expect(await audits(bench, 'evidence.collected')).toHaveLength(2);
  });

  it('fills in places that the vendor did not give', async () => {
    const bench = await Bench.build();
    const source = new PagedSource('slack.access', [
      [event('a', { ip: '203.0.113.9' }), event('b', { ip: '203.0.113.9', country: 'FR' })],
    ]);
    expect((await bench.rows(await bench.run([source]))).map((r) => [r.country, r.asn, r.asName])).toEqual([
      ['NL', 64500, 'Example Net'],
      ['FR', 64500, 'Example Net'],
    ]);
  });

  it('stops at once when it is cancelled, with what it has', async () => {
    const bench = await Bench.build();
    const source = new PagedSource('slack.access', pages([1, 1, 1]));
    const environment = quietly();
    source.fail = (page) => {
      if (page === 1) environment.cancel('CANCELLED');
      return undefined;
    };
    await expect(
      perform(bench.activities([source]), 'collectEvidence', bench.input(), environment),
    ).rejects.toMatchObject({
      name: 'CancelledFailure',
    });
    expect(source.cursors).toEqual([undefined, 'c1']);
    source.fail = () => undefined;
    expect((await bench.run([source])).file.rows).toBe(3);
    expect(source.cursors).toEqual([undefined, 'c1', 'c2']);
  });

  it('tells Temporal how far it is', async () => {
    const bench = await Bench.build();
    const beats: unknown[] = [];
    const environment = quietly();
    environment.on('heartbeat', (details: unknown) => beats.push(details));
    await perform(
      bench.activities([new PagedSource('slack.access', pages([1]))]),
      'collectEvidence',
      bench.input(),
      environment,
    );
    expect(beats[0]).toEqual({ source: 0, pages: 0, rows: 0 });
  });

  it('says when the subject has no account there, and when the tenant is not its own', async () => {
    const bench = await Bench.build();
    const stranger = await bench.house.person({
      accounts: [{ platform: 'google', tenant: 'main', nativeId: '1' }],
      mails: [],
    });
    const collection = await bench.run([new PagedSource('slack.access', pages([1]))], { subjectId: stranger });
    expect(collection.sources[0]).toMatchObject({ status: 'unavailable', gap: { code: 'VENDOR_NOT_FOUND' } });
    await expect(bench.run([], { tenant: { platform: 'slack', tenant: 'other' } })).rejects.toMatchObject({
      type: 'CONFIG',
      nonRetryable: true,
    });
  });

  it('signs grounds for what its own rows show, and none without them', async () => {
    const bench = await Bench.build();
    const usual = Array.from({ length: 6 }, (_, i) =>
      event(`u${String(i)}`, {
        at: `2026-02-${String(18 + i)}T08:00:00.000Z`,
        ip: '198.51.100.1',
        country: 'DE',
        asn: 64496,
        deviceId: 'd1',
        userAgent: 'known',
        sessionId: `old${String(i)}`,
      }),
    );
    const foreign = {
      ip: '203.0.113.9',
      country: 'NL',
      asn: 64500,
      deviceId: 'd9',
      userAgent: 'curl',
      sessionId: 's9',
    };
    const signIn = event('in', { at: '2026-03-02T09:00:00.000Z', ...foreign });
    const downloads = Array.from({ length: 40 }, (_, i) =>
      event(`d${String(i)}`, {
        kind: 'file_download',
        logSource: 'file_transfer',
        operation: 'file_downloaded',
        at: `2026-03-02T09:${String(10 + (i % 40)).padStart(2, '0')}:00.000Z`,
        target: { type: 'file', id: `F${String(i)}`, name: `f${String(i)}` },
        ...foreign,
      }),
    );
    const grounds = async (rows: readonly EvidenceEvent[], to: string) =>
      (await bench.run([new PagedSource('slack.audit_logs', [rows])], { to })).manifest.manifest.grounds;
    expect(await grounds([...usual, signIn, ...downloads], '2026-03-02T12:00:00.000Z')).toEqual([
      { rule: 'foreign-session-collects', nativeId: 'U1', sessionIds: ['s9'] },
    ]);
    expect(await grounds([...usual, signIn], '2026-03-02T12:00:01.000Z')).toEqual([]);
    expect(
      await grounds(
        [
          ...usual,
          ...downloads.map((d) => ({
            ...d,
            ...usual[0],
            id: d.id,
            kind: d.kind,
            at: d.at,
            ...(d.target ? { target: d.target } : {}),
          })),
        ],
        '2026-03-02T12:00:02.000Z',
      ),
    ).toEqual([]);
  });
});
