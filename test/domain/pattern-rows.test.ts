import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { EVENT_KINDS, type EvidenceEvent } from '../../domain/evidence.js';
import { matchPatterns } from '../../domain/patterns.js';
import { defaultPolicy } from './fixtures.js';
import { at, event, findingsOf, HOME, quietPast, THIEF } from './takeover.js';

const row = z.looseObject({
  kind: z.enum(EVENT_KINDS),
  at: z.number(),
  repeat: z.int().positive().default(1),
  from: z.enum(['home', 'thief']).optional(),
});
const example = z.strictObject({ name: z.string().min(1), rows: z.array(row).min(1) });
const examples = z.record(
  z.string(),
  z.strictObject({ must: z.array(example).min(1), mustNot: z.array(example).min(1) }),
);

const shipped = examples.parse(parse(readFileSync(new URL('pattern-rows.yaml', import.meta.url), 'utf8')));
const PLACES = { home: HOME, thief: THIEF };
const SECONDS_APART = 6;

/** The rows as an adapter would give them, after the subject's own past. */
function eventsOf({ rows }: z.infer<typeof example>): readonly EvidenceEvent[] {
  const now = rows.flatMap(({ at: minute, repeat, from, ...fields }) =>
    Array.from({ length: repeat }, (_, i) =>
      event({ ...(from ? PLACES[from] : {}), ...fields, at: at(minute + (i * SECONDS_APART) / 60) }),
    ),
  );
  return [...quietPast(), ...now];
}

describe.each(defaultPolicy.patterns.map((pattern) => [pattern.id, pattern] as const))('%s', (id, pattern) => {
  const { must, mustNot } = shipped[id] ?? { must: [], mustNot: [] };
  const matches = (events: readonly EvidenceEvent[], without?: string): boolean => {
    const findings = findingsOf(events).filter((f) => f.kind !== without);
    return matchPatterns([pattern], findings, events).length > 0;
  };

  it('has examples of both', () => {
    expect(must.length * mustNot.length).toBeGreaterThan(0);
  });
  it.each(must.map((e) => [e.name, e] as const))('matches: %s', (_name, e) => {
    const events = eventsOf(e);
    expect(matches(events)).toBe(true);
    for (const step of pattern.steps) expect(matches(events, step.finding)).toBe(false);
  });
  it.each(mustNot.map((e) => [e.name, e] as const))('does not match: %s', (_name, e) => {
    expect(matches(eventsOf(e))).toBe(false);
  });
});
