import { afterEach, describe, expect, it, vi } from 'vitest';
import { QuellError } from '../../../domain/errors.js';
import { readEvidence } from '../../../activities/analysis/read-evidence.js';
import { disk } from '../../support/full-disk.js';
import { Bench, pages } from '../support/collecting.js';
import { perform, quietly } from '../support/house.js';
import { event, PagedSource } from '../support/vendor.js';

vi.mock('node:fs/promises', async (real) => (await import('../../support/full-disk.js')).onDisk(await real()));
afterEach(() => {
  vi.useRealTimers();
  disk.makeRoom();
});

describe('rows of another account', () => {
  const stranger = { actor: 'U2' } as const;

  it('are not kept where only the account itself can act, and the source says that it was mixed up', async () => {
    const bench = await Bench.build();
    const acts = ['sign_in', 'session', 'api_activity', 'message', 'conversation_read', 'file_download'] as const;
    const rows = acts.map((kind) => event(`other-${kind}`, { kind, text: 'not for us', ...stranger }));
    const collection = await bench.run([new PagedSource('slack.audit_logs', [[event('own'), ...rows]])], {
      readContent: true,
    });
    expect((await bench.rows(collection)).map((r) => r.id)).toEqual([event('own').id]);
    expect(collection.sources[0]).toMatchObject({ status: 'partial', rows: 1, gap: { code: 'VENDOR_REPLY' } });
    expect(collection.sources[0]?.gap?.text).toContain('6 rows of other accounts');
    expect(collection.manifest.manifest.file.rows).toBe(1);
  });

  it('are said also after the worker died in between', async () => {
    const bench = await Bench.build();
    const source = new PagedSource('slack.audit_logs', [[event('a', stranger)], [event('b')]]);
    source.fail = (page) => (page === 1 ? new QuellError('VENDOR_DOWN') : undefined);
    await expect(bench.run([source])).rejects.toThrow();
    source.fail = () => undefined;
    expect((await bench.run([source])).sources[0]?.gap?.text).toContain('1 rows of other accounts');
  });

  it('are kept where others act on the account, or the account is an app', async () => {
    const bench = await Bench.build();
    const target = { type: 'user', id: 'U1' } as const;
    const rows = [
      event('sent', { kind: 'message_received', ...stranger }),
      event('mail', { kind: 'security_notice', ...stranger }),
      event('role', { kind: 'role_change', target, ...stranger }),
      event('app', { kind: 'api_activity', app: { id: 'U1' }, ...stranger }),
      event('file', { kind: 'file_upload', ...stranger }),
      event('nobody', { kind: 'sign_in' }),
    ];
    const collection = await bench.run([new PagedSource('slack.audit_logs', [rows])]);
    expect(collection.sources[0]).toMatchObject({ status: 'complete', rows: rows.length });
  });
});

describe('a message that changes while it is read', () => {
  const first = event('m', { kind: 'message', text: 'the first words' });
  const edited = { ...first, text: 'other words' };

  it('is kept in both versions, and counts once, as it is now', async () => {
    const bench = await Bench.build();
    const source = new PagedSource('slack.messages', [
      [first, event('same')],
      [edited, event('same')],
    ]);
    const collection = await bench.run([source], { readContent: true });
    expect((await bench.rows(collection)).map((r) => r.text ?? r.id)).toEqual([
      'the first words',
      'other words',
      event('same').id,
    ]);
    expect(collection.sources[0]?.rows).toBe(2);
    const deps = { evidence: bench.house.evidence.reader } as unknown as Parameters<typeof readEvidence>[0];
    const read = await readEvidence(deps, `case-${bench.subjectId}`, [collection]);
    expect(read.map((r) => r.text ?? r.id).toSorted()).toEqual(['other words', event('same').id].toSorted());
  });

  it('is kept as it was when it is gone at the next reading', async () => {
    const bench = await Bench.build();
    let gone = false;
    const source = new PagedSource('slack.messages', [[first], [event('next')]]);
    const read = source.read.bind(source);
    source.read = async (query, cursor) => {
      const page = await read(query, cursor);
      return gone ? { ...page, events: page.events.filter((e) => e.id !== first.id) } : page;
    };
    source.fail = (page) => (page === 1 && !gone ? new QuellError('VENDOR_REFUSED', 'invalid_cursor') : undefined);
    await expect(bench.run([source], { readContent: true })).rejects.toThrow();
    gone = true; // the cursor ran out: everything is read from the start
    const collection = await bench.run([source], { readContent: true });
    expect((await bench.rows(collection)).map((r) => r.text ?? r.id)).toEqual(['the first words', event('next').id]);
  });
});

describe('a slow disk', () => {
  it('holds the collection back, page by page and at its end, while the heartbeats go on', async () => {
    const bench = await Bench.build();
    const source = new PagedSource('slack.access', pages([1, 1, 1]));
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    let beats = 0;
    const environment = quietly();
    environment.on('heartbeat', () => beats++);
    let waiting: (() => void)[] = [];
    let asked: () => void = () => undefined;
    disk.slow = () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        asked();
      });
    const reads: number[] = [];
    let ended = false;
    const run = perform(bench.activities([source]), 'collectEvidence', bench.input(), environment).finally(() => {
      ended = true;
      asked();
    });
    for (;;) {
      await new Promise<void>((resolve) => {
        asked = resolve;
        if (ended || waiting.length > 0) resolve();
      });
      if (ended) break;
      const before = beats;
      vi.advanceTimersByTime(5000);
      expect(beats - before).toBe(5);
      reads.push(source.cursors.length);
      const now = waiting;
      waiting = [];
      for (const go of now) go();
    }
    const collection = await run;
    expect(collection.file.rows).toBe(3);
    // A page is asked for when the one before is on disk, by several writes each; after the last come evidence, manifest and the note for the chain.
    expect(reads).toEqual(reads.toSorted((a, b) => a - b));
    for (const page of [1, 2]) expect(reads.filter((n) => n === page).length).toBeGreaterThan(1);
    expect(reads.filter((n) => n === 3).length).toBeGreaterThan(4);
  });
});
