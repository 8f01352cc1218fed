import { isCancellation } from '@temporalio/workflow';
import type { Collection, Depth } from '../domain/evidence.js';
import type { Instant, TenantRef } from '../domain/platform.js';
import type { EvidenceInput, EvidenceRound } from './messages.js';
import { analysis, evidence } from './proxies.js';

/**
 * One round of evidence: the logs of all tenants side by side, then what they show. A child of its case, so that the history of
 * a case does not grow with the number of tenants. A tenant that cannot be read becomes a gap, never the end of the round.
 */
export async function evidenceWorkflow(input: EvidenceInput): Promise<EvidenceRound> {
  const reads = input.reads.flatMap(({ depth, from }) => input.tenants.map((tenant) => ({ depth, from, tenant })));
  const read = await Promise.all(reads.map(({ depth, from, tenant }) => collect(input, tenant, depth, from)));
  const collections = read.filter((collection) => collection !== undefined);
  const unread = reads.filter((_, i) => read[i] === undefined).map(({ depth, tenant }) => ({ depth, tenant }));
  return { collections, unread, assessment: await assess(input, newest(input.known, collections)) };
}

async function collect(
  { caseId, subject: { subjectId }, to, readContent }: EvidenceInput,
  tenant: TenantRef,
  depth: Depth,
  from: Instant,
): Promise<Collection | undefined> {
  try {
    const summary = `Read ${depth} evidence of ${tenant.platform}${readContent ? ' with content' : ''}`;
    return await evidence(tenant).collectEvidence.executeWithOptions({ summary }, [
      { caseId, subjectId, tenant, depth, from, to, readContent },
    ]);
  } catch (error) {
    if (isCancellation(error)) throw error;
    return undefined;
  }
}

/** Key indicators, questions for analysis, patterns and impact over everything read so far. */
async function assess(input: EvidenceInput, collections: readonly Collection[]): Promise<EvidenceRound['assessment']> {
  const { caseId, subject, alerts, policyDigest, reads } = input;
  const depth: Depth = reads.some((r) => r.depth === 'wide') ? 'wide' : 'narrow';
  const summary = `Measure indicators and answer the questions (${depth})`;
  return await analysis.assess.executeWithOptions({ summary }, [
    { caseId, subject, collections, alerts, depth, policyDigest },
  ]);
}

/** The collections that hold: of each tenant and depth the newest. */
export function newest(known: readonly Collection[], fresh: readonly Collection[]): Collection[] {
  const same = (a: Collection, b: Collection): boolean =>
    a.platform === b.platform && a.tenant === b.tenant && a.depth === b.depth;
  return [...known.filter((k) => !fresh.some((f) => same(k, f))), ...fresh];
}
