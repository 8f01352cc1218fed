import type { Command } from 'commander';
import { headsIn } from '../store/audit/heads.js';
import { importState, type ImportResult } from '../store/import/import-state.js';
import type { Part } from '../store/import/rows.js';
import { KeyRing, readVerifyKey } from '../store/key-ring.js';
import { openVault } from '../store/storage-settings.js';
import { storageOf, withDatabase } from './context.js';
import { print } from './terminal.js';

interface Options {
  readonly organisation: string;
  readonly keys: string;
  readonly auditKey?: readonly string[];
  readonly checkpoint?: readonly string[];
}

export function registerImportState(program: Command): void {
  program
    .command('import-state <folder>')
    .description(
      'take over the state folder of 0.2.0 into the database, as its owner by DATABASE_URL; everything is proven first',
    )
    .requiredOption('--organisation <name>', 'whose it is; its logins are enrolled already, and no role was started')
    .requiredOption(
      '--keys <folder>',
      'the vault: registry.key, inbox.key, audit.pub, seal-containment.pub, seal-records.pub, seal-console.pub',
    )
    .option('--audit-key <file...>', 'past public keys of the records role')
    .option('--checkpoint <file...>', 'checkpoints of the chain that were kept elsewhere, one a line')
    .action(async (folder: string, { organisation, keys: dir, auditKey = [], checkpoint = [] }: Options) => {
      const ring = KeyRing.read({ dir });
      const { storage, settings } = storageOf(folder);
      const keys = {
        audit: [ring.verifying('audit'), ...auditKey.map(readVerifyKey)],
        elsewhere: (await Promise.all(checkpoint.map(headsIn))).flat(),
        registry: ring.secret('registry'),
        inbox: ring.opening('inbox'),
        cases: openVault(storage, ring, 'records', settings).keys,
        storage,
      };
      print(...linesOf(await withDatabase((database) => importState(database, organisation, folder, keys))));
    });
}

function linesOf({ isNew, at, head, lines, parts, differ }: ImportResult): readonly string[] {
  return [
    `${isNew ? 'imported' : 'was imported before,'} ${at}: the audit chain holds, ${lines} lines to ${head}`,
    ...sorted(parts).map(([name, part]) => `${name.padEnd(14)} ${wordsOf(part)}`),
    'left           evidence, grounds, dossiers and policies: they stay in the folder, as they are',
    ...differ.map(({ code, what, why }) => `  ${code} ${what}: ${why}`),
    'check it by: quell verify',
  ];
}

function wordsOf({ taken, left }: Part): string {
  const words = (counts: Part['taken']): string =>
    sorted(counts)
      .map(([what, count]) => `${count} ${what}`)
      .join(', ');
  const rest = Object.fromEntries(Object.entries(left).filter(([, count]) => count > 0));
  return `${words(taken)}${Object.keys(rest).length === 0 ? '' : `; left: ${words(rest)}`}`;
}

/** By name, so that it reads the same from the audit entry. */
const sorted = <T>(named: Readonly<Record<string, T>>): readonly (readonly [string, T])[] =>
  Object.entries(named).sort(([a], [b]) => (a < b ? -1 : 1));
