import { describe, expect, it } from 'vitest';
import { allPages, walkPages, type Page } from '../../../platforms/kit/pages.js';

/** A list whose pages lead on as is said; what was asked for. */
function listed(pages: Readonly<Record<string, Page<number>>>) {
  const asked: (string | undefined)[] = [];
  const read = async (next: string | undefined): Promise<Page<number>> => {
    asked.push(next);
    return pages[next ?? 'first'] ?? {};
  };
  return { asked, read };
}

describe('a list', () => {
  it.each([undefined, null, ''])('is read to its end, over empty pages (%j ends it)', async (end) => {
    const { asked, read } = listed({
      first: { rows: [1, 2], next: 'a' },
      a: { rows: null, next: 'b' },
      b: { rows: [], next: 'c' },
      c: { rows: [3], next: end },
    });
    expect(await allPages(read)).toEqual([1, 2, 3]);
    expect(asked).toEqual([undefined, 'a', 'b', 'c']);
  });

  it('that leads to itself, at once or in a ring, is broken, and what was read until then is told', async () => {
    for (const [ring, calls] of [
      [{ a: { rows: [2], next: 'a' } }, 2],
      [{ a: { rows: [2], next: 'b' }, b: { next: 'a' } }, 3],
    ] as const) {
      const { asked, read } = listed({ first: { rows: [1], next: 'a' }, ...ring });
      await expect(allPages(read)).rejects.toMatchObject({ code: 'VENDOR_REPLY' });
      expect(asked).toHaveLength(calls);
      const taken: number[] = [];
      expect(await walkPages(read, ({ rows }) => taken.push(...(rows ?? [])))).toBe('again');
      expect(taken).toEqual([1, 2]);
    }
  });

  it('that does not end is broken at the bound, of pages or of rows', async () => {
    let n = 0;
    const endless = async (): Promise<Page<number>> => ({ rows: [n], next: String(n++) });
    expect(await walkPages(endless, () => undefined, { pages: 5 })).toBe('bound');
    expect(n).toBe(5);
    n = 0;
    expect(await walkPages(endless, () => undefined, { rows: 7 })).toBe('bound');
    expect(n).toBe(8);
    await expect(allPages(endless, { pages: 3 })).rejects.toMatchObject({ code: 'VENDOR_REPLY' });
  });

  it('as long as the bound, which then ends, is whole', async () => {
    const { read } = listed({ first: { rows: [1], next: 'a' }, a: { rows: [2] } });
    expect(await allPages(read, { pages: 2, rows: 2 })).toEqual([1, 2]);
  });

  it('fails as its page does', async () => {
    const gone = new Error('gone');
    await expect(allPages(() => Promise.reject(gone))).rejects.toBe(gone);
  });
});
