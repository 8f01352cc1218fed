import { createHash } from 'node:crypto';
import { QuellError } from '../../domain/errors.js';
import { isOfAnother } from '../../domain/ownership.js';
import type { Collection, EvidenceEvent, EvidenceManifest, Gap } from '../../domain/evidence.js';
import { groundRow, groundsIn } from '../../domain/grounds.js';
import type { AccountRef, TenantRef } from '../../domain/platform.js';
import type { EvidencePort, EvidenceSource, SourceQuery } from '../../platforms/ports.js';
import { signManifest } from '../../store/signing.js';
import { beating, cancellation, instant } from '../context.js';
import type { EvidenceActivities } from '../contract.js';
import { asQuellError, isCancellation } from '../errors.js';
import { scrub } from '../scrub.js';
import type { EvidenceDeps } from './deps.js';
import { placed } from './geo.js';
import { holdsWords, oddRow, type OddRow } from './odd-rows.js';
import { progressId, results } from './source-results.js';
import { CollectionSpool } from './spool.js';

type Input = Parameters<EvidenceActivities['collectEvidence']>[0];

/** Attempts at one page of a source before the source becomes a gap. Being asked to slow down is no failure of the source and gets many more. */
const FAILURES = 4;
const BUSY_FAILURES = 40;

/** Pages of one source; beyond it a list is called broken. */
const MAX_PAGES = 5000;

/**
 * Reads all sources of one tenant and depth, page by page, and writes one evidence file with a signed manifest. Wide collections read the
 * narrow sources too, over the longer window. Errors that Temporal should retry are thrown; the spool holds the progress.
 */
export async function collectEvidence(deps: EvidenceDeps, input: Input): Promise<Collection> {
  const port = deps.ports.find((p) => p.platform === input.tenant.platform && p.tenant === input.tenant.tenant);
  if (!port) throw new QuellError('CONFIG', 'this worker does not read that tenant');
  const { caseId, subjectId, tenant, depth, from, to, readContent } = input;
  const identity = {
    caseId,
    subjectId,
    platform: tenant.platform,
    tenant: tenant.tenant,
    depth,
    from,
    to,
    readContent,
  };
  const spool = await CollectionSpool.open(deps.spool, identity);
  return spool.written ?? (await collected(deps, port, input, spool));
}

async function collected(
  deps: EvidenceDeps,
  port: EvidencePort,
  input: Input,
  spool: CollectionSpool,
): Promise<Collection> {
  const profile = await deps.registry.profile(input.subjectId);
  const accounts = (profile?.accounts ?? []).filter((a) => a.platform === port.platform && a.tenant === port.tenant);
  const sources = port.sources.filter((s) => input.depth === 'wide' || s.depth === 'narrow');
  const reads = accounts.flatMap((account) => sources.map((source) => ({ account, source })));

  let now = { source: 0, id: '' };
  return await beating(
    () => ({ source: now.source, pages: spool.source(now.id).pages, rows: spool.rows }),
    async () => {
      for (const [index, { account, source }] of reads.entries()) {
        const query: SourceQuery = {
          nativeId: account.nativeId,
          emails: profile?.mails ?? [],
          from: input.from,
          to: input.to,
          readContent: input.readContent,
        };
        now = { source: index, id: progressId(account, source) };
        if (!spool.source(now.id).done) await readSource(deps, input, spool, now.id, source, query);
      }
      // Within the heartbeats too: a slow disk is no dead worker.
      return await written(deps, port, input, spool, accounts, sources);
    },
  );
}

/** All pages of one source into the spool; a source that cannot be read any further becomes a gap. */
async function readSource(
  deps: EvidenceDeps,
  input: Input,
  spool: CollectionSpool,
  at: string,
  source: EvidenceSource,
  query: SourceQuery,
): Promise<void> {
  const seen = new Set<string>();
  const gap = (code: Gap['code'], text: string): Gap => ({
    platform: input.tenant.platform,
    tenant: input.tenant.tenant,
    source: source.id,
    code,
    text: scrub(text),
  });
  try {
    while (!spool.source(at).done) {
      const { cursor, pages } = spool.source(at);
      if (cursor !== undefined && (seen.has(cursor) || pages >= MAX_PAGES)) {
        await spool.done(
          at,
          gap('VENDOR_REPLY', 'The vendor leads to the same page again and again; what was read until then is kept.'),
        );
        return;
      }
      if (cursor !== undefined) seen.add(cursor);
      cancellation().throwIfAborted();
      const page = await source.read(query, cursor, { signal: cancellation() });
      const own = page.events.filter((e) => !isOfAnother(e, query.nativeId));
      const events = own.map((e) => placed(input.readContent ? e : withoutText(e), deps.geo));
      const odd = (page.odd ?? []).map((one) => oddRow(source.id, one, input.readContent));
      await noteContent(deps, input, source, events, odd);
      await spool.page(at, {
        events,
        next: page.next,
        strangers: page.events.length - own.length,
        odd,
        gap: page.gap && gap(page.gap.code, page.gap.text),
      });
      if (spool.source(at).rows > deps.maxRowsPerSource && page.next !== undefined)
        await spool.done(at, gap('TOO_MUCH', new QuellError('TOO_MUCH').message));
    }
  } catch (error) {
    await failed(spool, at, error, gap);
  }
}

