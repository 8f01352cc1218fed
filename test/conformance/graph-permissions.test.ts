import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { OPERATIONS, permissionsOf, type MicrosoftOperation } from '../../platforms/microsoft/operations.js';

/** What Microsoft publishes for one operation: permissions of applications, each enough by itself; `A + B` only together. */
interface Published {
  readonly route: string;
  readonly application: readonly string[];
  /** Where the table alone does not say it: the sentence. */
  readonly says?: string;
  /** `repository@commit path`, or the address of the page. */
  readonly sources: readonly string[];
}
const published = JSON.parse(readFileSync(new URL('data/graph-permissions.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, Published>
>;

/** The Management Activity API and the Bot Connector have no such table. */
const operations = (Object.entries(OPERATIONS) as [keyof typeof OPERATIONS, MicrosoftOperation][]).filter(
  ([, o]) => o.api === 'graph' || o.api === 'defender',
);
const togetherOf = (entry: string): readonly string[] => entry.split(' + ');
const enough = (key: string): readonly (readonly string[])[] => (published[key]?.application ?? []).map(togetherOf);

describe('against the permissions that Microsoft publishes for each operation', () => {
  it.each(operations)('%s: every permission of the table is one of them', (key, { scopes }) => {
    const known = new Set(enough(key).flat());
    expect(scopes.filter((scope) => !known.has(scope))).toEqual([]);
  });

  it.each(operations)('%s: what a role asks for is enough', (key, { roles }) => {
    for (const role of roles) {
      const asked = new Set(permissionsOf(role));
      const inTheTeamsApp = enough(key).filter((together) => together.every((p) => p.endsWith('.Chat')));
      const granted = enough(key).filter((together) => together.every((p) => asked.has(p)));
      expect([role, [...granted, ...inTheTeamsApp].length > 0]).toEqual([role, true]);
    }
  });

  it('is about the operations of the table, by their routes, and says where each is from', () => {
    expect(Object.keys(published).sort()).toEqual(operations.map(([key]) => key).sort());
    const plain = (route: string): string => route.replaceAll(/\{\w+\}/g, '{id}');
    for (const [key, { method, path }] of operations) {
      expect(plain(published[key]?.route ?? '')).toBe(plain(`${method} ${path}`));
      for (const source of published[key]?.sources ?? [])
        expect(source).toMatch(/^[\w-]+\/[\w.-]+@[0-9a-f]{12} \S+$|^https:\/\/learn\.microsoft\.com\//);
      expect(published[key]?.sources).not.toEqual([]);
    }
  });
});
