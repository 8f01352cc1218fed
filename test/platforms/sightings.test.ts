import { describe, expect, it } from 'vitest';
import { QuellError } from '../../domain/errors.js';
import { search, type Search } from '../../platforms/sightings.js';

const TENANT = { platform: 'slack', tenant: 'main' } as const;
const searching = async (page: Search['page'], maxPages = 5) =>
  (await search(TENANT, [{ source: 'slack.logs', page }], { maxPages })).gaps;

describe('a list that is looked through for other people', () => {
  it('is no gap when it ends, and is none when nobody is there', async () => {
    expect(await searching(async (next) => ({ rows: [], next: next === undefined ? 'a' : undefined }))).toEqual([]);
    expect(await searching(() => Promise.reject(new QuellError('VENDOR_NOT_FOUND', 'logs')))).toEqual([]);
  });

  it('is a gap where it leads back to itself, goes on too long, or fails', async () => {
    const ring = async (next?: string) => ({ rows: [], next: next === 'a' ? 'b' : 'a' });
    expect(await searching(ring)).toMatchObject([{ ...TENANT, source: 'slack.logs', code: 'VENDOR_REPLY' }]);
    let n = 0;
    const endless = async () => ({ rows: [], next: String(n++) });
    expect(await searching(endless)).toMatchObject([{ code: 'TOO_MUCH' }]);
    expect(n).toBe(5);
    const refused = () => Promise.reject(new QuellError('VENDOR_SCOPE', 'logs'));
    expect(await searching(refused)).toMatchObject([{ code: 'VENDOR_SCOPE' }]);
  });
});