async function failed(
  spool: CollectionSpool,
  at: string,
  error: unknown,
  gap: (code: Gap['code'], text: string) => Gap,
): Promise<void> {
  if (isCancellation(error)) throw error;
  const known = asQuellError(error);
  if (!known || known.code === 'STORE' || known.code === 'STORE_TAMPERED') throw error;
  const { cursor, again } = spool.source(at);
  if (cursor !== undefined && !again && (known.code === 'VENDOR_REFUSED' || known.code === 'VENDOR_NOT_FOUND')) {
    await spool.again(at); // cursors run out; the next attempt reads from the start
    throw new QuellError('VENDOR_REPLY', 'the cursor was refused', { cause: error });
  }
  await spool.failed(at, known.code);
  const limit = known.code === 'VENDOR_BUSY' ? BUSY_FAILURES : FAILURES;
  if (known.retryable && spool.source(at).failures < limit) throw error;
  await spool.done(at, gap(known.code, known.message));
}

function withoutText({ text: _text, ...event }: EvidenceEvent): EvidenceEvent {
  return event;
}

/** Who read whose words is in the audit log before the words are kept. */
async function noteContent(
  deps: EvidenceDeps,
  input: Input,
  source: EvidenceSource,
  events: readonly EvidenceEvent[],
  odd: readonly OddRow[],
): Promise<void> {
  const ids = events.filter((e) => e.text !== undefined).map((e) => e.id);
  const oddRows = odd.filter((o) => holdsWords(o.row));
  if (ids.length === 0 && oddRows.length === 0) return;
  const key = createHash('sha256')
    .update(JSON.stringify([input.caseId, ids, ...(oddRows.length === 0 ? [] : [oddRows])]))
    .digest('hex');
  await deps.audit.note({
    key: `content:${key}`,
    at: instant(deps.clock),
    kind: 'content.read',
    by: 'evidence',
    caseId: input.caseId,
    data: {
      source: source.id,
      tenant: input.tenant.tenant,
      subjectId: input.subjectId,
      events: ids,
      ...(oddRows.length === 0 ? {} : { oddRows: oddRows.length }),
    },
  });
}

async function written(
  deps: EvidenceDeps,
  port: EvidencePort,
  input: Input,
  spool: CollectionSpool,
  accounts: readonly AccountRef[],
  sources: readonly EvidenceSource[],
): Promise<Collection> {
  const here: TenantRef = { platform: port.platform, tenant: port.tenant };
  const file = await deps.evidence.writeRows(
    input.caseId,
    `raw-${here.platform}-${here.tenant}-${input.depth}`,
    spool.versions(),
  );
  const { policy, digest } = await deps.policies.current();
  const window = { depth: input.depth, from: input.from, to: input.to };
  const nativeIds = accounts.map((a) => a.nativeId);
  const rows = [...spool.events()].map(groundRow);
  const grounds = groundsIn(rows, policy, nativeIds, window);
  const manifest: EvidenceManifest = {
    ...here,
    caseId: input.caseId,
    subjectId: input.subjectId,
    readAt: instant(deps.clock),
    policyDigest: digest,
    file,
    window,
    accounts: nativeIds,
    grounds,
    ...(grounds.length === 0
      ? {}
      : { groundRows: await deps.grounds.writeRows(input.caseId, `grounds-${here.platform}-${here.tenant}`, rows) }),
  };
  const oddRows = [...spool.oddRows()];
  const odd =
    oddRows.length > 0
      ? await deps.evidence.writeRows(input.caseId, `odd-${here.platform}-${here.tenant}`, oddRows)
      : undefined;
  const signed = signManifest(odd ? { ...manifest, odd } : manifest, deps.manifestKey);
  const kept = await deps.evidence.writeManifest(signed);
  const collection: Collection = {
    ...here,
    depth: input.depth,
    from: input.from,
    to: input.to,
    file,
    sources: results(here, accounts, sources, spool),
    limits: limits(port),
    manifest: signed,
  };
  await deps.audit.note({
    key: `collected:${file.key}`,
    at: manifest.readAt,
    kind: 'evidence.collected',
    by: 'evidence',
    caseId: input.caseId,
    evidence: [
      ...[file, kept, ...(odd ? [odd] : [])].map((ref) => ({ ...ref, compartment: 'evidence' as const })),
      ...(manifest.groundRows ? [{ ...manifest.groundRows, compartment: 'grounds' as const }] : []),
    ],
    data: {
      ...{ ...here, depth: input.depth, from: input.from, to: input.to, grounds: manifest.grounds.length },
      ...(odd ? { odd: odd.rows } : {}),
    },
  });
  await spool.finish(collection);
  return collection;
}

/** What this platform cannot show at all, in the adapter's words. */
function limits({ platform, tenant, limitations }: EvidencePort): readonly Gap[] {
  return limitations.map(({ what, hides, why, instead }) => ({
    platform,
    tenant,
    source: what,
    ...(hides === undefined ? {} : { hides }),
    code: 'UNSUPPORTED',
    text: `${why} ${instead}`,
  }));
}
