import { isCancellation } from '@temporalio/workflow';
import type { Collection, Depth } from '../../domain/evidence.js';
import type { TenantRef } from '../../domain/platform.js';
import type { Instant } from '../../domain/platform.js';
import { HOUR, now, plus } from '../clock.js';
import { analysis, evidence } from '../proxies.js';
import { policyOf, suspectPlatforms, tell, type CaseRun } from './run.js';

/** Tenants where the subject's traces are: its accounts, its authority's sign-ins and the mailbox that gets the notices. */
export function tenantsOf(run: CaseRun): readonly TenantRef[] {
  const accounts = run.state.subject?.accounts ?? [];
  const tenants = [run.input.home, ...accounts.map(({ platform, tenant }) => ({ platform, tenant }))];
  return tenants.filter((t, i) => tenants.findIndex((o) => o.platform === t.platform && o.tenant === t.tenant) === i);
}

/** Reads the logs of all tenants side by side. A tenant that cannot be read becomes a gap, never the end of the case. */
export async function collect(
  run: CaseRun,
  depth: Depth,
  options: { readonly content?: boolean; readonly suspectOnly?: boolean } = {},
): Promise<void> {
  const to = now();
  run.fresh = false;
  const suspect = suspectPlatforms(run);
  const tenants = tenantsOf(run).filter((t) => options.suspectOnly !== true || suspect.includes(t.platform));
  const from = windowStart(run, depth, to);
  const read = await Promise.all(
    tenants.map((tenant) => collectFrom(run, tenant, depth, from, to, options.content ?? false)),
  );
  for (const collection of read) {
    if (!collection) continue;
    run.state.collections = [
      ...run.state.collections.filter(
        (c) => c.platform !== collection.platform || c.tenant !== collection.tenant || c.depth !== depth,
      ),
      collection,
    ];
    const gaps = collection.sources.filter((s) => s.status !== 'complete').length;
    const rows = collection.file.rows;
    tell(
      run,
      `${collection.platform}: ${rows} rows of ${depth} evidence${gaps === 0 ? '' : `, **${gaps} source(s) with gaps**`}`,
    );
  }
}

async function collectFrom(
  run: CaseRun,
  tenant: TenantRef,
  depth: Depth,
  from: Instant,
  to: Instant,
  readContent: boolean,
): Promise<Collection | undefined> {
  const { caseId, subjectId } = run.state;
  try {
    const summary = `Read ${depth} evidence of ${tenant.platform}${readContent ? ' with content' : ''}`;
    return await evidence(tenant).collectEvidence.executeWithOptions({ summary }, [
      { caseId, subjectId, tenant, depth, from, to, readContent },
    ]);
  } catch (error) {
    if (isCancellation(error)) throw error;
    tell(run, `**${tenant.platform} could not be read**: its evidence is a gap of this case`);
    return undefined;
  }
}

function windowStart(run: CaseRun, depth: Depth, to: Instant): Instant {
  const { narrowHours, wideDays } = policyOf(run).windows;
  const earliest = run.state.alerts.reduce((min, a) => (a.occurredAt < min ? a.occurredAt : min), to);
  return plus(depth === 'narrow' ? earliest : to, -(depth === 'narrow' ? narrowHours : wideDays * 24) * HOUR);
}

/** Key indicators, questions for analysis, patterns and impact over everything read so far. */
export async function assess(run: CaseRun, depth: Depth): Promise<void> {
  const { state } = run;
  if (!state.subject) throw new Error('the subject is identified in the intake stage');
  state.assessment = await analysis.assess.executeWithOptions(
    { summary: `Measure indicators and answer the questions (${depth})` },
    [
      {
        caseId: state.caseId,
        subject: state.subject,
        collections: state.collections,
        alerts: state.alerts,
        depth,
        policyDigest: policyOf(run).digest,
      },
    ],
  );
  const { findings, patterns, impact } = state.assessment;
  tell(run, `${findings.length} finding(s), ${patterns.length} pattern(s), impact ${impact.level}`);
}

/** When every log that matters must have shown its rows: the longest lag after the newest alert or the opening. */
export function settledAt(run: CaseRun): Instant {
  const newest = run.state.alerts.reduce((max, a) => (a.receivedAt > max ? a.receivedAt : max), run.state.openedAt);
  const lag = Math.max(0, ...run.state.collections.flatMap((c) => c.sources.map((s) => s.lagSeconds)));
  return plus(newest, (lag * 1_000) / policyOf(run).pace.lag);
}
