import { isCancellation } from '@temporalio/workflow';
import type { Collection, Depth } from '../domain/evidence.js';
import type { Assessment } from '../domain/finding.js';
import type { Instant, TenantRef } from '../domain/platform.js';
import { sharedPlaces, type SharedPlace } from '../domain/colleagues.js';
import { hasTraces, NO_TRACES, type Traces } from '../domain/pivot.js';
import type { EvidenceInput, EvidenceRound, Search } from './messages.js';
import { analysis, evidence, others } from './proxies.js';

/**
 * One round of evidence: the logs of all tenants side by side, then what they show. A child of its case, so that the history of
 * a case does not grow with the number of tenants. A tenant that cannot be read becomes a gap, never the end of the round.
 */
export async function evidenceWorkflow(input: EvidenceInput): Promise<EvidenceRound> {
  const reads = input.reads.flatMap(({ depth, from }) => input.tenants.map((tenant) => ({ depth, from, tenant })));
  const read = await Promise.all(reads.map(({ depth, from, tenant }) => collect(input, tenant, depth, from)));
  const collections = read.filter((collection) => collection !== undefined);
  const unread = reads.filter((_, i) => read[i] === undefined).map(({ depth, tenant }) => ({ depth, tenant }));
  const all = newest(input.known, collections);
  const first = await assess(input, all);
  const asked = tracesToAsk(input, first);
  const found = input.beyond && hasTraces(asked) ? await searchAll(input, input.beyond, asked) : undefined;
  const places = sharedPlaces(first.inDoubt ?? [], found?.sightings ?? [], input.subject);
  const assessment = places.length === 0 ? first : await assess(input, all, places);
  const search = input.follow && found ? followed(found, assessment) : undefined;
  return { collections, unread, assessment, ...(search === undefined ? {} : { search }) };
}

/** Colleagues at the places in doubt, and where the case follows the attacker, all of the traces. */
function tracesToAsk({ follow }: EvidenceInput, { traces = NO_TRACES, inDoubt = [] }: Assessment): Traces {
  const places = inDoubt.map(({ address }) => address);
  const known = follow ? traces : NO_TRACES;
  return { ...known, addresses: [...new Set([...known.addresses, ...places])].sort() };
}

/** A place in doubt is no trace of an attacker: nobody is led to by it. */
const followed = ({ sightings, gaps }: Search, { traces = NO_TRACES }: Assessment): Search => ({
  sightings: sightings.filter((s) => s.by !== 'address' || traces.addresses.includes(s.value)),
  gaps,
});

/** All tenants side by side; one that can't be searched is a gap. */
export async function searchAll(
  { caseId, subject, to }: Pick<EvidenceInput, 'caseId' | 'subject' | 'to'>,
  { tenants, from }: NonNullable<EvidenceInput['beyond']>,
  traces: Traces,
): Promise<Search> {
  const found = await Promise.all(
    tenants.map(async (tenant): Promise<Search> => {
      const summary = `Who else has the attacker's traces in ${tenant.platform}/${tenant.tenant}?`;
      try {
        const { sightings, gaps } = await others(tenant).findOthers.executeWithOptions({ summary }, [
          { caseId, subjectId: subject.subjectId, tenant, traces, from, to },
        ]);
        return { sightings, gaps: gaps.map((g) => g.source) };
      } catch (error) {
        if (isCancellation(error)) throw error;
        return { sightings: [], gaps: [`${tenant.platform}/${tenant.tenant}`] };
      }
    }),
  );
  return { sightings: found.flatMap((f) => f.sightings), gaps: found.flatMap((f) => f.gaps) };
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
async function assess(
  input: EvidenceInput,
  collections: readonly Collection[],
  places?: readonly SharedPlace[],
): Promise<Assessment> {
  const { caseId, subject, alerts, policyDigest, reads } = input;
  const depth: Depth = reads.some((r) => r.depth === 'wide') ? 'wide' : 'narrow';
  const summary = `Measure indicators and answer the questions (${depth}${places === undefined ? '' : ', colleagues known'})`;
  return await analysis.assess.executeWithOptions({ summary }, [
    {
      ...{ caseId, subject, collections, alerts, depth, policyDigest },
      ...(places === undefined ? {} : { sharedPlaces: places }),
    },
  ]);
}

/** The collections that hold: of each tenant and depth the newest. */
export function newest(known: readonly Collection[], fresh: readonly Collection[]): Collection[] {
  const same = (a: Collection, b: Collection): boolean =>
    a.platform === b.platform && a.tenant === b.tenant && a.depth === b.depth;
  return [...known.filter((k) => !fresh.some((f) => same(k, f))), ...fresh];
}
