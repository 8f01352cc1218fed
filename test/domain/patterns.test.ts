import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EvidenceEvent } from '../../domain/evidence.js';
import type { Finding, FindingKind } from '../../domain/finding.js';
import { matchPatterns } from '../../domain/patterns.js';
import type { Pattern } from '../../domain/policy.js';
import { at, event } from './support.js';

const pattern = (steps: readonly FindingKind[], change: Partial<Pattern> = {}): Pattern => ({
  id: 'p',
  name: 'P',
  steps: steps.map((finding) => ({ finding, attack: 'T1213.005' })),
  withinHours: 24,
  minSources: 1,
  suggests: 'compromised',
  ...change,
});
const finding = (kind: FindingKind, rows: readonly EvidenceEvent[], change: Partial<Finding> = {}): Finding => ({
  id: `f-${kind}-${rows.map((r) => r.id).join()}`,
  kind,
  platform: 'slack',
  confidence: 'medium',
  measures: [],
  events: rows.map((r) => r.id),
  logSources: [],
  attack: [],
  firstAt: rows.map((r) => r.at).sort()[0] ?? at(0),
  lastAt:
    rows
      .map((r) => r.at)
      .sort()
      .at(-1) ?? at(0),
  inSession: true,
  ownSession: false,
  text: '',
  ...change,
});
const row = (minute: number, source = 'slack.audit_logs'): EvidenceEvent =>
  event({ kind: 'file_download', at: at(minute), source });
const holds = (p: Pattern, findings: readonly Finding[], rows: readonly EvidenceEvent[]): boolean =>
  matchPatterns([p], findings, rows).length > 0;

const READ_SHARE = ['bulk_collection', 'external_share'] as const;

