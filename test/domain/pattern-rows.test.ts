import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import type { EvidenceEvent } from '../../domain/evidence.js';
import { matchPatterns } from '../../domain/patterns.js';
import { defaultPolicy } from './fixtures.js';
import { Row, rowsOf } from './rows.js';
import { findingsOf, quietPast } from './takeover.js';

const example = z.strictObject({ name: z.string().min(1), rows: z.array(Row).min(1) });
const examples = z.record(
  z.string(),
  z.strictObject({ must: z.array(example).min(1), mustNot: z.array(example).min(1) }),
);

const shipped = examples.parse(parse(readFileSync(new URL('pattern-rows.yaml', import.meta.url), 'utf8')));
/** After the subject's own past. */
const eventsOf = ({ rows }: z.infer<typeof example>): readonly EvidenceEvent[] => [
  ...quietPast(),
  ...rows.flatMap(rowsOf),
];

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
