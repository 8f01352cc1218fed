import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EvidenceEvent } from '../../domain/evidence.js';
import type { Finding } from '../../domain/finding.js';
import { focusFrom } from '../../activities/analysis/assess.js';
import { listScenarios } from '../../simulator/core/scenario.js';
import { randomTwin } from '../support/twin.js';
import { Judge, type Judged } from './support/judge.js';
import { readScenario } from './support/stage.js';

/**
 * Removing an event changes exactly the findings that cite it. The claim, for every row of a scenario that any finding cites,
 * read from the simulated tenants and taken away between the evidence store and `assess`:
 *
 * - a finding that does not cite the row stays as it was, in every number, word and citation, and so does a pattern none of whose findings cites it;
 * - a finding that cites the row is gone under its id: the same indicator may hold with other rows, and is then another finding;
 * - what is new is the successor of a finding that cited the row: same indicator, same platform.
 *
 * A row that tells whose others are (a sign-in, a session, a consent, a word of the vendor) is cited by findings about access alone: without
 * it the rows of its episode may be somebody else's or nobody's known, and come back as other findings. What is the person's own on another
 * platform stays as it was. The past is compared with and never cited: a row of it is the measure, not the thing measured, so that taking one away
 * may change a number in "against N earlier rows" and must leave the findings the same.
 */
describe.each(listScenarios())('%s', (name) => {
  const seeds = [21, 22];
  let cases: readonly { readonly judge: Judge; readonly whole: Judged; readonly seed: number }[] = [];
  beforeAll(async () => {
    cases = await Promise.all(
      seeds.map(async (seed) => {
        const read = await readScenario(name, { change: (s) => randomTwin(s, seed), hoursAgo: seed % 12 });
        const judge = new Judge(read);
        return { judge, whole: await judge.judge(), seed };
      }),
    );
  });

  it('changes exactly the findings that cite a row when that row is taken away', async () => {
    for (const { judge, whole, seed } of cases) {
      const before = whole.dossier.findings;
      const rows = chosen(judge.events, before, seed, seed === seeds[0] ? ALIKE[0] : ALIKE[1]);
      if (judge.read.scenario.rows.some((r) => r.decisive)) expect(rows.length).toBeGreaterThan(20);
      for (const gone of rows) {
        const after = (await judge.judge(gone.id)).dossier;
        const citing = before.filter((f) => f.events.includes(gone.id));
        const others = before.filter((f) => !citing.includes(f));
        const where = `${name}, seed ${seed}: without ${gone.kind} ${gone.id}`;
        expect(citing, where).not.toEqual([]);
        // Without a row that tells whose others are, others than the person's own may be seen otherwise.
        const held = tellsWhose(gone)
          ? others.filter((f) => f.whose === 'own' && f.platform !== gone.platform)
          : others;
        for (const finding of held) expect(after.findings, where).toContainEqual(finding);
        for (const { id } of citing) expect(ids(after.findings), where).not.toContain(id);
        if (tellsWhose(gone)) continue;
        for (const found of after.findings.filter((f) => !ids(before).includes(f.id)))
          expect(citing.map(keyOf), where).toContain(keyOf(found));
        const touched = new Set(ids(citing));
        for (const pattern of whole.dossier.patterns.filter((p) => !p.findings.some((id) => touched.has(id))))
          expect(after.patterns, where).toContainEqual(pattern);
      }
    }
  });

  it('changes nothing when a row is taken away that no finding cites', async () => {
    for (const { judge, whole, seed } of cases) {
      const cited = new Set(whole.dossier.findings.flatMap((f) => f.events));
      const uncited = judge.events.filter((e) => !cited.has(e.id));
      const from = focusFrom(judge.read.policy, judge.read.alerts, new Date().toISOString());
      for (const gone of sample(uncited, 12, seed)) {
        const { dossier } = await judge.judge(gone.id);
        const where = `${name}, seed ${seed}: without ${gone.kind} ${gone.id}`;
        if (gone.at >= from) expect(dossier.findings, where).toEqual(whole.dossier.findings);
        else expect(ids(dossier.findings), where).toEqual(ids(whole.dossier.findings));
        expect(dossier.patterns, where).toEqual(whole.dossier.patterns);
        expect(dossier.impact, where).toEqual(whole.dossier.impact);
      }
    }
  });
});

const ids = (findings: readonly Finding[]): readonly string[] => findings.map((f) => f.id);
const keyOf = (f: Finding): string => `${f.kind} ${f.platform}`;
/** A row that authenticates others, lets an app in, or in which the vendor says whose an access is. */
const tellsWhose = (e: EvidenceEvent): boolean =>
  ['sign_in', 'sign_in_failed', 'session', 'api_activity', 'app_grant', 'platform_alert'].includes(e.kind);

/** Above so many rows that differ in nothing but id and time a sample of them stands for all; in the second twin much sooner. */
const ALIKE = [100, 20] as const;

/** Every cited row; of a thousand API calls that are all alike the first, the last and some between. */
function chosen(
  events: readonly EvidenceEvent[],
  findings: readonly Finding[],
  seed: number,
  most: number,
): readonly EvidenceEvent[] {
  const cited = new Set(findings.flatMap((f) => f.events));
  const alike = new Map<string, EvidenceEvent[]>();
  for (const event of events.filter((e) => cited.has(e.id))) {
    const { id, at: _at, ...rest } = event;
    const key = JSON.stringify([rest, findings.filter((f) => f.events.includes(id)).map((f) => f.id)]);
    alike.set(key, [...(alike.get(key) ?? []), event]);
  }
  return [...alike.values()].flatMap((rows) =>
    rows.length <= most ? rows : [rows[0], rows.at(-1), ...sample(rows.slice(1, -1), 18, seed)].flatMap((e) => e ?? []),
  );
}

function sample<T>(of: readonly T[], n: number, seed: number): readonly T[] {
  const length = Math.min(n, of.length);
  const some = fc.shuffledSubarray([...of], { minLength: length, maxLength: length });
  return fc.sample(some, { seed, numRuns: 1 })[0] ?? [];
}