describe('matchPatterns', () => {
  it('matches steps in order inside the window, and says which findings', () => {
    const rows = [row(0), row(60)];
    const findings = [finding('external_share', rows.slice(1)), finding('bulk_collection', rows.slice(0, 1))];
    expect(matchPatterns([pattern(READ_SHARE)], findings, rows)).toEqual([
      {
        patternId: 'p',
        name: 'P',
        attack: ['T1213.005', 'T1213.005'],
        findings: [findings[1]?.id, findings[0]?.id],
        suggests: 'compromised',
      },
    ]);
    expect(holds(pattern(READ_SHARE.toReversed()), findings, rows)).toBe(false);
    expect(holds(pattern(READ_SHARE, { withinHours: 1 }), findings, rows)).toBe(true);
    expect(holds(pattern(READ_SHARE, { withinHours: 0.9 }), findings, rows)).toBe(false);
  });

  it('never counts one row twice', () => {
    const [shared, other] = [row(0), row(1)];
    const findings = [finding('bulk_collection', [shared]), finding('external_share', [shared])];
    expect(holds(pattern(READ_SHARE), findings, [shared])).toBe(false);
    const more = [findings[0], finding('external_share', [shared, other])].filter((f) => f !== undefined);
    expect(holds(pattern(READ_SHARE), more, [shared, other])).toBe(true);
  });

  it('leaves a row to the step that has no other', () => {
    const [first, last] = [row(0), row(5)];
    const findings = [finding('bulk_collection', [first, last]), finding('external_share', [last])];
    expect(holds(pattern(READ_SHARE), findings, [first, last])).toBe(true);
  });

  it('starts at a later row when the first is out of the window', () => {
    const rows = [row(0), row(30 * 60), row(40 * 60)];
    const findings = [finding('bulk_collection', rows.slice(0, 2)), finding('external_share', rows.slice(2))];
    expect(holds(pattern(READ_SHARE), findings, rows)).toBe(true);
  });

  it('takes one finding once, even for two steps of its kind', () => {
    const rows = [row(0), row(1)];
    const twice = pattern(['bulk_collection', 'bulk_collection']);
    expect(holds(twice, [finding('bulk_collection', rows)], rows)).toBe(false);
    expect(
      holds(
        twice,
        rows.map((r) => finding('bulk_collection', [r])),
        rows,
      ),
    ).toBe(true);
  });

  it('does not take the sign-in behind an act for the act', () => {
    const [signIn, share, read] = [row(0, 'slack.access_logs'), row(90), row(60)];
    const shared = finding('external_share', [share]);
    const findings = [finding('bulk_collection', [read]), { ...shared, events: [signIn.id, share.id] }];
    expect(holds(pattern(READ_SHARE, { minSources: 2 }), findings, [signIn, share, read])).toBe(true);
    expect(holds(pattern(READ_SHARE.toReversed()), findings, [signIn, share, read])).toBe(false);
  });

  it('asks for independent logs, confidence and whose session it was', () => {
    const rows = [row(0, 'slack.access_logs'), row(1)];
    const findings = [finding('bulk_collection', rows.slice(0, 1)), finding('external_share', rows.slice(1))];
    expect(holds(pattern(READ_SHARE, { minSources: 2 }), findings, rows)).toBe(true);
    expect(holds(pattern(READ_SHARE, { minSources: 3 }), findings, rows)).toBe(false);
    const strict = (change: object): Pattern => ({
      ...pattern(READ_SHARE),
      steps: READ_SHARE.map((kind) => ({ finding: kind, attack: 'T1', ...change })),
    });
    expect(holds(strict({ minConfidence: 'medium', ownSession: false }), findings, rows)).toBe(true);
    expect(holds(strict({ minConfidence: 'high' }), findings, rows)).toBe(false);
    expect(holds(strict({ ownSession: true }), findings, rows)).toBe(false);
  });

  it('gives a rule or session that was only seen to be there any place in the order', () => {
    const rule = event({ kind: 'mail_rule', at: at(900), target: { type: 'setting', id: 'r' } });
    const read = row(0);
    const findings = [finding('hidden_notice', [rule]), finding('bulk_collection', [read])];
    expect(holds(pattern(['hidden_notice', 'bulk_collection']), findings, [rule, read])).toBe(true);
    const created = { ...rule, target: { type: 'mailbox' as const, id: 'U1' } };
    expect(holds(pattern(['hidden_notice', 'bulk_collection']), findings, [created, read])).toBe(false);
  });

  it('finds a match exactly when there is one', () => {
    const KINDS = ['bulk_collection', 'external_share', 'app_consent'] as const;
    const world = fc.record({
      minutes: fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 5 }),
      cites: fc.array(
        fc.tuple(fc.constantFrom(...KINDS), fc.uniqueArray(fc.nat({ max: 4 }), { minLength: 1, maxLength: 4 })),
        {
          maxLength: 4,
        },
      ),
      steps: fc.array(fc.constantFrom(...KINDS), { minLength: 1, maxLength: 3 }),
      hours: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(world, ({ minutes, cites, steps, hours }) => {
        const rows = minutes.map((m) => row(m));
        const findings = cites.flatMap(([kind, places], i) => {
          const cited = places.flatMap((p) => rows[p] ?? []);
          return cited.length === 0 ? [] : [{ ...finding(kind, cited), id: `f${i}` }];
        });
        const wanted = pattern(steps, { withinHours: hours });
        expect(holds(wanted, findings, rows)).toBe(existsByTrying(wanted, findings, rows));
      }),
      { numRuns: 2_000 },
    );
  });
});

/** Every choice of finding and row for every step, held against the words of the promise. */
function existsByTrying(wanted: Pattern, findings: readonly Finding[], rows: readonly EvidenceEvent[]): boolean {
  type Choice = readonly { readonly finding: Finding; readonly row: EvidenceEvent }[];
  const choices = wanted.steps.reduce<readonly Choice[]>(
    (soFar, step) =>
      soFar.flatMap((choice) =>
        findings
          .filter((f) => f.kind === step.finding)
          .flatMap((f) => rows.filter((r) => f.events.includes(r.id)).map((r) => [...choice, { finding: f, row: r }])),
      ),
    [[]],
  );
  return choices.some((choice) => {
    const times = choice.map((c) => Date.parse(c.row.at));
    const distinct = new Set(choice.map((c) => c.row.id)).size === choice.length;
    const different = new Set(choice.map((c) => c.finding.id)).size === choice.length;
    const ordered = times.every((t, i) => i === 0 || t >= (times[i - 1] ?? 0));
    return distinct && different && ordered && (times.at(-1) ?? 0) - (times[0] ?? 0) <= wanted.withinHours * 3_600_000;
  });
}
