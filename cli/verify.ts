import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { readCheckpoint, type Checkpoint } from '../store/audit-verify.js';
import { KeyRing, readVerifyKey, type OpenKey } from '../store/key-ring.js';
import { DOSSIER_RECIPIENTS } from '../store/role-keys.js';
import { verifyState } from '../store/verify.js';
import { stateFolder } from './context.js';
import { print } from './terminal.js';

interface Options {
  readonly state: string;
  readonly auditKey?: readonly string[];
  readonly manifestKey?: readonly string[];
  readonly open?: string;
  readonly checkpoint?: string;
}

export function registerVerify(program: Command): void {
  program
    .command('verify')
    .description('prove evidence, manifests and audit chain of a state folder, offline')
    .option('--state <folder>', 'state folder', stateFolder())
    .option('--audit-key <file...>', 'public keys of the records role, past ones too')
    .option('--manifest-key <file...>', 'public keys of the evidence role, past ones too')
    .option('--open <folder>', 'folder with private seal keys: what they open is checked as plaintext as well')
    .option('--checkpoint <file>', 'a checkpoint that was kept elsewhere: shows a cut of the chain')
    .action(async ({ state, auditKey, manifestKey, open, checkpoint }: Options) => {
      const keys = join(state, 'keys');
      const anchor = checkpoint === undefined ? undefined : keptCheckpoint(checkpoint);
      const checks = await verifyState(state, {
        audit: (auditKey ?? [join(keys, 'audit.pub')]).map(readVerifyKey),
        manifest: (manifestKey ?? [join(keys, 'manifest.pub')]).map(readVerifyKey),
        open: open === undefined ? [] : sealKeys(open),
        ...(anchor === undefined ? {} : { anchor }),
      });
      for (const check of checks) print(`${check.outcome.padEnd(12)} ${check.name} (${check.count}): ${check.why}`);
      if (checks.some((c) => c.outcome === 'bad')) process.exitCode = 1;
    });
}

/** The last line of the file: one checkpoint, or a copy of `checkpoints.jsonl`. */
function keptCheckpoint(file: string): Checkpoint {
  return readCheckpoint(readFileSync(file, 'utf8').trim().split('\n').at(-1) ?? '');
}

function sealKeys(folder: string): readonly OpenKey[] {
  const ring = KeyRing.read({ dir: folder });
  return DOSSIER_RECIPIENTS.filter((name) => existsSync(join(folder, `${name}.key`))).map((name) => ring.opening(name));
}
