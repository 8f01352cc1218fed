import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import type { EvidenceEvent } from '../../domain/evidence.js';
import { matchPatterns } from '../../domain/patterns.js';
import { at, event, findingsOf, HOME, POLICY, quietPast, THIEF } from './support.js';

const FOLDER = new URL('../../policy/pattern-tests/', import.meta.url);

const row = z.looseObject({
  kind: z.custom<EvidenceEvent['kind']>((v) => typeof v === 'string'),
  at: z.number(),
  repeat: z.int().positive().default(1),
  from: z.enum(['home', 'thief']).optional(),
});
const example = z.strictObject({ name: z.string().min(1), rows: z.array(row).min(1) });
const file = z.strictObject({ must: z.array(example).min(1), mustNot: z.array(example).min(1) });

const SECONDS_APART = 6;
/** The rows as an adapter would give them. */
function eventsOf({ rows }: z.infer<typeof example>): readonly EvidenceEvent[] {
  return rows.flatMap(({ at: minute, repeat, from, ...fields }) => {
    const place = from === undefined ? {} : from === 'home' ? HOME : THIEF;
    return Array.from({ length: repeat }, (_, i) =>
      event({ ...place, ...fields, at: at(minute + (i * SECONDS_APART) / 60) }),
    );
  });
}

const files = readdirSync(FOLDER).map((name) => name.replace(/\.yaml$/, ''));

it('has a file of examples for each pattern, and no other', () => {
  expect(files.toSorted()).toEqual(POLICY.patterns.map((p) => p.id).toSorted());
});

describe.each(POLICY.patterns.map((pattern) => [pattern.id, pattern] as const))('%s', (id, pattern) => {
  const { must, mustNot } = file.parse(parse(readFileSync(new URL(`${id}.yaml`, FOLDER), 'utf8')));
  const matches = (of: z.infer<typeof example>): number => {
    const events = [...quietPast(), ...eventsOf(of)];
    return matchPatterns([pattern], findingsOf(events), events).length;
  };

  it.each(must.map((e) => [e.name, e] as const))('matches: %s', (_name, e) => {
    expect(matches(e)).toBe(1);
  });
  it.each(mustNot.map((e) => [e.name, e] as const))('does not match: %s', (_name, e) => {
    expect(matches(e)).toBe(0);
  });
  it('needs every one of its steps', () => {
    for (const e of must) {
      const events = [...quietPast(), ...eventsOf(e)];
      const findings = findingsOf(events);
      for (const step of pattern.steps) {
        const others = findings.filter((f) => f.kind !== step.finding);
        expect(matchPatterns([pattern], others, events)).toEqual([]);
      }
    }
  });
});
