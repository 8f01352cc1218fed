import { describe, expect, it } from 'vitest';
import { allPages, eachInTurn, knownPages } from '../../../platforms/google/pages.js';
import type { EvidenceEvent } from '../../../domain/evidence.js';

/** A list whose pages lead on as said; each page has one row, named for it. */
function list(leads: Readonly<Record<string, string | undefined>>) {
  const asked: string[] = [];
  return {
    asked,
    page: ({ pageToken = 'first' }: { readonly pageToken?: string }) => {
      asked.push(pageToken);
      return Promise.resolve({ rows: [pageToken], next: leads[pageToken] });
    },
  };
}

describe('all pages', () => {
  it('are read to the end, empty ones too', async () => {
    const { page } = list({ first: 'a', a: 'b' });
    expect(await allPages(page)).toEqual(['first', 'a', 'b']);
    expect(await allPages(() => Promise.resolve({ rows: null, next: '' }))).toEqual([]);
  });

  it.each([
    ['to itself', { first: 'a', a: 'a' }, ['first', 'a']],
    ['to an earlier one', { first: 'a', a: 'b', b: 'a' }, ['first', 'a', 'b']],
  ])('that lead %s are no whole list, and are asked for no more', async (_, leads, asked) => {
    const strict = list(leads);
    await expect(allPages(strict.page)).rejects.toMatchObject({ code: 'VENDOR_REPLY' });
    expect(strict.asked).toEqual(asked);
    expect(await knownPages(list(leads).page)).toEqual({ rows: asked, ends: false });
  });
});

it('lists in turn: one that leads to itself ends alone, and is told', async () => {
  const event = (id: string) => ({ id }) as EvidenceEvent;
  const read = (thing: string, next?: string) =>
    Promise.resolve({ events: [event(`${thing}${next ?? ''}`)], ...(thing === 'a' ? { next: 'x' } : {}) });
  const ids: string[] = [];
  const gaps: unknown[] = [];
  for (let cursor: string | undefined, n = 0; n < 9; n++) {
    const page = await eachInTurn(['a', 'b'], cursor, read);
    ids.push(...page.events.map((e) => e.id));
    gaps.push(page.gap?.code);
    cursor = page.next;
    if (cursor === undefined) break;
  }
  expect(ids).toEqual(['a', 'ax', 'b']);
  expect(gaps).toEqual([undefined, 'VENDOR_REPLY', undefined]);
});
