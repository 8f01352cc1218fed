import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import type { Command } from 'commander';
import { QuellError } from '../domain/errors.js';
import { headsIn } from '../store/audit/heads.js';
import { chainAt, exportChain } from '../store/audit/kept.js';
import { certificatesIn } from '../store/audit/time-stamp.js';
import { KeyRing, readVerifyKey } from '../store/key-ring.js';
import { openedBy } from '../store/file-key-wrapping.js';
import type { KeyOpener } from '../store/key-wrapping.js';
import { kmsOf } from '../store/storage-settings.js';
import { RECIPIENTS } from '../store/role-keys.js';
import { statePaths } from '../store/state-paths.js';
import { checkChain, checkStamps, proofOf, verifyState } from '../store/verify.js';
import type { Check } from '../store/verify-check.js';
import { stateFolder, storageOf, withDatabase } from './context.js';
import { linesOf as inLines, print } from './terminal.js';

interface Options {
  readonly state: string;
  readonly auditKey?: readonly string[];
  readonly manifestKey?: readonly string[];
  readonly open?: string;
  readonly openByKms?: boolean;
  readonly checkpoint?: readonly string[];
  readonly tsaCert?: readonly string[];
  readonly exported?: string;
  readonly json?: boolean;
}

export function registerVerify(program: Command): void {
  program
    .command('verify')
    .argument('[case]', 'this case alone, beside the audit chain')
    .description('prove what is kept in the database and the state folder: nothing changed, nothing missing')
    .option('--state <folder>', 'state folder', stateFolder())
    .option('--audit-key <file...>', 'public keys of the records role, past ones too')
    .option('--manifest-key <file...>', 'public keys of the evidence role, past ones too')
    .option('--open <folder>', 'folder with private seal keys: what they open is checked as plaintext as well')
    .option('--open-by-kms', 'the same by KMS, as the AWS credentials at hand may')
    .option(
      '--checkpoint <file...>',
      'heads of the audit log that were kept elsewhere, one a line: they show a cut, and an older copy',
    )
    .option(
      '--tsa-cert <file...>',
      'certificates of time stamp authorities, or of who issued theirs: stamps of those heads are checked',
    )
    .option('--exported <folder>', 'the audit chain alone, as quell audit export wrote it; no database is asked')
    .option('--json', 'as JSON')
    .action(async (only: string | undefined, options: Options) => {
      // On a machine with much memory V8 lets garbage lie: a million lines leave twice what is in use.
      setFlagsFromString('--optimize-for-size');
      const { state, auditKey, manifestKey, checkpoint, tsaCert, exported, json } = options;
      const keys = join(state, 'keys');
      const audit = (auditKey ?? [join(keys, 'audit.pub')]).map(readVerifyKey);
      const elsewhere = await Promise.all((checkpoint ?? [statePaths(state).auditHeads]).map(headsIn));
      const proof = { audit, elsewhere: elsewhere.flat() };
      const given = {
        ...proof,
        manifest: (manifestKey ?? [join(keys, 'manifest.pub')]).map(readVerifyKey),
        open: openersOf(options),
      };
      const ofChain =
        exported === undefined
          ? await withDatabase(
              (database) =>
                verifyState(state, storageOf(state).storage, database, given, only === undefined ? {} : { only }),
              state,
            )
          : await checkChain(await chainAt(exported), proofOf(proof));
      const heads = proof.elsewhere.flatMap(({ head }) => head ?? []);
      const trusted = (tsaCert ?? []).flatMap((file) => certificatesIn(readFileSync(file, 'utf8')));
      const checks = [...ofChain, ...(await checkStamps(heads, trusted))];
      const ok = checks.every(({ outcome }) => outcome !== 'bad');
      if (json === true) print(...inLines(JSON.stringify({ ok, checks }, undefined, 2)));
      else for (const check of checks) print(...inLines(linesOf(check)));
      if (!ok) process.exitCode = 1;
    });

  program
    .command('audit')
    .description('the audit log')
    .command('export <folder>')
    .description('write the audit chain and its checkpoints to a folder, for whoever checks it elsewhere')
    .action(async (folder: string) => {
      await withDatabase((database) => exportChain(database, folder));
      print(`check it by: quell verify --exported ${folder} --audit-key FILE`);
    });
}

function linesOf({ outcome, name, count, why, problems }: Check): string {
  const each = problems.map(({ code, what, why: words }) => `  ${code} ${what}: ${words}`);
  return [`${outcome.padEnd(12)} ${name} (${count}): ${why}`, ...each].join('\n');
}

function openersOf({ open, openByKms, state }: Options): readonly KeyOpener[] {
  const kms = openByKms === true ? kmsOf(storageOf(state).settings) : undefined;
  if (openByKms === true && kms === undefined)
    throw new QuellError('CONFIG', 'the configuration names no keys of KMS (storage.kms)');
  return [...(open === undefined ? [] : sealKeys(open)), ...(kms ? [kms] : [])];
}

function sealKeys(folder: string): readonly KeyOpener[] {
  const ring = KeyRing.read({ dir: folder });
  return RECIPIENTS.dossier
    .filter((name) => existsSync(join(folder, `${name}.key`)))
    .map((name) => openedBy(ring.opening(name)));
}
