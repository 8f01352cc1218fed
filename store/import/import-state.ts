// This folder goes with the release after this one.
import type { Pool } from 'pg';
import { QuellError } from '../../domain/errors.js';
import type { AuditEntry } from '../audit/entry.js';
import type { FoundHead } from '../audit/line.js';
import { CaseVault, folderStorage } from '../case-vault.js';
import type { CaseStorage } from '../compartment.js';
import type { KeyWrapping } from '../key-wrapping.js';
import { NOTES, NoteSealer } from '../containment/note-boxes.js';
import { entryOf as ledgerEntry, readLedgerRows, type LedgerRows } from '../containment/ledger-rows.js';
import type { OpenKey, SecretKey, VerifyKey } from '../key-ring.js';
import type { ObjectStore } from '../objects/object-store.js';
import { transaction } from '../postgres/connection.js';
import { requireSchema } from '../postgres/migrations.js';
import { statePaths } from '../state-paths.js';
import { SubjectKeys } from '../subjects/subject-keys.js';
import type { Problem } from '../verify-check.js';
import { ChainStory } from '../verify-story.js';
import { goOn, proveChain, readSpool, writeChain } from './audit.js';
import { readCases, writeCases } from './cases.js';
import { takeEndedSessions } from './ended-sessions.js';
import { holdFolder, oldPaths, type OldPaths } from './folder.js';
import { takeInbox } from './inbox.js';
import { readLinks, writeLinks } from './incident-links.js';
import { CasesOfPlans, readLedger, writeLedger } from './ledger.js';
import { proveFiles } from './proof.js';
import { OldReports } from './reports.js';
import { readRegistry, writeRegistry } from './registry.js';
import type { Part, Target } from './rows.js';
import { IMPORTED, importOf, requireOrganisation, takePlace, type Imported } from './vacancy.js';

export interface ImportKeys {
  /** Public halves of the records role's key, past ones too. */
  readonly audit: readonly VerifyKey[];
  /** Checkpoints that were kept elsewhere. */
  readonly elsewhere?: readonly FoundHead[];
  readonly registry: SecretKey;
  readonly inbox: OpenKey;
  /** Reports and notes of steps are encrypted for those who read them. */
  readonly cases: KeyWrapping;
  /** Where files of cases and all keys are kept from now on; by default in the folder itself. */
  readonly storage?: CaseStorage;
}

export interface ImportResult extends Imported {
  /** False: an import before this one did it. */
  readonly isNew: boolean;
  /** Where case index, ledger and chain differ: cases that were stopped in the middle catch up. */
  readonly differ: readonly Problem[];
}

/**
 * Takes over the state folder of 0.2.0 into the tables of an organisation, on a pool of their owner: in one transaction, and only what the audit chain and its keys prove. Files of cases stay where they are, reports are encrypted.
 * Repeated, it says what was done. Errors: STORE_TAMPERED when the chain or a file does not hold; CONFIG for another key, an organisation that has rows or is nobody's, or another folder
 * than the one that was taken over; STORE when something cannot be read or an old release still writes; those of the database. After each of them nothing is stored that anything names.
 */
export async function importState(
  pool: Pool,
  organisation: string,
  root: string,
  keys: ImportKeys,
  now = new Date(),
): Promise<ImportResult> {
  await requireSchema(pool);
  await requireOrganisation(pool, organisation);
  const paths = oldPaths(root);
  const beside = folderStorage(root);
  const storage = keys.storage ?? beside;
  const release = await holdFolder(paths);
  try {
    const proof = { keys: keys.audit, elsewhere: keys.elsewhere ?? [] };
    const story = new ChainStory();
    const plans = new CasesOfPlans();
    const reports = new OldReports(paths.reports);
    const take = (entry: AuditEntry): void => {
      story.take(entry);
      reports.take(entry);
      plans.take(entry);
    };
    const { head } = await proveChain(paths.audit, proof, take);
    const before = await importOf(pool, organisation);
    if (before && before.head !== head)
      throw new QuellError('CONFIG', `another folder was imported for ${organisation}`);
    if (before) return { ...before, isNew: false, differ: [] };

    const old = await readOld(paths, keys, now);
    for (const entry of old.spool) take(entry);
    const differ = await proveFiles(
      statePaths(root),
      beside,
      story,
      reports,
      {
        ...{ spool: old.spool, results: old.ledger.results() },
        cases: new Set([...old.cases.entries.values()].map(({ caseId }) => caseId)),
      },
      now,
    );
    const imported = await transaction(pool, async (on) => {
      await takePlace(on, organisation);
      const target: Target = { on, organisation };
      const chain = await writeChain(target, paths.audit, proof);
      if (chain.head !== head) throw new QuellError('STORE', 'the audit chain changed while it was read');
      const waiting = await goOn(target, old.spool);
      const kept = await reports.write(target, new CaseVault(storage, keys.cases).writer('reports'), now);
      const parts = await writeOld(
        target,
        paths,
        { ...old, kept: kept.keys },
        { ...keys, plans, keys: storage.keys },
        now,
      );
      const done = {
        head,
        lines: chain.lines,
        parts: {
          audit: {
            taken: { lines: chain.lines, checkpoints: chain.checkpoints.length, 'entries that waited': waiting },
            left: {},
          },
          reports: kept.part,
          ...parts,
        },
      };
      const ledger = await readLedgerRows(on, organisation);
      await goOn(target, vouchedFor(ledger, now), 'containment');
      await goOn(target, [entryOf(done, now)]);
      return done;
    });
    return { ...imported, at: now.toISOString(), isNew: true, differ };
  } finally {
    await release();
  }
}

async function readOld(paths: OldPaths, keys: ImportKeys, now: Date) {
  return {
    spool: await readSpool(paths.spool, now),
    registry: await readRegistry(paths.registry, keys.registry),
    ledger: await readLedger(paths.ledger),
    cases: await readCases(paths.cases),
    links: await readLinks(paths.links),
  };
}

async function writeOld(
  target: Target,
  paths: OldPaths,
  {
    registry,
    ledger,
    cases,
    links,
    kept,
  }: Awaited<ReturnType<typeof readOld>> & { readonly kept: ReadonlyMap<string, string> },
  keys: ImportKeys & { readonly plans: CasesOfPlans; readonly keys: ObjectStore },
  now: Date,
): Promise<Readonly<Record<string, Part>>> {
  const sealer = new NoteSealer({ compartment: NOTES, keys: keys.keys }, keys.cases);
  return {
    registry: await writeRegistry(target, registry, new SubjectKeys(keys.keys, keys.registry), now),
    ledger: await writeLedger(target, ledger, { sealer, cases: keys.plans }, now),
    'case index': await writeCases(target, cases, links.closed, kept),
    'incident links': await writeLinks(target, links, now),
    inbox: await takeInbox(target, paths.inbox, keys.inbox),
    'ended sessions': await takeEndedSessions(target, paths.endedSessions, now),
  };
}

/** The new log is told of the rows of the ledger that came over, as it is of those that are written from now on. */
const vouchedFor = (ledger: LedgerRows, now: Date): readonly AuditEntry[] =>
  [...ledger].flatMap(([row, digests]) => digests.map((sha256) => ledgerEntry({ row, sha256 }, now)));

const entryOf = (done: Omit<Imported, 'at'>, now: Date): AuditEntry => ({
  ...{ key: IMPORTED, at: now.toISOString(), kind: IMPORTED, by: 'owner' },
  data: { from: '0.2.0', ...done },
});
