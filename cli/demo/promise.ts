import type { VendorWrite } from '../../domain/plan.js';
import type { Scenario } from '../../simulator/core/scenario.js';
import type { JournalEntry } from '../../simulator/core/world.js';

/** What a run ended with: the reports of its cases and the truth of the tenants. */
export interface Outcome {
  readonly reports: readonly {
    readonly verdict: string;
    readonly case: { readonly closedAs?: string };
    readonly actions: readonly { readonly writes: readonly VendorWrite[] }[];
  }[];
  readonly journal: readonly JournalEntry[];
  inspect(platform: string, about: string): Promise<Readonly<Record<string, unknown>>>;
}

/** What counts as an older word for a case's end: the words of today say more. */
const SAYS: Readonly<Record<string, readonly string[]>> = {
  benign: ['benign', 'no_incident', 'attempt_defeated'],
  handed_over: ['handed_over', 'partly_contained', 'shadow'],
};

/** Whether a case has closed as it was to. */
export const closesAs = (wanted: string, closedAs: string | undefined): boolean =>
  closedAs !== undefined && (SAYS[wanted] ?? [wanted]).includes(closedAs);

/** Differences between what a scenario promises and how it ended; empty when it kept its word. */
export async function differences(promise: Scenario['promise'], outcome: Outcome): Promise<readonly string[]> {
  const found: string[] = [];
  if (outcome.reports.length !== promise.cases)
    found.push(`${promise.cases} case(s) promised, ${outcome.reports.length} reported`);
  for (const report of outcome.reports) {
    if (report.verdict !== promise.verdict) found.push(`verdict ${promise.verdict} promised, got ${report.verdict}`);
    if (promise.closedAs !== undefined && !closesAs(promise.closedAs, report.case.closedAs))
      found.push(`closing as ${promise.closedAs} promised, got ${String(report.case.closedAs)}`);
  }
  if (promise.noWrites && outcome.journal.length > 0)
    found.push(`no containment write promised, the tenants saw ${outcome.journal.map((j) => j.operation).join(', ')}`);
  for (const fact of promise.tenants) {
    const state = await outcome.inspect(fact.tenant, fact.about);
    for (const [name, value] of Object.entries(fact.is))
      if (state[name] !== value)
        found.push(`${fact.tenant} ${fact.about}: ${name} should be ${String(value)} and is ${String(state[name])}`);
  }
  found.push(...journalDifferences(outcome));
  return found;
}

/** The tenants' own journal must equal the reports' actions: none missing, none extra, none doubled. */
function journalDifferences(outcome: Outcome): readonly string[] {
  const name = (w: { readonly operation: string; readonly targetId: string; readonly platform: string }): string =>
    `${w.platform} ${w.operation} on ${w.targetId}`;
  const reported = outcome.reports
    .flatMap((r) => r.actions.flatMap((a) => a.writes))
    .map(name)
    .sort();
  const journal = outcome.journal.map(name).sort();
  const found: string[] = [];
  for (const entry of new Set([...reported, ...journal])) {
    const inReport = reported.filter((r) => r === entry).length;
    const inJournal = journal.filter((j) => j === entry).length;
    if (inReport !== inJournal)
      found.push(`${entry}: ${inReport} time(s) in the report, ${inJournal} in the tenant's journal`);
  }
  return found;
}
