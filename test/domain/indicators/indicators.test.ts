import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FINDING_KINDS, type Finding } from '../../../domain/finding.js';
import { INDICATORS, viewOf } from '../../../domain/indicators/index.js';
import { TECHNIQUES } from '../../../domain/indicators/techniques.js';
import { Cases, casesOf, FOLDER, inputOf, SUFFIX } from './cases.js';
import { indicatorsPage } from './indicators-page.js';

const ids = INDICATORS.map((i) => i.id);
const doc = (name: string): string => readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');
const words = (text: string): string => text.replaceAll(/[>\s]+/g, ' ').toLowerCase();

const everything = ids
  .flatMap((id) => Object.values(casesOf(id)).flat())
  .map(inputOf)
  .map((given) => ({ view: viewOf(given), rows: new Set(given.events.map((e) => e.id)) }));

/** What a case says of a finding, as the finding says it. */
function shown(f: Finding, expected: Cases['match'][number]['expect'][number] | undefined): unknown {
  const value = (name: string): number | undefined => f.measures.find((m) => m.name === name)?.value;
  return {
    ...{ confidence: f.confidence, whose: f.whose, rows: f.events.length },
    measures: Object.fromEntries(Object.keys(expected?.measures ?? {}).map((name) => [name, value(name)])),
    shows: (expected?.shows ?? []).filter((name) => value(name) !== undefined),
    ...(f.usual === undefined ? {} : { usual: f.usual }),
  };
}

describe.each(INDICATORS.map((i) => [i.id, i] as const))('%s', (id, indicator) => {
  const { match, noMatch } = casesOf(id);

  it.each(match.map((c) => [c.name, c] as const))('must find: %s', (_name, scene) => {
    const found = indicator.find(viewOf(inputOf(scene)));
    expect(found.map((f, i) => shown(f, scene.expect[i]))).toEqual(scene.expect);
    for (const { logSources } of found) expect(indicator.sources).toEqual(expect.arrayContaining([...logSources]));
  });
  it.each(noMatch.map((c) => [c.name, c] as const))('must not find: %s', (_name, scene) => {
    expect(indicator.find(viewOf(inputOf(scene)))).toEqual([]);
  });

  it('finds only what it declares, in rows that it was given, in the cases of all', () => {
    for (const { view, rows } of everything)
      for (const f of indicator.find(view)) {
        expect(f.kind).toBe(indicator.kind);
        expect(indicator.attack).toEqual(expect.arrayContaining([...f.attack]));
        expect(f.events.filter((e) => !rows.has(e))).toEqual([]);
        expect(f.events).toEqual(expect.arrayContaining([...(f.foreignEvents ?? [])]));
      }
  });
});

describe('what is said of an indicator', () => {
  it.each(INDICATORS)('$id: no text is empty, and its words are those of the playbook', (i) => {
    for (const text of [i.what, i.why, ...i.falsePositives]) expect(text.trim().length).toBeGreaterThan(10);
    expect(i.falsePositives.length).toBeGreaterThan(1);
    expect(i.sources.length).toBeGreaterThan(0);
    expect(i.sources).toEqual([...new Set(i.sources)]);
    expect(i.attack).toEqual([...new Set(i.attack)]);
    expect(words(doc('playbook.md'))).toContain(words(i.why));
  });

  it('together they emit every kind of finding, and name every technique of the list', () => {
    expect([...new Set(INDICATORS.map((i) => i.kind))].sort()).toEqual([...FINDING_KINDS].sort());
    expect([...new Set(INDICATORS.flatMap((i) => i.attack))].sort()).toEqual(Object.keys(TECHNIQUES).sort());
  });

  it('techniques are called as ATT&CK calls them, where its list of mitigations names them', () => {
    const { techniques } = JSON.parse(
      readFileSync(new URL('../acts/attack-mitigations.json', import.meta.url), 'utf8'),
    ) as { readonly techniques: readonly { readonly id: string; readonly name: string }[] };
    const both = techniques.filter(({ id }) => id in TECHNIQUES);
    expect(both.length).toBeGreaterThan(5);
    for (const { id, name } of both) expect({ ...TECHNIQUES }).toHaveProperty([id], name);
  });

  it('docs/indicators.md is what `npm run indicators-table` writes', () => {
    expect(doc('indicators.md')).toBe(indicatorsPage());
  });
});

describe('the folder', () => {
  /** What every indicator stands on; what several use is in `shared/`. */
  const BASE = ['finding', 'index', 'indicator', 'techniques', 'view'];
  const files = readdirSync(FOLDER);
  const named = (suffix: string): readonly string[] =>
    files.filter((f) => f.endsWith(suffix)).map((f) => f.slice(0, -suffix.length));

  it('holds one file and its cases for each indicator of the registry, and nothing else', () => {
    expect(named('.ts').filter((name) => !BASE.includes(name))).toEqual(ids.toSorted());
    expect(named(SUFFIX)).toEqual(ids.toSorted());
  });

  it.each(INDICATORS.map((i) => [i.id, i] as const))('%s.ts exports the indicator alone', async (id, indicator) => {
    const module = (await import(new URL(`${id}.ts`, FOLDER).pathname)) as object;
    expect(Object.values(module)).toEqual([indicator]);
  });
});

describe('the cases', () => {
  it('are refused when a list is missing, short or misspelt, or a row has a field that no row has', () => {
    const { match, noMatch } = casesOf('bulk-collection');
    const [first, second] = noMatch;
    const odd = { ...first, rows: [{ kind: 'message', at: 1, outcom: 'blocked' }] };
    expect(Cases.safeParse({ match, noMatch: [first, second] }).success).toBe(true);
    for (const broken of [
      { match },
      { noMatch },
      { match, noMatch: [first] },
      { match: match.slice(0, 1), noMatch },
      { match, nomatch: noMatch },
      { match, noMatch: [first, odd] },
      { match: match.map(({ expect: _, ...scene }) => scene), noMatch },
    ])
      expect(Cases.safeParse(broken).success).toBe(false);
  });
});
