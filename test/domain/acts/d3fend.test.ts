import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { D3FEND } from '../../../domain/acts/d3fend.js';
import { ACTS, type ActionKind } from '../../../domain/acts/index.js';

interface Published {
  readonly techniques: readonly { readonly id: string; readonly label: string; readonly tactic: string }[];
}
/** Copied from D3FEND's ontology; version, commit and file stand in it. Techniques beside the ones in use are those that were weighed. */
const published = JSON.parse(readFileSync(new URL('d3fend-techniques.json', import.meta.url), 'utf8')) as Published;
const byId = new Map(published.techniques.map((t) => [t.id, t]));

/** D3FEND has no technique for a hold: an inventory of the data, of its tactic Model, is the nearest. */
const NEAREST: readonly ActionKind[] = ['hold_data'];

describe('D3FEND', () => {
  it.each(Object.entries(D3FEND))('%s is called %s there', (id, name) => {
    expect(byId.get(id)?.label).toBe(name);
  });

  it.each(Object.values(ACTS))(
    '$kind does something: its technique evicts, isolates or hardens',
    ({ kind, d3fend }) => {
      const doing = ['Evict', 'Isolate', 'Harden'].includes(byId.get(d3fend)?.tactic ?? '');
      expect(doing).toBe(!NEAREST.includes(kind));
    },
  );

  it('has no technique in the catalogue that no act carries out', () => {
    expect(Object.keys(D3FEND).sort()).toEqual([...new Set(Object.values(ACTS).map((a) => a.d3fend))].sort());
  });
});
