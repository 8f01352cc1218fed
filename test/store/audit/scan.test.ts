import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../domain/canonical.js';
import type { AuditEntry } from '../../../store/audit/entry.js';
import { checkpointBody, hashOf, ZERO, type ChainLine, type Checkpoint } from '../../../store/audit/line.js';
import { verifyChain, type ChainVerdict } from '../../../store/audit/scan.js';
import { signatureOf } from '../../../store/signing.js';
import { found, testKeys } from '../support.js';

const ring = testKeys();
const key = ring.signing('audit');
const keys = [ring.verifying('audit')];

const entryOf = (i: number, by = 'records'): string =>
  canonicalJson({ key: `k${i}`, at: '2026-01-01T00:00:00.000Z', kind: 'case.progress', by, data: { i } });

/** Lines that hang together, on `prev`. */
function linesOf(entries: readonly string[], from = 1, prev = ZERO): readonly ChainLine[] {
  let before = prev;
  return entries.map((entry, i) => {
    const line = { seq: from + i, prev: before, entry };
    before = hashOf(line);
    return { ...line, hash: before };
  });
}
const signed = (line: ChainLine, by = key): Checkpoint => {
  const body = checkpointBody({ lines: line.seq, head: line.hash, at: '2026-01-01T00:00:00.000Z' });
  return { lines: body.lines, head: body.head, at: body.at, keyId: by.keyId, signature: signatureOf(body, by) };
};

const good = linesOf(Array.from({ length: 10 }, (_, i) => entryOf(i)));
/** Lines 1, 5, 9 and 10 are signed. */
const points = [0, 4, 8, 9].map((i) => signed(good[i]!));

async function* given(lines: readonly ChainLine[]): AsyncGenerator<ChainLine> {
  for (const line of lines) yield await Promise.resolve(line);
}
const verify = (
  lines: readonly ChainLine[],
  checkpoints: readonly Checkpoint[] = points,
  elsewhere: readonly Checkpoint[] = [],
): Promise<ChainVerdict> => verifyChain({ lines: given(lines), checkpoints }, { keys, elsewhere: found(...elsewhere) });

const at = fc.integer({ min: 0, max: 9 });
const check = (
  change: (all: ChainLine[], i: number) => ChainLine[],
  expected: (i: number) => number | undefined,
): Promise<void> =>
  fc.assert(
    fc.asyncProperty(at, async (i) => {
      const verdict = await verify(change([...good], i));
      expect(verdict.ok).toBe(false);
      expect(verdict.badLine).toBe(expected(i));
    }),
    { numRuns: 30 },
  );
// Where the changed line is itself the signed one, all since the checkpoint before are in doubt.
const sinceCheckpoint = (i: number): number => (i === 4 ? 2 : i === 8 ? 6 : i + 1);
/** With its own hash made right, as somebody would who knows how the chain works but has no key. */
const remade = ({ seq, prev }: ChainLine, entry: string): ChainLine => ({
  ...{ seq, prev, entry },
  hash: hashOf({ seq, prev, entry }),
});

