import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEVERITIES } from '../../../domain/platform.js';
import { detectFormat, FORMAT_NAMES, readAlerts } from '../../../gateway/alerts/index.js';
import { splunk } from './fixtures.js';
import { sampleOf } from './samples.js';

const RECEIVED = '2026-03-01T10:05:00.000Z';
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** A fixture with one of its values, at any depth, replaced by any JSON. */
function mutated(value: unknown, path: readonly number[], by: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined || typeof value !== 'object' || value === null) return by;
  const entries = Object.entries(value);
  const at = entries.length === 0 ? 0 : step % entries.length;
  const changed = entries.map(([k, v], i) => [k, i === at ? mutated(v, rest, by) : (v as unknown)] as const);
  return Array.isArray(value) ? changed.map(([, v]) => v) : Object.fromEntries(changed);
}

function holds(body: unknown): void {
  detectFormat(body);
  for (const format of FORMAT_NAMES) {
    const { alerts, problems } = readAlerts(body, { source: 's', format, receivedAt: RECEIVED });
    for (const problem of problems) expect(['ALERT_FORMAT', 'ALERT_NO_SUBJECT']).toContain(problem.code);
    for (const { alert } of alerts) {
      expect(SEVERITIES).toContain(alert.severity);
      expect(alert.occurredAt).toMatch(INSTANT);
      expect(alert.occurredAt <= RECEIVED && alert.detectedAt <= RECEIVED).toBe(true);
      expect(alert.subjects.length > 0 || alert.state === 'closed').toBe(true);
      for (const s of alert.subjects) {
        expect(s.email !== undefined || (s.nativeId !== undefined && s.platform !== undefined)).toBe(true);
      }
      expect(JSON.parse(JSON.stringify(alert))).toEqual(alert);
    }
  }
}

describe('any JSON', () => {
  it('is an alert or a problem of the catalogue', () => {
    fc.assert(fc.property(fc.jsonValue(), holds));
  });
  it('in the place of any part of an alert too', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...FORMAT_NAMES),
        fc.array(fc.nat(20), { minLength: 1, maxLength: 5 }),
        fc.jsonValue(),
        (format, path, by) => {
          holds(mutated(sampleOf(format), path, by));
        },
      ),
      { numRuns: 400 },
    );
  });
  it('stands depth, odd keys and broken text', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    holds(deep);
    holds({ ...splunk, result: { user: deep } });
    for (const text of [
      '{"__proto__":{"class_uid":2004}}',
      '{"constructor":{"prototype":{"id":1}},"id":1e999}',
      '{"id":"\\ud800"}',
    ])
      holds(JSON.parse(text));
    expect(({} as Record<string, unknown>)['class_uid']).toBeUndefined();
  });
});
