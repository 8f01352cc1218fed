import { expect, it } from 'vitest';
import type { SourceQuery } from '../../../platforms/ports.js';
import { inSteps, type Step } from '../../../platforms/kit/steps.js';

const query: SourceQuery = {
  nativeId: 'U1',
  emails: [],
  from: '2026-03-01T00:00:00.000Z',
  to: '2026-03-10T00:00:00.000Z',
  readContent: false,
};

/** Walks as a collection does, with nothing but the cursor's text between two pages. */
async function walk(...steps: readonly Step[]): Promise<{ calls: string[]; gaps: string[] }> {
  const [calls, gaps]: [string[], string[]] = [[], []];
  const read = inSteps(
    ...steps.map((step, n): Step => (q, next, options) => {
      calls.push(`${String(n)}:${next ?? 'first'}`);
      return step(q, next, options);
    }),
  );
  let cursor: string | undefined;
  do {
    const page = await read(query, cursor);
    if (page.gap) gaps.push(page.gap.code);
    cursor = page.next;
  } while (cursor !== undefined && calls.length < 50);
  return { calls, gaps };
}
const pages =
  (...links: readonly string[]): Step =>
  (_, next) => {
    const at = next === undefined ? 0 : links.indexOf(next) + 1;
    const link = links[at];
    return Promise.resolve({ events: [], ...(link === undefined ? {} : { next: link }) });
  };

it('reads list after list to its end', async () => {
  expect(await walk(pages('b', 'c'), pages())).toEqual({ calls: ['0:first', '0:b', '0:c', '1:first'], gaps: [] });
});

it('ends a list whose page leads to itself, says so, and goes on with the next list', async () => {
  const circle: Step = () => Promise.resolve({ events: [], next: 'same' });
  expect(await walk(circle, pages())).toEqual({ calls: ['0:first', '0:same', '1:first'], gaps: ['VENDOR_REPLY'] });
});

/** Pages that lead on and on in a circle. */
const circleOf =
  (...links: readonly string[]): Step =>
  (_, next) =>
    Promise.resolve({ events: [], next: links[(links.indexOf(next ?? '') + 1) % links.length] ?? '' });

it('ends a list whose page leads back to the one before it, and goes on with the next list', async () => {
  expect(await walk(circleOf('a', 'b'), pages())).toEqual({
    calls: ['0:first', '0:a', '0:b', '1:first'],
    gaps: ['VENDOR_REPLY'],
  });
});

it('gives the same cursor for the same way to a place, so that whoever reads sees a longer circle', async () => {
  const read = inSteps(circleOf('a', 'b', 'c'));
  const cursors: (string | undefined)[] = [];
  for (let n = 0; n < 6; n++) cursors.push((await read(query, cursors.at(-1))).next);
  expect(cursors[4]).toBe(cursors[1]);
  expect(new Set(cursors.slice(1, 4)).size).toBe(3);
});

it('refuses a cursor of another source', async () => {
  await expect(inSteps(pages())(query, '{"window":1}')).rejects.toMatchObject({ code: 'CONFIG' });
  await expect(inSteps(pages())(query, 'no JSON')).rejects.toMatchObject({ code: 'CONFIG' });
});
