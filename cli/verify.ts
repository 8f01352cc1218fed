import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { readCheckpoint, type Checkpoint } from '../store/audit-verify.js';
import { KeyRing, readVerifyKey, type OpenKey } from '../store/key-ring.js';
import { DOSSIER_RECIPIENTS } from '../store/role-keys.js';
import { verifyState } from '../store/verify.js';
import type { Check } from '../store/verify-check.js';
import { stateFolder, withDatabase } from './context.js';
import { linesOf as inLines, print } from './terminal.js';

interface Options {
  readonly state: string;
  readonly auditKey?: readonly string[];
  readonly manifestKey?: readonly string[];
  readonly open?: string;
  readonly checkpoint?: string;
  readonly json?: boolean;
}

export function registerVerify(program: Command): void {
  program
    .command('verify')
    .argument('[case]', 'this case alone, beside the audit chain')
    .description('prove what is kept in a state folder and its database: nothing changed, nothing missing')
    .option('--state <folder>', 'state folder', stateFolder())
    .option('--audit-key <file...>', 'public keys of the records role, past ones too')
    .option('--manifest-key <file...>', 'public keys of the evidence role, past ones too')
    .option('--open <folder>', 'folder with private seal keys: what they open is checked as plaintext as well')
    .option('--checkpoint <file>', 'a checkpoint that was kept elsewhere: shows a cut of the chain')
    .option('--json', 'as JSON')
    .action(async (only: string | undefined, { state, auditKey, manifestKey, open, checkpoint, json }: Options) => {
      const keys = join(state, 'keys');
      const anchor = checkpoint === undefined ? undefined : keptCheckpoint(checkpoint);
      const given = {
        audit: (auditKey ?? [join(keys, 'audit.pub')]).map(readVerifyKey),
        manifest: (manifestKey ?? [join(keys, 'manifest.pub')]).map(readVerifyKey),
        open: open === undefined ? [] : sealKeys(open),
        ...(anchor === undefined ? {} : { anchor }),
      };
      const checks = await withDatabase(
        (database) => verifyState(state, database, given, only === undefined ? {} : { only }),
        state,
      );
      const ok = checks.every(({ outcome }) => outcome !== 'bad');
      if (json === true) print(...inLines(JSON.stringify({ ok, checks }, undefined, 2)));
      else for (const check of checks) print(...inLines(linesOf(check)));
      if (!ok) process.exitCode = 1;
    });
}

function linesOf({ outcome, name, count, why, problems }: Check): string {
  const each = problems.map(({ code, what, why: words }) => `  ${code} ${what}: ${words}`);
  return [`${outcome.padEnd(12)} ${name} (${count}): ${why}`, ...each].join('\n');
}

/** The last line of the file: one checkpoint, or a copy of `checkpoints.jsonl`. */
function keptCheckpoint(file: string): Checkpoint {
  return readCheckpoint(readFileSync(file, 'utf8').trim().split('\n').at(-1) ?? '');
}

function sealKeys(folder: string): readonly OpenKey[] {
  const ring = KeyRing.read({ dir: folder });
  return DOSSIER_RECIPIENTS.filter((name) => existsSync(join(folder, `${name}.key`))).map((name) => ring.opening(name));
}
