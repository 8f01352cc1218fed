import { join } from 'node:path';
import type { Command } from 'commander';
import { readVerifyKey } from '../store/key-ring.js';
import { verifyState } from '../store/verify.js';
import { print, stateFolder } from './context.js';

export function registerVerify(program: Command): void {
  program
    .command('verify')
    .description('prove evidence, manifests and audit chain of a state folder, offline')
    .option('--state <folder>', 'state folder', stateFolder())
    .option('--audit-key <file>', 'public key of the records role')
    .option('--manifest-key <file>', 'public key of the evidence role')
    .action(async (options: { state: string; auditKey?: string; manifestKey?: string }) => {
      const keys = join(options.state, 'keys');
      const checks = await verifyState(options.state, {
        audit: [readVerifyKey(options.auditKey ?? join(keys, 'audit.pub'))],
        manifest: [readVerifyKey(options.manifestKey ?? join(keys, 'manifest.pub'))],
      });
      for (const check of checks) print(`${check.outcome.padEnd(12)} ${check.name} (${check.count}): ${check.why}`);
      if (checks.some((c) => c.outcome === 'bad')) process.exitCode = 1;
    });
}