describe('proof of the chain', () => {
  it('is given when every line hangs on the one before and the signatures fit', async () => {
    const told: AuditEntry[] = [];
    const verdict = await verifyChain({ lines: given(good), checkpoints: points }, { keys }, (entry) =>
      told.push(entry),
    );
    expect(verdict).toMatchObject({ ok: true, lines: 10, signed: 10 });
    expect(told.map((entry) => entry.key)).toEqual(good.map((_, i) => `k${i}`));
  });

  it('names an edited line', () =>
    check(
      (all, i) => all.with(i, { ...all[i]!, entry: entryOf(i, 'nobody') }),
      (i) => i + 1,
    ));
  it('names a line with one more space', () =>
    check(
      (all, i) => all.with(i, { ...all[i]!, entry: `${all[i]!.entry} ` }),
      (i) => i + 1,
    ));
  it('names a line whose entry is gone', () =>
    check(
      (all, i) => all.with(i, { ...all[i]!, entry: undefined }),
      (i) => i + 1,
    ));
  it('names an edited line whose own hash was made right', () =>
    check((all, i) => all.with(i, remade(all[i]!, entryOf(i, 'mallory'))), sinceCheckpoint));
  it('names the place of a removed line', () =>
    check(
      (all, i) => all.toSpliced(i, 1),
      (i) => i + 1,
    ));
  it('names an inserted line', () =>
    check((all, i) => all.toSpliced(i, 0, remade(all[i]!, entryOf(99))), sinceCheckpoint));
  it('names a repeated line', () =>
    check(
      (all, i) => all.toSpliced(i, 0, all[i]!),
      (i) => i + 1,
    ));
  it('names exchanged lines, and exchanged entries', async () => {
    await check(
      (all, i) => (i === 9 ? [...all.slice(0, 8), all[9]!, all[8]!] : all.with(i, all[i + 1]!).with(i + 1, all[i]!)),
      (i) => (i === 9 ? 9 : i + 1),
    );
    await check(
      (all, i) => all.map((line, n) => (n === i ? { ...line, entry: all[(i + 1) % 10]!.entry } : line)),
      (i) => i + 1,
    );
  });
  it('takes no entry that is none', () =>
    check(
      (all, i) => all.with(i, remade(all[i]!, '"a word"')),
      (i) => i + 1,
    ));

  it('shows a rewrite of everything that follows, from the last checkpoint that fits', async () => {
    const forged = linesOf(
      [5, 6, 7, 8, 9].map((i) => entryOf(i, i === 5 ? 'mallory' : 'records')),
      6,
      good[4]!.hash,
    );
    expect(await verify([...good.slice(0, 5), ...forged])).toMatchObject({
      ok: false,
      badLine: 6,
      signed: 5,
      why: expect.stringContaining('6 to 9') as string,
    });
  });

  it('shows a cut, by its own checkpoints or by one kept elsewhere', async () => {
    expect(await verify(good.slice(0, 7))).toMatchObject({ ok: false, badLine: 8 });
    expect(await verify(good.slice(0, 7), points.slice(0, 2))).toMatchObject({ ok: true, lines: 7, signed: 5 });
    expect(await verify(good.slice(0, 7), points.slice(0, 2), [points[3]!])).toMatchObject({ ok: false, badLine: 8 });
    expect(await verify([], [], [points[0]!])).toMatchObject({ ok: false, badLine: 1 });
    expect(await verify(good.slice(0, 7), [])).toMatchObject({ ok: false, badLine: 1 });
  });

  it('shows that another chain was put in its place, by a checkpoint kept elsewhere', async () => {
    const other = linesOf(good.map((_, i) => entryOf(i + 100)));
    const theirs = [signed(other[9]!)];
    expect(await verify(other, theirs)).toMatchObject({ ok: true });
    expect(await verify(other, theirs, [points[1]!])).toMatchObject({ ok: false, badLine: 1 });
    expect(await verify(other, theirs, [points[3]!])).toMatchObject({
      ok: false,
      why: expect.stringContaining('contradicts') as string,
    });
  });

  it('takes no checkpoint that another key signed or that was changed', async () => {
    expect(await verify(good, [signed(good[9]!, ring.signing('manifest'))])).toMatchObject({ ok: false });
    expect(await verify(good, [{ ...points[3]!, lines: 9 }])).toMatchObject({ ok: false });
  });

  it('says of a head kept elsewhere where it is no signed one, and goes on', async () => {
    const elsewhere = [
      { where: 'heads:1', head: undefined },
      { where: 'heads:2', head: { ...points[3]!, head: good[0]!.hash } },
      { where: 'heads:3', head: points[3]! },
    ];
    const unbelieved = [
      { where: 'heads:1', is: 'malformed' },
      { where: 'heads:2', is: 'unsigned' },
    ];
    const verdict = await verifyChain({ lines: given(good), checkpoints: points }, { keys, elsewhere });
    expect(verdict).toMatchObject({ ok: true, lines: 10, signed: 10, unbelieved });
    const cut = { lines: given(good.slice(0, 7)), checkpoints: points.slice(0, 2) };
    expect(await verifyChain(cut, { keys, elsewhere })).toMatchObject({ ok: false, badLine: 8, unbelieved });
  });

  it('says of an empty chain that nothing is there', async () => {
    expect(await verify([], [])).toMatchObject({ ok: true, lines: 0, signed: 0 });
  });
});
