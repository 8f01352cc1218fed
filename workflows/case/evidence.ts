import { executeChild } from '@temporalio/workflow';
import { alertCount } from '../../domain/case.js';
import type { Depth } from '../../domain/evidence.js';
import type { Instant, TenantRef } from '../../domain/platform.js';
import { HOUR, now, plus } from '../clock.js';
import { newest, type evidenceWorkflow } from '../evidence.js';
import type { EvidenceInput, Search } from '../messages.js';
import { policyOf, suspectPlatforms, tell, type CaseRun } from './run.js';

/** Tenants where the subject's traces are: its accounts, its authority's sign-ins and the mailbox that gets the notices. */
function tenantsOf(run: CaseRun): readonly TenantRef[] {
  const accounts = run.state.subject?.accounts ?? [];
  const tenants = [run.input.home, ...accounts.map(({ platform, tenant }) => ({ platform, tenant }))];
  return tenants.filter((t, i) => tenants.findIndex((o) => o.platform === t.platform && o.tenant === t.tenant) === i);
}

/** Reads the log sources and assesses them: key indicators, questions for analysis, patterns, impact. One child workflow a round. */
export async function collectAndAssess(
  run: CaseRun,
  depths: readonly Depth[],
  options: {
    readonly content?: boolean;
    readonly suspectOnly?: boolean;
    readonly follow?: boolean;
  } = {},
): Promise<Search | undefined> {
  const { state, input } = run;
  const { subject } = state;
  if (!subject) throw new Error('the subject is identified in the intake stage');
  state.alertsAssessed = alertCount(state);
  const to = now();
  const suspect = suspectPlatforms(run);
  const beyond = whereElse(run);
  state.rounds += 1;
  const { collections, unread, assessment, search } = await executeChild<typeof evidenceWorkflow>('evidenceWorkflow', {
    workflowId: `${input.caseId.replace(/^case-/, 'evidence-')}-${Date.parse(state.openedAt)}-${state.rounds}`,
    args: [
      {
        caseId: state.caseId,
        subject,
        tenants: tenantsOf(run).filter((t) => options.suspectOnly !== true || suspect.includes(t.platform)),
        reads: depths.map((depth) => ({ depth, from: windowStart(run, depth, to) })),
        to,
        readContent: options.content ?? false,
        known: state.collections,
        alerts: state.alerts,
        policyDigest: policyOf(run).digest,
        ...(beyond === undefined ? {} : { beyond }),
        follow: options.follow ?? false,
      },
    ],
    staticSummary: `Evidence of \`${state.caseId}\`: ${depths.join(' and ')}${options.content ? ' with content' : ''}`,
  });
  state.collections = newest(state.collections, collections);
  state.unread = [
    ...state.unread.filter((gap) => !collections.some((c) => gap === gapOf(c, c.depth))),
    ...unread.map(({ tenant, depth }) => gapOf(tenant, depth)),
  ].filter((gap, i, all) => all.indexOf(gap) === i);
  state.assessment = assessment;
  for (const { platform, depth, file, sources } of collections) {
    const gaps = sources.filter((s) => s.status !== 'complete').length;
    const but = gaps === 0 ? '' : `, **${gaps} source(s) with gaps**`;
    tell(run, `${platform}: ${file.rows} rows of ${depth} evidence${but}`);
  }
  for (const { tenant, depth } of unread)
    tell(run, `**${tenant.platform} could not be read (${depth})**: its evidence is a gap of this case`);
  const { findings, patterns, impact } = assessment;
  tell(run, `${findings.length} finding(s), ${patterns.length} pattern(s), impact ${impact.level}`);
  return search;
}

/** All tenants of the organisation, over the wide window; undefined for a case of before that was looked for. */
export function whereElse(run: CaseRun): EvidenceInput['beyond'] {
  const { tenants = [], windows } = policyOf(run);
  return tenants.length === 0 ? undefined : { tenants, from: plus(now(), -windows.wideDays * 24 * HOUR) };
}

const gapOf = ({ platform, tenant }: TenantRef, depth: Depth): string => `${platform}/${tenant} (${depth})`;

function windowStart(run: CaseRun, depth: Depth, to: Instant): Instant {
  const { narrowHours, wideDays } = policyOf(run).windows;
  const earliest = run.state.alerts.reduce((min, a) => (a.occurredAt < min ? a.occurredAt : min), to);
  return plus(depth === 'narrow' ? earliest : to, -(depth === 'narrow' ? narrowHours : wideDays * 24) * HOUR);
}

/** When every log that matters must have shown its rows: the longest lag after the newest alert or the opening. */
export function settledAt(run: CaseRun): Instant {
  const newestAlert = run.state.alerts.reduce(
    (max, a) => (a.receivedAt > max ? a.receivedAt : max),
    run.state.openedAt,
  );
  const lag = Math.max(0, ...run.state.collections.flatMap((c) => c.sources.map((s) => s.lagSeconds)));
  return plus(newestAlert, (lag * 1_000) / policyOf(run).pace.lag);
}
