import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { FINDING_KINDS } from '../../domain/finding.js';
import { matchPatterns } from '../../domain/patterns.js';
import { after, defaultPolicy, event, finding, HOUR } from './fixtures.js';

/** One scene: rows by hour and source, and the findings that cite them. */
const Case = z.strictObject({
  name: z.string().min(1),
  events: z.record(z.string(), z.tuple([z.number(), z.string().min(1)])),
  findings: z
    .array(
      z.strictObject({
        finding: z.enum(FINDING_KINDS),
        events: z.array(z.string()).min(1),
        confidence: z.enum(['low', 'medium', 'high']).default('medium'),
        ownSession: z.boolean().default(false),
      }),
    )
    .min(1),
});
const Cases = z.strictObject({ match: z.array(Case).min(1), noMatch: z.array(Case).min(1) });

const folder = new URL('../../policy/pattern-tests/', import.meta.url);
const casesOf = (patternId: string): z.infer<typeof Cases> =>
  Cases.parse(parse(readFileSync(new URL(`${patternId}.yaml`, folder), 'utf8')));

function matched({ events, findings }: z.infer<typeof Case>): readonly string[] {
  for (const id of findings.flatMap((f) => f.events)) expect(Object.keys(events)).toContain(id);
  return matchPatterns(
    defaultPolicy.patterns,
    findings.map(({ finding: kind, ...rest }) => finding({ kind, ...rest })),
    Object.entries(events).map(([id, [hour, source]]) => event({ id, at: after(hour * HOUR), source })),
  ).map((m) => m.patternId);
}

describe.each(defaultPolicy.patterns.map((p) => p.id))('pattern %s', (id) => {
  it('matches and does not match what its cases say', () => {
    const { match, noMatch } = casesOf(id);
    for (const one of match) expect(matched(one), one.name).toContain(id);
    for (const one of noMatch) expect(matched(one), one.name).not.toContain(id);
  });
});

describe('the cases', () => {
  it('belong to patterns of the policy', () => {
    const known = defaultPolicy.patterns.map((p) => `${p.id}.yaml`).sort();
    expect(readdirSync(folder).sort()).toEqual(known);
  });

  it('are refused when a list is missing, empty or misspelt', () => {
    const { match, noMatch } = casesOf('session-bulk-read');
    for (const broken of [
      { match },
      { noMatch },
      { match, noMatch: [] },
      { match: [], noMatch },
      { match, nomatch: noMatch },
    ])
      expect(Cases.safeParse(broken).success).toBe(false);
  });
});
